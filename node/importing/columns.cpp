#include "node/importing/columns.h"

#include <algorithm>
#include <set>

#include "node/importing/cell_words.h"
#include "node/importing/understand_format.h"
#include "node/importing/understand_people.h"
#include "node/importing/understand_words.h"

namespace node {

namespace {

struct HeadingPhrase {
  SheetField field;
  std::string_view phrases;  ///< separated by '|'
};

// A phrase behind "=" is a whole heading or none. Longer phrases win over shorter ones, a whole
// heading over a part of one; at the same length the earlier row wins. Words are as plain_words()
// leaves them.
constexpr HeadingPhrase kHeadingPhrases[] = {
    {SheetField::id, "id|uuid|listing id|group id|kith id|record id|urn"},
    {SheetField::web,
     "web page|website|web site|url|link|web|webpage|homepage|home page|program page|group "
     "page|page|"
     "=more|more info|more information|information link|site|web address|web link|learn more|more "
     "at|find it "
     "at|find us at|look here"},
    {SheetField::email, "email|e mail|email address|e mail address|contact email|mail"},
    {SheetField::phone, "phone|telephone|phone number|tel|contact phone"},
    {SheetField::join,
     "how do i join|how to join|how do you join|how can i join|how one joins|joining|join|join "
     "by|to "
     "join|how to apply|apply|application|registration|register|sign up|signup|how to sign up|rsvp|"
     "contact|link or contact|contact or link|link contact|whom to contact|who to contact|how to "
     "contact|contact info|contact information|how to register|enrollment|reg|regn|next step|"
     "getting in|how to get in|how to enroll|who to write to|whom to write to|who to ask|whom to "
     "ask|who "
     "to call|whom to call|who to email|whom to email|write to|getting started|reach us|reach out"},
    {SheetField::run_by,
     "run by|sponsor org|sponsor organization|sponsoring org|who runs "
     "it|organization|organisation|organizer|organiser|org|provider|offered by|"
     "operated by|organized by|organised by|host organization|hosting organization|host|hosted by|"
     "association|agency|parent organization|name of organization|organization name|managed by|"
     "provided by|body|convened by|put on by|chapter|chapter name|local chapter|chapter host"},
    {SheetField::kind,
     "kind|type|category|what kind|what kind of group|what type|type of group|group type|program "
     "type|type of program|kind of group|kind of program|sort|class|what is it|what it is|sort of "
     "thing"},
    {SheetField::who,
     "who can join|who may join|who can attend|who may attend|who can come|who is it for|who its "
     "for|"
     "who for|for whom|who|eligibility|eligible|open to|license|licenses|licence|licences|license "
     "type|licenses accepted|audience|requirements|profession|professions|participants|discipline|"
     "disciplines|credentials required|credentials accepted|target audience|intended "
     "for|membership|"
     "who should join|for which licenses|who it serves|attendees|eligible "
     "licenses|licensure|members "
     "must be|must be|who is welcome|welcome|aimed at|qualifications|who qualifies|credentials "
     "needed|elig|qual|quals|eligib"},
    {SheetField::serving,
     "serving|serves|where members live|service area|area served|region served|states served|"
     "coverage|where members are|regions served|who lives where|catchment|geographic reach|reach"},
    {SheetField::place,
     "city and state|city state|location|where|place|region|area|city area|meeting place|address|"
     "where it meets|where we meet|meets where|place and format|place format|where and how|"
     "location and format|location format|where do you meet|city and region|city region|town and "
     "state|"
     "city or region|locale|venue|city country|city state country|geography|town "
     "city|"
     "meeting location|city county|loc|locn|addr"},
    {SheetField::city, "city|town|locality|city or town|municipality|city town"},
    {SheetField::state,
     "state|province|state province|state or province|st|county|country|state country|state or "
     "country|province country"},
    {SheetField::format,
     "fmt|in person or online|online or in person|in person online|format|modality|mode|how we "
     "meet|"
     "how it meets|delivery|delivery method|meeting format|virtual or in person|in person or "
     "virtual|"
     "in person virtual|virtual|platform|medium|channel|online|how you meet|how do you "
     "meet|meeting "
     "type|meeting mode|setting|how does it meet|how do we meet|in person remote|in person zoom|in "
     "person or remote|remote or in person|remote|online or in room|in person or video|virtual in "
     "person|zoom or in person"},
    {SheetField::cost,
     "cost|costs|fee|fees|price|prices|dues|charge|charges|how much|what does it cost|what it "
     "costs|"
     "rate|rates|cost to join|pay|what youd pay|what one pays|tuition|payment|price per "
     "session|cost per session|cost per meeting|"
     "fee per session|membership fee|what you pay|money|pays|members pay|"
     "member price|members price|member rate|member fee|non member price|non members pay|non "
     "member "
     "rate|non member fee|others pay|guests pay|guest price|guest rate|public price"},
    {SheetField::how_often,
     "how often|frequency|rhythm|cadence|meeting frequency|recurrence|how frequently|often|"
     "regularity|periodicity|freq|interval|how often it meets|how often do you meet|repeats|meets "
     "every"},
    {SheetField::day_time,
     "=from|=to|=until|=till|=from time|=to time|=from hour|=to hour|"
     "day time|day and time|when|meets|meets when|meeting time|start time|starting "
     "time|starts|begins|start|"
     "end time|ending time|ends|end|meeting "
     "times|schedule|days|time|times|day|date|"
     "dates|date and time|day s time s|meeting day|meeting days|when it meets|when do you meet|day "
     "and hour|days and times|days times|weekday|when we meet|hours|meeting schedule|day of week"},
    {SheetField::length,
     "how long|length|duration|len|dur|minutes|length of meeting|session length|meeting length|how "
     "many "
     "minutes|how many hours|time per session|duration minutes|length minutes|length min|minutes "
     "per "
     "meeting|how long is it|hours per meeting|mins|length of session|runs for|lasts"},
    {SheetField::size,
     "max size|size|capacity|places|seats|group size|max|how many|limit|spots|number of members|"
     "maximum size|maximum|how big|max participants|max members|max number|number of participants|"
     "size limit|how many people|numbers|group numbers|max size open or closed|members "
     "max|cap|group "
     "limit|openings|headcount|room for"},
    {SheetField::intake,
     "open or closed|open closed|accepting|accepting members|accepting new members|status|open to "
     "new "
     "members|taking new members|enrollment status|open|availability|intake|group status"},
    {SheetField::leader,
     "leader|leaders|facil|fac|ldr|led by|facilitator|facilitators|leaders credentials|leader "
     "credentials|who "
     "leads|"
     "who leads it|facilitated by|convenor|convener|coordinator|moderator|"
     "facilitator credentials|leadership|who facilitates|chair|run and led "
     "by|consultant|supervisor"},
    {SheetField::topics,
     "specialty|spec|specialties|speciality|focus|topic|topics|themes|theme|area of focus|subject|"
     "orientation|special focus|specialization|focus area|focus areas|areas of focus|clinical "
     "focus|"
     "approach|issues|what it is about|interest area|interest|theoretical orientation"},
    {SheetField::language,
     "language|languages|language s|spoken language|languages spoken|lang|langs|spoken"},
    {SheetField::identity,
     "for identity group|identity group|identity|identities|affinity|affinity group|community "
     "served|"
     "especially for|identity affirming|identity focus|for which identity|by and for|population"},
    {SheetField::agreement,
     "confidentiality|conf|confid|agreement|privacy|confidentiality agreement|ground "
     "rules|confidentiality "
     "rules|"
     "agreements|group agreement|ethics|ethics agreement|confidential|rules"},
    {SheetField::sponsor,
     "sponsor|sponsored by|sponsoring organization|sponsors|sponsoring body|fiscal sponsor|"
     "affiliation|affiliated with|backed by|supported by|funder|funded by"},
    {SheetField::notes,
     "notes|note|remarks|rem|cmts|comments|comment|secretary notes|secretarys notes|internal "
     "notes|internal|"
     "admin notes|office notes|contact person|contact name|office|row|nr|=no|other|misc|our "
     "notes|private notes|memo"},
    {SheetField::confirmed,
     "confirmed on|last confirmed|checked on|last checked|verified|date confirmed|as "
     "of|updated|last "
     "updated|confirmed|last verified|verified on|date checked|last update|date verified|checked|"
     "updated on|last contact"},
    {SheetField::summary,
     "summary|desc|in a sentence|short description|about|about the group|about it|what happens "
     "there|"
     "description|details|what we do|what it does|one line|blurb|purpose|what happens|overview"},
    {SheetField::accessibility,
     "accessibility|access notes|access|accommodations|accessible|accessibility notes|access "
     "needs"},
    {SheetField::career_stage, "career stage|career stages|stage|experience level|career level"},
    {SheetField::name,
     "group name|name of group|name of the group|group network name|name|program "
     "name|group|program|"
     "programme|programme name|network name|what it is called|title|called|network|listing|circle|"
     "groups|group or network|group or program|name of program|program or group|peer group|group "
     "title|support group|network or group|name of network|community|names|listing name|service|"
     "grp|grps|grp name|circles|our groups|our circles|peer groups"},
};

// What a form asks in whole sentences, the words as plain_words() leaves them. The cue that stands
// first says what is asked; what follows explains it ("…, and is the group open right now?").
constexpr HeadingPhrase kHeadingQuestions[] = {
    {SheetField::name,
     "name of your group|name of the group|name of this group|groups name|group name|group called|"
     "title of your group|title of the group|call your group|call the group|name of your network|"
     "name of the network|name of your program"},
    {SheetField::run_by,
     "who organizes|who organises|who runs|who hosts|who offers|which organization|what "
     "organization|which organisation|which chapter|which association|who convenes|sponsoring "
     "organization|organized by|hosted by|run by"},
    {SheetField::kind,
     "best describes|what kind of|which kind of|what type of|which type of|what sort of|kind of "
     "group|type of group"},
    {SheetField::who,
     "who is eligible|who can|who may|who is welcome|who should|who is it for|who is the group "
     "for|who is this group for|who is your group for|eligible to|which licenses|what licenses|"
     "which license|what license|which professions|open to whom|whom is|who do you serve"},
    {SheetField::place,
     "where does|where do|where is|where are|where will|what city|which city|in what city|city "
     "and state|which town|your location|meeting place"},
    {SheetField::format,
     "take part|how do people attend|how do members attend|how does your group meet|how does the "
     "group meet|how do you meet|in person or|online or in person|virtual or in person|in person "
     "online|what format|which format|which platform|what platform|meeting format"},
    {SheetField::how_often, "how often|how frequently|how regularly|meeting frequency"},
    {SheetField::day_time,
     "what day|what days|which day|which days|on what day|what time|which time|at what time|days "
     "and times|day and time|day s and time s|date and time|when does|when do|when is"},
    {SheetField::length, "how long|how many minutes|how many hours|length of|duration of"},
    {SheetField::cost,
     "cost|costs|fee|fees|how much|price|what do members pay|charge|dues|free or paid"},
    {SheetField::size,
     "how many people|how many members|how many participants|how many can|how many clinicians|"
     "how many therapists|group size|size of|maximum number|how large|how big|how many seats|how "
     "many places"},
    {SheetField::intake,
     "open to new|accepting new|taking new|accept new|take new|is the group open|is your group "
     "open|group open or closed|room for new|have openings|new members"},
    {SheetField::leader, "who leads|who facilitates|who moderates|facilitator|facilitators|led by"},
    {SheetField::topics,
     "what topics|which topics|what is the focus|focus of|specialty|specialties|what does the "
     "group focus|theme"},
    {SheetField::language,
     "which language|what language|which languages|what languages|language|"
     "languages|language s"},
    {SheetField::agreement,
     "confidentiality|confidential|written agreement|group agreement|privacy|ground rules"},
    {SheetField::join,
     "get in touch|how does someone join|how do people join|how do i join|how do members join|how "
     "can someone join|how can people join|how should people|how should interested|contact you|"
     "reach you|sign up|how to join|how would someone join|how do you join|whom should|who should "
     "people contact|apply|best way to contact|want to join|wants to join"},
    {SheetField::web, "link to|website|web site|web page|web address|url|webpage"},
    {SheetField::accessibility, "accessibility|accessible|accommodations"},
    {SheetField::summary,
     "describe your group|describe the group|in a sentence|tell us about|short description|a few "
     "words about|in one sentence|one line"},
    {SheetField::notes,
     "anything else|other comments|any comments|additional information|additional comments|other "
     "information|what else"},
};

constexpr std::string_view kSheetFieldWords[] = {
    "",          "name",         "run_by",        "kinds",
    "audience",  "regions",      "locality",      "regions",
    "regions",   "formats",      "cost",          "cadence",
    "schedule",  "duration",     "size",          "intake",
    "leader",    "focus_topics", "languages",     "identity_affirming",
    "agreement", "sponsor",      "join",          "links",
    "email",     "phone",        "notes",         "confirmed_at",
    "id",        "summary",      "accessibility", "career_stages"};

template <class Visit>
void heading_each_phrase(std::string_view phrases, const Visit& visit) {
  while (!phrases.empty()) {
    const auto end = std::min(phrases.find('|'), phrases.size());
    visit(phrases.substr(0, end));
    phrases.remove_prefix(std::min(end + 1, phrases.size()));
  }
}

/// "Hosted by" is an organization in one sheet and a person in the next; the cells tell.
bool heading_column_has_people(const std::vector<std::vector<std::string>>& records,
                               std::size_t first, std::size_t column) {
  std::size_t people = 0;
  std::size_t stated = 0;
  for (std::size_t row = first; row < records.size() && row < first + 200; ++row) {
    if (column >= records[row].size() || says_nothing(records[row][column])) continue;
    ++stated;
    const auto words = plain_words(records[row][column]);
    if (has_any_phrase(
            words, {"peer",   "peers",     "rotating",    "host",         "hosts",     "leader",
                    "leads",  "volunteer", "coordinator", "coordinators", "moderated", "moderators",
                    "mentor", "mentors",   "facilitator", "lcsw",         "lpc",       "lmft",
                    "phd",    "psyd",      "licsw",       "lisw",         "lpcc"})) {
      ++people;
    }
  }
  return people * 3 >= stated && people > 0;
}

struct HeadingRow {
  std::vector<SheetField> fields;
  int known = 0;
  int read = 0;  ///< as known, with headings whose field another column has
  int filled = 0;
  bool names = false;
  std::vector<int> scores;  ///< by column, of its heading
};

}  // namespace

std::string heading_payer(std::string_view heading) {
  const auto words = plain_words(heading);
  if (has_any_phrase(words, {"non member", "non members", "nonmember", "nonmembers", "others",
                             "everybody else", "everyone else", "guests", "guest", "public"}))
    return "non-members";
  if (has_any_phrase(words, {"member", "members"})) return "members";
  if (has_any_phrase(words, {"student", "students", "trainee", "trainees", "associate",
                             "associates", "pre licensed"}))
    return "trainees";
  return {};
}

namespace {

HeadingRow heading_row(const std::vector<std::string>& record) {
  HeadingRow row;
  row.fields.assign(record.size(), SheetField::none);
  std::vector<HeadingReading> readings(record.size());
  for (std::size_t i = 0; i < record.size(); ++i) {
    if (tidy_cell(record[i]).empty()) continue;
    ++row.filled;
    readings[i] = read_heading(record[i]);
  }
  // The surest heading takes a field; several columns may hold notes.
  std::vector<std::size_t> order(record.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return readings[a].score > readings[b].score; });
  for (const auto i : order) {
    const auto field = readings[i].field;
    if (field == SheetField::none) continue;
    ++row.read;
    const bool taken = std::find(row.fields.begin(), row.fields.end(), field) != row.fields.end();
    // "Day" beside "Time", "Meets" beside "Start time": together they say when.
    constexpr int kOnlyThat = 900;
    // What members pay and what others pay are one cost.
    const bool shares = field == SheetField::notes ||
                        (field == SheetField::day_time && readings[i].score >= kOnlyThat) ||
                        (field == SheetField::cost && !heading_payer(record[i]).empty());
    if (taken && !shares) continue;
    row.fields[i] = field;
    ++row.known;
    if (field == SheetField::name) row.names = true;
  }
  for (std::size_t i = 0; i < record.size(); ++i) row.scores.push_back(readings[i].score);
  return row;
}

/// How many of the cells below a heading state something, and of how many `reads` is true.
template <class Reads>
std::pair<std::size_t, std::size_t> heading_cells(
    const std::vector<std::vector<std::string>>& records, std::size_t first, std::size_t column,
    const Reads& reads) {
  constexpr std::size_t kLooked = 200;
  std::size_t stated = 0;
  std::size_t read = 0;
  for (std::size_t row = first; row < records.size() && row < first + kLooked; ++row) {
    if (column >= records[row].size() || says_nothing(records[row][column])) continue;
    ++stated;
    if (reads(records[row][column])) ++read;
  }
  return {stated, read};
}

/// What a column says whose heading nobody knows, from its cells: formats and languages are words
/// of their own. People are not: those who lead have licenses too, so that there the heading must
/// speak of who comes. A price might be a debt, and an address a private one: never guessed.
SheetField heading_from_cells(const std::vector<std::vector<std::string>>& records,
                              std::size_t header, std::size_t column) {
  constexpr std::size_t kFewest = 4;
  const auto mostly = [&](const auto& reads) {
    const auto cells = heading_cells(records, header + 1, column, reads);
    return cells.first >= kFewest && cells.second * 10 >= cells.first * 7;
  };
  constexpr std::size_t kShort = 60;
  if (mostly([](const std::string& cell) {
        return cell.size() <= kShort && !understand_format(cell).formats.empty();
      }))
    return SheetField::format;
  if (mostly([](const std::string& cell) {
        return cell.size() <= kShort && !understand_languages(cell).empty();
      }))
    return SheetField::language;
  const auto words = plain_words(records[header][column]);
  LicenseWords licenses;
  if (has_any_phrase(words, {"members", "member", "come", "comes", "attend", "attending", "join",
                             "joining", "people", "invited", "accepted", "accepts", "allowed"}) &&
      mostly([&](const std::string& cell) {
        const auto people = understand_people(cell, {}, licenses);
        return !people.audience.empty() || !people.licenses.empty();
      }))
    return SheetField::who;
  return SheetField::none;
}

/// A heading in a whole sentence, as tools for forms write them.
HeadingReading heading_question(const std::string& words) {
  constexpr int kSure = 300;
  HeadingReading best;
  std::size_t first = std::string::npos;
  std::size_t length = 0;
  for (const auto& [field, phrases] : kHeadingQuestions) {
    heading_each_phrase(phrases, [&, field = field](std::string_view phrase) {
      const auto at = find_phrase(words, phrase);
      if (at == std::string::npos || at > first || (at == first && phrase.size() <= length)) return;
      first = at;
      length = phrase.size();
      best = {field, kSure + static_cast<int>(phrase.size())};
    });
  }
  return best;
}

}  // namespace

std::string_view word(SheetField field) {
  return kSheetFieldWords[static_cast<std::size_t>(field)];
}

HeadingReading read_heading(std::string_view heading) {
  constexpr std::size_t kLongest = 120;
  constexpr std::size_t kLongestQuestion = 400;
  constexpr std::size_t kMostWords = 8;  // a sentence is no heading, but for a question of a form
  if (heading.size() > kLongestQuestion) return {};
  const std::string words = plain_words(heading);
  if (words.empty()) return {};
  const bool long_one = split_words(words).size() > kMostWords;
  if (long_one ||
      (heading.find('?') != std::string_view::npos && words.find(' ') != std::string::npos)) {
    if (const auto asked = heading_question(words); asked.score > 0) return asked;
  }
  if (heading.size() > kLongest) return {};
  // "Dues paid thru", "Balance due": what the office keeps of somebody's account.
  if (has_any_phrase(words, {"paid thru", "paid through", "paid until", "paid to", "paid on",
                             "date paid", "has paid", "owed", "owes", "received", "balance",
                             "outstanding", "last payment"}))
    return {SheetField::notes, 1};
  // "Cost (per meeting)" is about what stands before the bracket.
  const auto folded = fold_cell(heading);
  const std::string before = plain_words(std::string_view(folded).substr(0, folded.find('(')));
  HeadingReading best;
  for (const auto& [field, phrases] : kHeadingPhrases) {
    heading_each_phrase(phrases, [&, field = field](std::string_view phrase) {
      if (phrase.starts_with('=')) {
        if (phrase.substr(1) != words) return;
        phrase.remove_prefix(1);
      }
      int score = 0;
      const int length = static_cast<int>(phrase.size());
      if (phrase == words) {
        score = 1000 + length;
      } else if (phrase == before) {
        score = 900 + length;
      } else if (const auto at = find_phrase(words, phrase); at != std::string_view::npos) {
        // Two words in a row say more than one long one; the first word is what a heading is about.
        const auto spaces = static_cast<int>(std::count(phrase.begin(), phrase.end(), ' '));
        constexpr int kFirst = 40;
        score = 100 * (spaces + 1) + length + (at == 0 ? kFirst : 0);
        if (long_one) score = 0;
      }
      if (score > best.score) best = {field, score};
    });
  }
  return best;
}

std::optional<std::size_t> SheetColumns::column(SheetField field) const {
  const auto found = std::find(fields.begin(), fields.end(), field);
  if (found == fields.end()) return std::nullopt;
  return static_cast<std::size_t>(found - fields.begin());
}

namespace {

/// Where no heading speaks of names: the first column below unknown headings whose cells look like
/// names, each row another one in a few words.
std::optional<std::size_t> heading_names_column(
    const std::vector<std::vector<std::string>>& records, std::size_t header,
    const HeadingRow& row) {
  constexpr std::size_t kFewest = 3;
  for (std::size_t column = 0; column < row.fields.size(); ++column) {
    if (row.fields[column] != SheetField::none) continue;
    std::size_t rows = 0;
    std::size_t named = 0;
    std::set<std::string> different;
    for (std::size_t i = header + 1; i < records.size(); ++i) {
      const auto filled = std::count_if(records[i].begin(), records[i].end(),
                                        [](const auto& cell) { return !tidy_cell(cell).empty(); });
      if (filled < 3) continue;  // a section
      ++rows;
      if (column >= records[i].size()) continue;
      const auto words = plain_words(records[i][column]);
      const auto count = split_words(words).size();
      const bool address = records[i][column].find('@') != std::string::npos ||
                           !understand_link(records[i][column]).url.empty();
      if (count < 2 || count > 14 || address || is_ascii_digit(words.front())) continue;
      ++named;
      different.insert(words);
    }
    if (rows >= kFewest && named * 10 >= rows * 8 && different.size() * 10 >= named * 9)
      return column;
  }
  return std::nullopt;
}

}  // namespace

std::optional<SheetColumns> find_columns(const std::vector<std::vector<std::string>>& records) {
  constexpr std::size_t kSearched = 50;
  constexpr int kManyKnown = 5;
  std::optional<std::size_t> best;
  HeadingRow best_row;
  std::optional<std::size_t> nameless;
  HeadingRow nameless_row;
  for (std::size_t i = 0; i < records.size() && i < kSearched; ++i) {
    auto row = heading_row(records[i]);
    // "Name" of the group beside "Name" of who leads it: both are headings.
    const bool enough = row.known >= 3 ? row.read * 2 >= row.filled
                                       : row.read == row.filled && row.known > 0 && row.names;
    if (enough && !row.names && row.known >= kManyKnown &&
        (!nameless || row.known > nameless_row.known)) {
      nameless = i;
      nameless_row = row;
    }
    if (!enough || !row.names) continue;
    if (!best || row.known > best_row.known) {
      best = i;
      best_row = std::move(row);
    }
  }
  if (!best && nameless) {
    const auto names = heading_names_column(records, *nameless, nameless_row);
    if (names) {
      best = nameless;
      best_row = std::move(nameless_row);
      best_row.fields[*names] = SheetField::name;
    }
  }
  if (!best) return std::nullopt;
  SheetColumns columns;
  columns.header = *best;
  columns.fields = std::move(best_row.fields);
  // "Who" in a heading may be whom to write to; addresses are no licenses.
  for (std::size_t i = 0; i < columns.fields.size(); ++i) {
    constexpr int kWeak = 200;
    if (columns.fields[i] != SheetField::who || best_row.scores[i] >= kWeak) continue;
    const auto cells = heading_cells(records, *best + 1, i, [](const std::string& cell) {
      return cell.find('@') != std::string::npos;
    });
    if (cells.second * 2 > cells.first) columns.fields[i] = SheetField::none;
  }
  for (std::size_t i = 0; i < columns.fields.size(); ++i) {
    if (columns.fields[i] != SheetField::none || tidy_cell(records[*best][i]).empty()) continue;
    const auto field = heading_from_cells(records, *best, i);
    if (field != SheetField::none && !columns.has(field)) columns.fields[i] = field;
  }
  for (const auto& cell : records[*best]) columns.headings.push_back(tidy_cell(cell));
  for (std::size_t i = 0; i < columns.fields.size(); ++i) {
    if (columns.fields[i] != SheetField::run_by) continue;
    if (has_any_phrase(plain_words(columns.headings[i]), {"hosted by", "host", "run by"}) &&
        !columns.has(SheetField::leader) && heading_column_has_people(records, *best + 1, i)) {
      columns.fields[i] = SheetField::leader;
    }
  }
  return columns;
}

bool repeats_headings(const SheetColumns& columns, const std::vector<std::string>& record) {
  std::size_t filled = 0;
  std::size_t same = 0;
  for (std::size_t i = 0; i < record.size(); ++i) {
    const auto words = plain_words(record[i]);
    if (words.empty()) continue;
    ++filled;
    if (i < columns.headings.size() && plain_words(columns.headings[i]) == words) ++same;
  }
  return filled >= 2 && same * 10 >= filled * 6;
}

}  // namespace node
