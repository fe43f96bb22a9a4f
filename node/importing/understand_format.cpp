#include "node/importing/understand_format.h"

#include <algorithm>

#include "node/importing/cell_words.h"

namespace node {

namespace {

struct FormatWord {
  std::string_view phrase;  ///< as plain_words() leaves it
  std::string_view format;  ///< empty: the phrase says no channel, and hides shorter ones inside it
};

// Longer phrases stand before the shorter ones that they contain.
constexpr FormatWord kFormatWords[] = {
    {"online course", "online_unspecified"},
    {"link by e mail", ""},
    {"link by email", ""},
    {"link via email", ""},
    {"link sent by email", ""},
    {"link emailed", ""},
    {"link on request by email", ""},
    {"email for the link", ""},
    {"email for link", ""},
    {"e mail for link", ""},
    {"rsvp by email", ""},
    {"rsvp by phone", ""},
    {"rsvp by text", ""},
    {"call for address", ""},
    {"call for location", ""},
    {"call for details", ""},
    {"call ahead", ""},
    {"call first", ""},
    {"video call", "video"},
    {"video calls", "video"},
    {"video chat", "video"},
    {"video conference", "video"},
    {"video conferencing", "video"},
    {"videoconference", "video"},
    {"videoconferencing", "video"},
    {"videocall", "video"},
    {"videocalls", "video"},
    {"videollamada", "video"},
    {"vtc", "video"},
    {"vid chat", "video"},
    {"vid call", "video"},
    {"vid", "video"},
    {"vsee", "video"},
    {"video", "video"},
    {"zoom", "video"},
    {"google meet", "video"},
    {"ms teams", "video"},
    {"microsoft teams", "video"},
    {"teams", "video"},
    {"google hangouts", "video"},
    {"hangouts", "video"},
    {"skype", "video"},
    {"webex", "video"},
    {"facetime", "video"},
    {"doxy", "video"},
    {"gotomeeting", "video"},
    {"go to meeting", "video"},
    {"jitsi", "video"},
    {"in person", "in_person"},
    {"inperson", "in_person"},
    {"face to face", "in_person"},
    {"facetoface", "in_person"},
    {"f2f", "in_person"},
    {"f 2 f", "in_person"},
    {"irl", "in_person"},
    {"in pers", "in_person"},
    {"presencial", "in_person"},
    {"en persona", "in_person"},
    {"our office", "in_person"},
    {"coffee shop", "in_person"},
    {"coffeeshop", "in_person"},
    {"cafe", "in_person"},
    {"library", "in_person"},
    {"church", "in_person"},
    {"basement", "in_person"},
    {"restaurants", "in_person"},
    {"restaurant", "in_person"},
    {"office hours", ""},
    {"office", "in_person"},
    {"offices", "in_person"},
    {"campus", "in_person"},
    {"conference room", "in_person"},
    {"conference rm", "in_person"},
    {"webinar", "online_unspecified"},
    {"webinars", "online_unspecified"},
    {"at my office", "in_person"},
    {"at our office", "in_person"},
    {"at the office", "in_person"},
    {"at their office", "in_person"},
    {"ftf", "in_person"},
    {"onsite", "in_person"},
    {"on site", "in_person"},
    {"in the room", "in_person"},
    {"in office", "in_person"},
    {"offline", "in_person"},
    {"hybrid", "hybrid"},
    {"members homes", "in_person"},
    {"members houses", "in_person"},
    {"peoples homes", "in_person"},
    {"en personne", "in_person"},
    {"en pr\xC3\xA9sentiel", "in_person"},
    {"pr\xC3\xA9sentiel", "in_person"},
    {"visioconf\xC3\xA9rence", "video"},
    {"visio", "video"},
    {"telephone", "phone"},
    {"tel", "phone"},
    {"phone", "phone"},
    {"phones", "phone"},
    {"conference call", "phone"},
    {"conf call", "phone"},
    {"tele conference", "phone"},
    {"tele conferencing", "phone"},
    {"tel\xC3\xA9"
     "fono",
     "phone"},
    {"telefono", "phone"},
    {"teleconference", "phone"},
    {"teleconferencing", "phone"},
    {"dial in", "phone"},
    {"hotline", "phone"},
    {"helpline", "phone"},
    {"toll free", "phone"},
    {"voice call", "phone"},
    {"calls", "phone"},
    {"call", "phone"},
    {"message board", "async_text"},
    {"messageboard", "async_text"},
    {"bulletin board", "async_text"},
    {"discussion board", "async_text"},
    {"discussion list", "async_text"},
    {"mailing list", "async_text"},
    {"email list", "async_text"},
    {"e mail list", "async_text"},
    {"e list", "async_text"},
    {"elist", "async_text"},
    {"listserv", "async_text"},
    {"listserve", "async_text"},
    {"list serv", "async_text"},
    {"list serve", "async_text"},
    {"google group", "async_text"},
    {"yahoo group", "async_text"},
    {"facebook group", "async_text"},
    {"facebook", "async_text"},
    {"fb group", "async_text"},
    {"fb", "async_text"},
    {"linkedin group", "async_text"},
    {"reddit", "async_text"},
    {"subreddit", "async_text"},
    {"newsletter", "async_text"},
    {"forum", "async_text"},
    {"forums", "async_text"},
    {"board", "async_text"},
    {"email", "async_text"},
    {"emails", "async_text"},
    {"e mail", "async_text"},
    {"by mail", "async_text"},
    {"letters", "async_text"},
    {"in writing", "async_text"},
    {"asynchronous", "async_text"},
    {"async", "async_text"},
    {"text message", "message_group"},
    {"text messages", "message_group"},
    {"text", "message_group"},
    {"texting", "message_group"},
    {"sms", "message_group"},
    {"whatsapp", "message_group"},
    {"whats app", "message_group"},
    {"signal group", "message_group"},
    {"signal", "message_group"},
    {"telegram", "message_group"},
    {"slack", "message_group"},
    {"discord", "message_group"},
    {"groupme", "message_group"},
    {"group chat", "message_group"},
    {"chat", "message_group"},
    {"messenger", "message_group"},
    {"message group", "message_group"},
    {"online", "online_unspecified"},
    {"on line", "online_unspecified"},
    {"en l\xC3\xADnea", "online_unspecified"},
    {"en linea", "online_unspecified"},
    {"en ligne", "online_unspecified"},
    {"virtual", "online_unspecified"},
    {"virtually", "online_unspecified"},
    {"remote", "online_unspecified"},
    {"remotely", "online_unspecified"},
    {"internet", "online_unspecified"},
    {"web based", "online_unspecified"},
    {"telehealth", "online_unspecified"},
};

struct FormatPlatform {
  std::string_view phrase, name;
};
constexpr FormatPlatform kFormatPlatforms[] = {
    {"zoom", "Zoom"},
    {"google meet", "Google Meet"},
    {"microsoft teams", "Microsoft Teams"},
    {"ms teams", "Microsoft Teams"},
    {"skype", "Skype"},
    {"webex", "Webex"},
    {"whatsapp", "WhatsApp"},
    {"slack", "Slack"},
    {"discord", "Discord"},
    {"facebook", "Facebook"},
    {"fb", "Facebook"},
    {"telegram", "Telegram"},
};

}  // namespace

FormatReading understand_format(std::string_view cell) {
  FormatReading reading;
  std::string words = plain_words(cell);
  // Here it is no web site that one is sent to.
  if (words != "on site" && says_nothing(cell)) return reading;
  if (has_any_phrase(words,
                     {"unclear", "not sure", "unsure", "maybe", "probably", "possibly", "formerly",
                      "previously", "used to be", "was in person", "before covid", "tbd", "tbc",
                      "to be decided", "not known", "unknown", "depends", "or maybe"}) ||
      cell.find('?') != std::string_view::npos) {
    reading.question = "'" + tidy_cell(cell) + "': in person, by video, by phone, or in writing?";
    return reading;
  }
  struct Found {
    std::size_t at;
    std::string_view format;
  };
  std::vector<Found> found;
  for (const auto& [phrase, format] : kFormatWords) {
    for (auto at = find_phrase(words, phrase); at != std::string::npos;
         at = find_phrase(words, phrase, at + phrase.size())) {
      const auto before = std::string_view(words).substr(0, at);
      const bool denied = before.ends_with("no ") || before.ends_with("not ") ||
                          before.ends_with("never ") || before.ends_with("without ") ||
                          before.ends_with("not by ") || before.ends_with("not on ") ||
                          before.ends_with("no longer ");
      if (!denied && !format.empty()) found.push_back({at, format});
      // What was read is not read again as a part of it: "video call" is no call.
      for (std::size_t i = 0; i < phrase.size(); ++i) words[at + i] = '\x01';
    }
  }
  // "In our Tampa office", "at the church hall"
  if (has_any_phrase(words, {"in our", "at our", "in my", "at my", "in the", "at the", "at a"}) &&
      has_any_phrase(
          words, {"office", "offices", "clinic", "church", "hall", "center", "centre", "building"}))
    found.push_back({words.size(), "in_person"});
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  const auto add = [&](std::string_view format) {
    if (std::find(reading.formats.begin(), reading.formats.end(), format) == reading.formats.end())
      reading.formats.emplace_back(format);
  };
  const bool channel = std::any_of(found.begin(), found.end(), [](const Found& one) {
    return one.format == "video" || one.format == "async_text" || one.format == "message_group" ||
           one.format == "hybrid";
  });
  for (const auto& one : found) {
    // "Online (Zoom)": the channel is said.
    if (one.format == "online_unspecified" && channel) continue;
    add(one.format);
  }
  const auto plain = plain_words(cell);
  if (found.empty() && (plain == "both" || plain == "either" || plain == "both available")) {
    reading.question = "'" + tidy_cell(cell) + "': in person and by video, or which two ways?";
  }
  for (const auto& [phrase, name] : kFormatPlatforms) {
    if (has_phrase(plain, phrase)) {
      reading.platform = name;
      break;
    }
  }
  return reading;
}

}  // namespace node
