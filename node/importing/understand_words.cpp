#include "node/importing/understand_words.h"

#include <algorithm>
#include <array>

#include "node/importing/cell_words.h"
#include "node/places/gazetteer.h"
#include "protocol/document/web_address.h"

namespace node {

namespace {

struct WordValue {
  std::string_view phrases;  ///< separated by '|', as plain_words() leaves them
  std::string_view value;    ///< empty: the phrases say nothing, and hide shorter ones inside them
};

/// Visits the values that `words` names, in its order; longer rows first, each word read once.
template <std::size_t N>
std::vector<std::pair<std::size_t, std::string>> words_named(std::string words,
                                                             const WordValue (&table)[N]) {
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const auto& [phrases, value] : table) {
    auto rest = phrases;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('|'), rest.size());
      const auto phrase = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      for (auto at = find_phrase(words, phrase); at != std::string::npos;
           at = find_phrase(words, phrase, at + 1)) {
        if (!value.empty()) found.emplace_back(at, value);
        for (std::size_t i = 0; i < phrase.size(); ++i) words[at + i] = '\x01';
      }
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  return found;
}

template <std::size_t N>
std::vector<std::string> words_values(std::string_view cell, const WordValue (&table)[N],
                                      std::size_t most) {
  std::vector<std::string> values;
  if (says_nothing(cell)) return values;
  for (auto& [at, value] : words_named(plain_words(cut_text(cell, 1'000)), table)) {
    if (values.size() < most && std::find(values.begin(), values.end(), value) == values.end())
      values.push_back(std::move(value));
  }
  return values;
}

// The most telling word decides; a row stands before those whose words it may contain.
constexpr WordValue kKindWords[] = {
    {"supervision swap|swap|hour for an hour", "supervision_swap"},
    {"colleague assistance|peer assistance|support line|hotline|helpline|warmline|warm line|crisis "
     "line|"
     "consultation line|ethics line|on call service|peer line|phone line|assistance program|line",
     "support_line"},
    {"mentorship|mentoring|mentor|mentors|mentor program|mentorship program|mentor match",
     "mentorship_program"},
    {"buddy|buddies|buddy pair|buddy pairs|buddy program|pairs|pairing|accountability partners",
     "buddy_pair"},
    {"lived experience|survivor|survivors|survivor led", "lived_experience"},
    {"study group|reading group|book club|journal club|study hall|study|reading circle|book "
     "group|book study",
     "study_group"},
    {"peer supervision|supervision group|group supervision|supervision|supervision groups|peer "
     "supervision group|"
     "intervision",
     "supervision_group"},
    {"consultation group|consultation team|consultation|consult|consult group|case "
     "consultation|consult team|"
     "peer consultation|case conference|consultation circle|consulting group|consultation "
     "groups|balint group|"
     "case discussion|clinical consultation",
     "formal_consultation"},
    {"workplace|workplace program|huddle|staff support|employee|workplace peer support|at work",
     "workplace_program"},
    {"discord|discord server|slack|slack workspace|facebook group|online community|virtual "
     "community|internet community|online network community|web community",
     "online_community"},
    {"forum|listserv|list serv|mailing list|email list|e list|message board|discussion "
     "board|discussion list|e mail list|"
     "bulletin board",
     "async_forum"},
    {"circle|coffee|meetup|meet up|informal|social group|lunch|brunch|happy hour|walk and "
     "talk|informal group|"
     "networking lunch|gathering|tea",
     "informal_circle"},
    {"support group|peer group|peer support|support circle|process group|support|peer support "
     "group|mutual "
     "aid|mutual support",
     "peer_support_group"},
    {"network|association|chapter|society|alumni|guild|coalition|collective|special interest "
     "group|sig|section|"
     "federation|networking group|networking|branch|interest group",
     "peer_network"},
};

constexpr WordValue kLanguageWords[] = {
    {"american sign language|asl", "ase"},
    {"british sign language|bsl", "bfi"},
    {"auslan", "asf"},
    {"sign language", ""},
    {"english|eng|ingles|ingl\xC3\xA9s|anglais", "en"},
    {"spanish|espanol|espa\xC3\xB1ol|espa\xC3\x91ol|castellano|espagnol", "es"},
    {"french|francais|fran\xC3\xA7"
     "ais|frances|franc\xC3\xA9s",
     "fr"},
    {"german|deutsch", "de"},
    {"maori|m\xC4\x81ori|te reo|te reo maori|te reo m\xC4\x81ori", "mi"},
    {"portuguese", "pt"},
    {"italian", "it"},
    {"dutch", "nl"},
    {"polish", "pl"},
    {"russian", "ru"},
    {"ukrainian", "uk"},
    {"romanian", "ro"},
    {"greek", "el"},
    {"turkish", "tr"},
    {"arabic", "ar"},
    {"hebrew", "he"},
    {"yiddish", "yi"},
    {"farsi|persian", "fa"},
    {"dari", "prs"},
    {"pashto", "ps"},
    {"urdu", "ur"},
    {"hindi", "hi"},
    {"punjabi|panjabi", "pa"},
    {"bengali|bangla", "bn"},
    {"gujarati", "gu"},
    {"marathi", "mr"},
    {"tamil", "ta"},
    {"telugu", "te"},
    {"malayalam", "ml"},
    {"kannada", "kn"},
    {"nepali", "ne"},
    {"sinhala", "si"},
    {"mandarin", "cmn"},
    {"cantonese", "yue"},
    {"chinese", "zh"},
    {"japanese", "ja"},
    {"korean", "ko"},
    {"vietnamese", "vi"},
    {"thai", "th"},
    {"lao", "lo"},
    {"khmer|cambodian", "km"},
    {"hmong", "hmn"},
    {"burmese", "my"},
    {"tagalog", "tl"},
    {"filipino", "fil"},
    {"indonesian", "id"},
    {"malay", "ms"},
    {"somali", "so"},
    {"amharic", "am"},
    {"tigrinya", "ti"},
    {"oromo", "om"},
    {"swahili|kiswahili", "sw"},
    {"kinyarwanda", "rw"},
    {"shona", "sn"},
    {"twi", "tw"},
    {"setswana|tswana", "tn"},
    {"sesotho", "st"},
    {"sepedi", "nso"},
    {"yoruba", "yo"},
    {"igbo", "ig"},
    {"hausa", "ha"},
    {"zulu|isizulu", "zu"},
    {"xhosa|isixhosa", "xh"},
    {"afrikaans", "af"},
    {"haitian creole|kreyol", "ht"},
    {"maori", "mi"},
    {"te reo", "mi"},
    {"hawaiian", "haw"},
    {"samoan", "sm"},
    {"welsh", "cy"},
    {"irish|gaeilge", "ga"},
    {"swedish", "sv"},
    {"norwegian", "no"},
    {"danish", "da"},
    {"finnish", "fi"},
    {"hungarian", "hu"},
    {"czech", "cs"},
    {"slovak", "sk"},
    {"serbian", "sr"},
    {"croatian", "hr"},
    {"bosnian", "bs"},
    {"bulgarian", "bg"},
    {"albanian", "sq"},
    {"armenian", "hy"},
    {"georgian", "ka"},
    {"kurdish", "ku"},
    {"catalan", "ca"},
    {"basque", "eu"},
    {"galician", "gl"},
    {"icelandic", "is"},
    {"latvian", "lv"},
    {"lithuanian", "lt"},
    {"estonian", "et"},
    {"slovenian|slovene", "sl"},
    {"macedonian", "mk"},
    {"mongolian", "mn"},
    {"navajo|dine", "nv"},
    {"cree", "cr"},
    {"inuktitut", "iu"},
};

constexpr WordValue kTopicWords[] = {
    {"secondary trauma|secondary traumatic stress|vicarious trauma|compassion fatigue|vicarious "
     "traumatization",
     "secondary_trauma"},
    {"trauma|ptsd|complex trauma|moral injury", "trauma"},
    {"grief|bereavement|suicide loss|grief and loss", "grief"},
    {"couples|couple|couples therapy|relationships|marriage", "couples"},
    {"child and adolescent|children and "
     "adolescents|children|child|adolescents|adolescent|teens|youth|play therapy|"
     "child and teen",
     "child_adolescent"},
    {"substance use|substance abuse|addiction|addictions|sud|chemical dependency", "substance_use"},
    {"eating disorders|eating disorder|eating|disordered eating", "eating"},
    {"perinatal|postpartum|maternal mental health|reproductive|perinatal mental health|fertility",
     "perinatal"},
    {"ocd|obsessive compulsive", "ocd"},
    {"neurodiversity|neurodivergent|neurodivergence|autism|adhd", "neurodiversity"},
    {"forensic|forensics", "forensic"},
    {"assessment|testing|psychological testing|assessments", "assessment"},
    {"emdr", "emdr"},
    {"act|acceptance and commitment therapy", "act"},
    {"ifs|internal family systems|parts work", "ifs"},
    {"cbt|cognitive behavioral therapy", "cbt"},
    {"dbt|dialectical behavior therapy", "dbt"},
    {"psychodynamic|psychoanalytic|psychoanalysis", "psychodynamic"},
    {"burnout|burn out", "burnout"},
    {"private practice|practice building|practice owners", "private_practice"},
    {"telehealth|teletherapy|online therapy", "telehealth"},
};

constexpr WordValue kIdentityWords[] = {
    {"bipoc|people of color|therapists of color|clinicians of color|poc|of color|women of "
     "color|people of colour|"
     "therapists of colour|of colour|toc",
     "bipoc"},
    {"black|african american|afro caribbean", "black"},
    {"latinx|latine|latina|latino|latin|hispanic|latinas|latinos|latin x|chicano", "latine"},
    {"aapi|asian american|asian|pacific islander|south asian|api", "aapi"},
    {"indigenous|native american|first nations|aboriginal|native|american indian|maori",
     "indigenous"},
    {"mena|middle eastern|north african|swana|arab", "mena"},
    {"trans|transgender|nonbinary|non binary|gender diverse|gender expansive|tgnc",
     "trans_nonbinary"},
    {"lgbtqia|lgbtq|lgbt|lgbtqi|queer|gay|lesbian|lgbtq2s|2slgbtq|lgbtqia2s|2slgbtqia|bisexual",
     "lgbtqia"},
    {"women|woman|female", "women"},
    {"men|male|man", "men"},
    {"disabled|disability|disabilities|deaf|hard of hearing|chronic illness|chronically ill|blind",
     "disabled"},
    {"neurodivergent|autistic|adhd|neurodiverse", "neurodivergent"},
    {"immigrant|immigrants|refugee|refugees|migrant", "immigrant"},
    {"muslim|christian|jewish|catholic|buddhist|hindu|sikh|faith based|faith|religious|mormon|lds",
     "faith"},
    {"veteran|veterans|military", "veteran"},
    {"parents|parent|mothers|moms|fathers|dads", "parent"},
    {"rural", "rural"},
    {"first generation|first gen", "first_generation"},
    {"size inclusive|fat|body liberation", "size_inclusive"},
};

constexpr WordValue kAccessWords[] = {
    {"step free|step free entrance|wheelchair accessible|wheelchair|elevator|ramp|ada "
     "accessible|no steps",
     "step_free"},
    {"hearing loop|induction loop", "hearing_loop"},
    {"live captions|captions live|live captioning|cart captions|cart", "captions_live"},
    {"automatic captions|auto captions|auto captioning|automated captions|captions auto",
     "captions_auto"},
    {"asl first|asl interpreter|asl interpretation|asl|american sign language", "asl"},
    {"screen reader|screen readers|screen reader friendly", "screen_reader_ok"},
    {"phone dial in|dial in|dial in by phone", "phone_dial_in"},
    {"camera optional|cameras optional|no cameras needed|camera off|cameras off|camera may stay "
     "off",
     "camera_optional"},
    {"quiet space|quiet room", "quiet_space"},
    {"fragrance aware|fragrance free|scent free", "fragrance_aware"},
    {"parking|free parking", "parking"},
    {"near transit|public transit|near the bus|near the streetcar|bus line|near the train|on the "
     "bus line|transit",
     "transit"},
    {"materials ahead|materials sent ahead|agenda sent ahead|materials in advance",
     "materials_ahead"},
};

constexpr WordValue kStageWords[] = {
    {"students|student|graduate students", "student"},
    {"pre licensed|prelicensed|associates|associate|not yet licensed", "pre_licensed"},
    {"early career|new professionals|first five years", "early_career"},
    {"mid career|mid", "mid"},
    {"senior|late career|seasoned", "senior"},
    {"retired|retiring", "retired"},
};

int words_month(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                        "jul", "aug", "sep", "oct", "nov", "dec"};
  constexpr std::array<std::string_view, 12> kWhole = {
      "january", "february", "march",     "april",   "may",      "june",
      "july",    "august",   "september", "october", "november", "december"};
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (word == kMonths[i] || word == kWhole[i] || (i == 8 && word == "sept"))
      return static_cast<int>(i) + 1;
  }
  return 0;
}

std::optional<protocol::Date> words_date(int year, int month, int day) {
  if (year < 1990 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return protocol::Date(date);
}

}  // namespace

KindReading understand_kind(std::string_view cell) {
  KindReading reading;
  if (says_nothing(cell)) return reading;
  const std::string folded = fold_cell(cut_text(cell, 400));
  const auto add = [&](std::string_view kind) {
    if (std::find(reading.kinds.begin(), reading.kinds.end(), kind) == reading.kinds.end())
      reading.kinds.emplace_back(kind);
  };
  // "Consultation group / mentoring" are two kinds, "peer support line" is one.
  for (const auto& piece : split_cell(folded, "/;,+&|")) {
    const auto words = plain_words(piece);
    for (const auto& row : kKindWords) {
      auto rest = row.phrases;
      bool found = false;
      while (!rest.empty() && !found) {
        const auto end = std::min(rest.find('|'), rest.size());
        found = has_phrase(words, rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      if (found) {
        add(row.value);
        break;
      }
    }
  }
  const auto words = plain_words(folded);
  if (has_any_phrase(words, {"public", "open to the public"})) reading.audience = "public";
  if (has_any_phrase(words, {"survivors", "survivor"})) reading.audience = "lived_experience";
  if (std::find(reading.kinds.begin(), reading.kinds.end(), "workplace_program") !=
      reading.kinds.end())
    reading.audience = "workplace_staff";
  return reading;
}

std::vector<std::string> understand_languages(std::string_view cell) {
  auto found = words_values(cell, kLanguageWords, 24);
  // "EN, FR": codes count in capitals only, since "it" and "no" are words.
  constexpr std::string_view kCodes[] = {"EN", "ES", "FR", "DE", "PT", "IT", "ZH", "AR", "RU"};
  if (found.empty()) {
    for (const auto& word : split_cell(cell, " ,;/&+|.()")) {
      if (std::find(std::begin(kCodes), std::end(kCodes), word) == std::end(kCodes)) continue;
      auto code = fold_cell(word);
      if (std::find(found.begin(), found.end(), code) == found.end())
        found.push_back(std::move(code));
    }
  }
  return found;
}

std::vector<std::string> understand_topics(std::string_view cell) {
  return words_values(cell, kTopicWords, 16);
}

std::vector<IdentityReading> understand_identity(std::string_view cell) {
  std::vector<IdentityReading> found;
  const auto words = plain_words(cell);
  const bool by_and_for = has_any_phrase(words, {"by and for"});
  for (auto& group : words_values(cell, kIdentityWords, 8)) {
    IdentityReading one;
    one.mode = by_and_for ? "by_and_for" : "";
    if (group == "faith") {
      for (const auto& [phrase, name] :
           {std::pair{"muslim", "Muslim"}, std::pair{"christian", "Christian"},
            std::pair{"jewish", "Jewish"}, std::pair{"catholic", "Catholic"},
            std::pair{"buddhist", "Buddhist"}, std::pair{"hindu", "Hindu"},
            std::pair{"sikh", "Sikh"}}) {
        if (has_phrase(words, phrase)) one.name = name;
      }
    }
    one.group = std::move(group);
    found.push_back(std::move(one));
  }
  return found;
}

std::vector<std::string> understand_accessibility(std::string_view cell) {
  auto values = words_values(cell, kAccessWords, 24);
  if (has_any_phrase(plain_words(cell),
                     {"not accessible", "no elevator", "no parking", "not wheelchair"})) {
    std::erase(values, "step_free");
    std::erase(values, "parking");
  }
  // "Captions" alone does not say whether a person or a program writes them.
  return values;
}

std::vector<std::string> understand_career_stages(std::string_view cell) {
  return words_values(cell, kStageWords, 6);
}

AgreementReading understand_agreement(std::string_view cell) {
  AgreementReading reading;
  if (says_nothing(cell)) return reading;
  const auto words = plain_words(cut_text(cell, 600));
  if (words == "none" || words == "no" ||
      has_any_phrase(words, {"no agreement", "no written agreement", "no signed agreement",
                             "no formal agreement", "without agreement", "no contract"})) {
    reading.state = "none";
    return reading;
  }
  reading.stated = has_any_phrase(words, {"acuerdo",
                                          "firmado",
                                          "entente",
                                          "agree",
                                          "agrees",
                                          "agreed",
                                          "agreement",
                                          "agreements",
                                          "contract",
                                          "contracts",
                                          "signed",
                                          "sign",
                                          "signs",
                                          "covenant",
                                          "pledge",
                                          "nda",
                                          "non disclosure",
                                          "written policy signed",
                                          "informed consent form",
                                          "verbal",
                                          "spoken agreement",
                                          "verbally"});
  const bool denied = has_any_phrase(
      words, {"does not agree", "not signed", "nothing signed", "no signed", "unsigned"});
  if (denied) return {};
  if (has_any_phrase(words,
                     {"signed agreement", "agreement signed", "signed by all", "signed by both",
                      "signed by every member", "signed contract", "all sign", "everyone signs",
                      "signed confidentiality agreement", "signed confidentiality", "members sign",
                      "each member signs", "every member signs"})) {
    reading.state = "signed_by_all";
  } else if (has_any_phrase(words, {"verbal", "spoken", "verbally", "read aloud", "said aloud"})) {
    reading.state = "verbal";
  } else if (has_any_phrase(words, {"published", "posted rules", "posted", "on our site",
                                    "posted community rules"})) {
    reading.state = "published";
  }
  if (!reading.stated &&
      has_any_phrase(words, {"accountable to", "ground rules", "group rules", "list rules", "rules",
                             "guidelines", "pledge", "protocol", "asked not to", "asked to keep",
                             "stays here", "stays in the room", "chatham house"}))
    reading.question = quoted_cell(cell) + ": is that an agreement that each member accepts?";
  const bool yearly =
      has_any_phrase(words, {"renewed every year", "renewed yearly", "renewed annually",
                             "signed every year", "every year", "re signed yearly", "yearly"});
  const bool on_change = has_any_phrase(
      words, {"when members change", "on membership change", "when membership changes"});
  if (yearly || on_change)
    reading.resign = yearly && on_change ? "both" : yearly ? "yearly" : "on_membership_change";
  if (has_any_phrase(
          words, {"no identifying details", "no identifying case details", "de identified",
                  "deidentified", "no client details", "no identifying information", "no names"})) {
    reading.clauses.emplace_back("de_identified_cases");
  }
  return reading;
}

std::string question_of_initials(std::string_view cell) {
  constexpr std::size_t kNamed = 3;
  const auto initials = tidy_cell(cell);
  const auto regions = Gazetteer::shared().find(initials).regions;
  // Nothing but capital letters names several regions in this way.
  const bool capitals =
      initials.size() > 2 &&
      std::all_of(initials.begin(), initials.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!capitals || regions.size() < 2) return {};
  std::string where;
  for (std::size_t i = 0; i < std::min(regions.size(), kNamed); ++i)
    where += (i == 0 ? "" : ", ") + protocol::region_name(regions[i]);
  return "'" + initials + "': the association of " + where +
         ", or another one? Write its name in full";
}

DateReading understand_date(std::string_view cell) {
  DateReading reading;
  if (says_nothing(cell)) return reading;
  const auto tidy = tidy_cell(cell);
  if (const auto iso = protocol::parse_date(std::string_view(tidy).substr(0, 10))) {
    reading.date = iso;
    return reading;
  }
  const auto words = split_words(plain_words(tidy));
  std::vector<int> numbers;
  int month = 0;
  for (auto word : words) {
    for (const auto ending : {"st", "nd", "rd", "th"}) {
      if (word.size() > 2 && is_ascii_digit(word[0]) && word.ends_with(ending))
        word.resize(word.size() - 2);
    }
    if (const int named = words_month(word); named > 0 && month == 0) {
      month = named;
    } else if (is_ascii_digit(word[0])) {
      const auto number = small_number(word);
      if (number) numbers.push_back(*number);
    }
  }
  const auto whole_year = [](int year) { return year < 100 ? year + 2000 : year; };
  if (month > 0 && numbers.size() == 2) {
    const bool year_first = numbers[0] > 31;
    reading.date =
        words_date(whole_year(numbers[year_first ? 0 : 1]), month, numbers[year_first ? 1 : 0]);
  } else if (month == 0 && numbers.size() == 3) {
    if (numbers[0] > 31) {
      reading.date = words_date(numbers[0], numbers[1], numbers[2]);
    } else {
      const auto american = words_date(whole_year(numbers[2]), numbers[0], numbers[1]);
      const auto british = words_date(whole_year(numbers[2]), numbers[1], numbers[0]);
      if (american && british && *american != *british) {
        reading.question = "'" + tidy + "': is that " + protocol::format_date(*american) + " or " +
                           protocol::format_date(*british) + "? Dates like 2026-11-03 are clear";
        return reading;
      }
      reading.date = american ? american : british;
    }
  }
  if (!reading.date)
    reading.question = "'" + cut_text(tidy, 40) + "': which day? Write it like 2026-11-03";
  return reading;
}

std::optional<int> dated_remark(std::string_view cell) {
  const auto words = plain_words(cut_text(cell, 400));
  std::optional<int> year;
  for (const auto* phrase :
       {"last seen", "as of", "info from", "information from", "as at", "last updated", "updated",
        "data from", "current in", "last confirmed", "checked in", "from", "last active"}) {
    for (auto at = find_phrase(words, phrase); at != std::string::npos;
         at = find_phrase(words, phrase, at + 1)) {
      const auto next =
          split_words(std::string_view(words).substr(at + std::string_view(phrase).size(), 40));
      for (std::size_t i = 0; i < next.size() && i < 3; ++i) {
        auto digits = next[i];
        if (digits.ends_with("s")) digits.pop_back();
        const auto number = small_number(digits);
        if (number && *number >= 1980 && *number <= 2100)
          year = std::max(year.value_or(0), *number);
      }
    }
  }
  return year;
}

LinkReading understand_link(std::string_view cell) {
  LinkReading reading;
  if (says_nothing(cell)) return reading;
  // The first word that looks like an address.
  auto text = tidy_cell(cell);
  // "https:// teahour.example": a space that crept in.
  if (const auto gap = text.find(":// "); gap != std::string::npos) text.erase(gap + 3, 1);
  for (auto word : split_words(text)) {
    while (!word.empty() && std::string_view("(<\"'").find(word.front()) != std::string_view::npos)
      word.erase(0, 1);
    while (!word.empty() && std::string_view(">\"',;.").find(word.back()) != std::string_view::npos)
      word.pop_back();
    // A bracket that closes what stands before the address.
    while (word.ends_with(')') &&
           std::count(word.begin(), word.end(), ')') > std::count(word.begin(), word.end(), '('))
      word.pop_back();
    if (word.empty() || word.find('@') != std::string::npos) continue;
    const auto lower = fold_cell(word);
    std::string url;
    if (lower.starts_with("https://")) {
      url = "https://" + word.substr(8);
    } else if (lower.starts_with("http://")) {
      url = "https://" + word.substr(7);
      reading.changed = true;
    } else if (lower.find("://") == std::string::npos && lower.find('.') != std::string::npos &&
               lower.find("..") == std::string::npos) {
      const auto host = lower.substr(0, lower.find_first_of("/?#:"));
      const auto dot = host.rfind('.');
      const bool top = dot != std::string::npos && dot > 0 && host.size() - dot > 2 &&
                       std::all_of(host.begin() + static_cast<std::ptrdiff_t>(dot) + 1, host.end(),
                                   [](char c) { return c >= 'a' && c <= 'z'; });
      if (!top) continue;
      url = "https://" + word;
      reading.changed = true;
    } else {
      continue;
    }
    const auto slash = url.find_first_of("/?#", 8);
    for (std::size_t i = 8; i < std::min(slash, url.size()); ++i) {
      if (url[i] >= 'A' && url[i] <= 'Z') url[i] = static_cast<char>(url[i] - 'A' + 'a');
    }
    if (const auto why = protocol::why_no_plain_url(url)) {
      reading.problem = "'" + cut_text(word, 80) + "' " + std::string(*why);
      reading.changed = false;
      return reading;
    }
    reading.url = std::move(url);
    return reading;
  }
  reading.changed = false;
  return reading;
}

std::string understand_name(std::string_view cell) {
  std::string name = tidy_cell(cell);
  const auto drop_front = [&] {
    // "*NEW* Group", "[new] Group", "NEW! Group", "** Group", "• Group", "1. Group"
    for (const auto mark :
         {"*NEW*",     "*New*",     "*new*",     "[NEW]",        "[New]", "[new]", "(NEW)",
          "(New)",     "(new)",     "NEW!",      "New!",         "NEW:",  "New:",  "*UPDATED*",
          "*updated*", "*Updated*", "(updated)", "\xE2\x80\xA2", "***",   "**",    "*"}) {
      if (name.starts_with(mark)) {
        name = tidy_cell(name.substr(std::string_view(mark).size()));
        return true;
      }
    }
    return false;
  };
  while (drop_front()) continue;
  for (bool again = true; again;) {
    again = false;
    for (const auto mark :
         {"*NEW*", "*New*", "*new*", "[NEW]", "(NEW)", "(new)", "NEW!", "***", "**", "*"}) {
      if (name.ends_with(mark) && name.size() > std::string_view(mark).size()) {
        name = tidy_cell(name.substr(0, name.size() - std::string_view(mark).size()));
        again = true;
      }
    }
  }
  return name;
}

}  // namespace node
