#include "node/importing/row_reader.h"

#include <algorithm>

#include "node/importing/cell_words.h"
#include "node/importing/understand_cost.h"
#include "node/importing/understand_format.h"
#include "node/importing/understand_place.h"
#include "node/importing/understand_size.h"
#include "protocol/document/web_address.h"

namespace node {

namespace {

class RowReader {
 public:
  RowReader(const std::vector<std::string>& record, RowContext& context, ImportedRow& row)
      : record_(record), context_(context), row_(row), said_(row.understood) {}

  RowFacts read() {
    keep_words();
    said_.name = understand_name(cell(SheetField::name));
    if (stated(SheetField::run_by)) said_.run_by = tidy_cell(cell(SheetField::run_by));
    read_place();
    read_kind();
    read_people();
    read_format();
    read_cost();
    read_schedule();
    read_size();
    read_words();
    read_joining();
    read_dates();
    facts_.understood = said_;
    return std::move(facts_);
  }

 private:
  std::string_view cell(SheetField field) const {
    const auto column = context_.columns.column(field);
    return column && *column < record_.size() ? std::string_view(record_[*column])
                                              : std::string_view();
  }
  bool stated(SheetField field) const { return !says_nothing(cell(field)); }
  bool has(SheetField field) const { return context_.columns.has(field); }

  void ask(std::string_view field, std::string question) {
    if (!question.empty()) row_.questions.push_back({std::string(field), std::move(question)});
  }

  std::string heading(SheetField field) const {
    const auto column = context_.columns.column(field);
    return column ? context_.columns.headings[*column] : std::string();
  }
  void leave(SheetField field) {
    row_.not_understood.emplace_back(heading(field), tidy_cell(cell(field)));
  }

  /// Rows are sorted and moved: what stood above when the words were written may not any more.
  void ask_about_ditto(SheetField field, std::string_view words) {
    const auto plain = plain_words(words);
    if (plain != "same as above" && plain != "as above" && plain != "ditto" && plain != "same" &&
        plain != "idem")
      return;
    const auto about = [&]() -> std::string_view {
      switch (field) {
        case SheetField::who:
          return "audience";
        case SheetField::place:
        case SheetField::city:
        case SheetField::state:
        case SheetField::serving:
          return "regions";
        case SheetField::format:
          return "formats";
        case SheetField::cost:
          return "cost";
        case SheetField::how_often:
          return "cadence";
        case SheetField::day_time:
          return "schedule_nth";
        case SheetField::length:
          return "duration_min";
        case SheetField::size:
        case SheetField::intake:
          return "intake";
        case SheetField::language:
          return "languages";
        case SheetField::none:
        case SheetField::name:
        case SheetField::run_by:
        case SheetField::kind:
        case SheetField::leader:
        case SheetField::topics:
        case SheetField::identity:
        case SheetField::agreement:
        case SheetField::sponsor:
        case SheetField::join:
        case SheetField::web:
        case SheetField::email:
        case SheetField::phone:
        case SheetField::notes:
        case SheetField::confirmed:
        case SheetField::id:
        case SheetField::summary:
        case SheetField::accessibility:
        case SheetField::career_stage:
          break;
      }
      return {};
    }();
    if (!about.empty())
      ask(about, "'" + tidy_cell(words) + "': copy what it says above into this row");
  }

  void keep_words() {
    for (std::size_t i = 0; i < context_.columns.fields.size(); ++i) {
      if (context_.columns.fields[i] != SheetField::none) {
        row_.cells.emplace_back(context_.columns.fields[i],
                                i < record_.size() ? tidy_cell(record_[i]) : std::string());
      }
      if (i < record_.size()) ask_about_ditto(context_.columns.fields[i], record_[i]);
      if (i >= record_.size() || says_nothing(record_[i])) continue;
      const auto field = context_.columns.fields[i];
      const auto words = tidy_cell(record_[i]);
      if (field == SheetField::none) {
        row_.not_understood.emplace_back(context_.columns.headings[i], words);
        continue;
      }
      if (field == SheetField::name || field == SheetField::notes) continue;
      const std::string key(word(field));
      const auto there = std::find_if(row_.as_stated.begin(), row_.as_stated.end(),
                                      [&](const auto& kept) { return kept.first == key; });
      if (there == row_.as_stated.end()) {
        row_.as_stated.emplace_back(key, words);
      } else {
        there->second += "; " + words;
      }
    }
  }

  void read_place() {
    std::string question;
    const auto take = [&](const PlaceReading& reading) {
      for (const auto& region : reading.regions) {
        if (std::find(said_.regions.begin(), said_.regions.end(), region) == said_.regions.end())
          said_.regions.push_back(region);
      }
      if (question.empty()) question = reading.question;
    };
    const auto state =
        stated(SheetField::state) ? tidy_cell(cell(SheetField::state)) : std::string();
    const auto city = stated(SheetField::city) ? tidy_cell(cell(SheetField::city)) : std::string();
    PlaceReading place;
    SheetField source = SheetField::place;
    if (stated(SheetField::place)) {
      place = understand_place(cell(SheetField::place));
      // "Town" beside "Region": together they say where.
      if (place.locality.empty() && !city.empty() && place.question.empty()) {
        auto both = understand_place(city + ", " + tidy_cell(cell(SheetField::place)));
        if (!both.locality.empty() && both.question.empty()) place = both;
      }
      if (place.regions.empty() && !state.empty() && place.question.empty()) {
        const auto wider = understand_place(state, PlaceColumn::state);
        if (!wider.regions.empty()) {
          auto both = understand_place(tidy_cell(cell(SheetField::place)) + ", " + state);
          place = both.regions.empty() ? wider : both;
        }
      }
    } else if (!city.empty()) {
      source = SheetField::city;
      place = understand_place(state.empty() ? city : city + ", " + state);
      // A column of cities needs no region beside it to be read as one.
      const auto words = plain_words(city);
      if (place.regions.empty() && place.question.empty() && !place.elsewhere &&
          is_name_of_town(city) && words.size() <= 60 &&
          city.find_first_of("0123456789") == std::string::npos) {
        place.locality = city;
      }
    } else if (!state.empty()) {
      source = SheetField::state;
      place = understand_place(state, PlaceColumn::state);
    }
    said_.locality = place.locality;
    if (stated(SheetField::serving)) {
      take(understand_place(cell(SheetField::serving)));
      facts_.place_is_served = true;
      if (said_.regions.empty() && question.empty()) {
        take(place);
        leave(SheetField::serving);
      }
    } else {
      take(place);
      if (said_.regions.empty() && said_.locality.empty() && question.empty() && !place.elsewhere &&
          stated(source)) {
        leave(source);
      }
    }
    constexpr std::size_t kMostRegions = 24;
    if (said_.regions.size() > kMostRegions) said_.regions.resize(kMostRegions);
    ask("regions", question);
    place_elsewhere_ = place.elsewhere;
  }

  void read_kind() {
    if (stated(SheetField::kind)) {
      const auto reading = understand_kind(cell(SheetField::kind));
      said_.kinds = reading.kinds;
      kind_audience_ = reading.audience;
      if (reading.kinds.empty()) {
        leave(SheetField::kind);
        facts_.kind_words = plain_words(cell(SheetField::kind));
      }
    } else if (!has(SheetField::kind) && !context_.section.empty()) {
      const auto reading = understand_kind(context_.section);
      if (reading.kinds.size() == 1) said_.kinds = reading.kinds;
      kind_audience_ = reading.audience;
    }
  }

  void read_people() {
    // What a title means in one state says nothing about a whole country.
    const bool one_state = said_.regions.size() == 1 && said_.regions.front().size() > 2;
    const auto region = one_state ? said_.regions.front() : std::string();
    const auto people = understand_people(cell(SheetField::who), region, context_.licenses);
    said_.licenses = people.licenses;
    said_.audience = people.audience;
    // Clinicians who survived a loss are clinicians.
    const bool of_clinicians =
        (kind_audience_ == "lived_experience" && !said_.audience.empty() &&
         said_.audience != "public") ||
        (kind_audience_ == "workplace_staff" && said_.audience == "therapists");
    if (!kind_audience_.empty() && !of_clinicians &&
        (said_.audience.empty() || kind_audience_ != "public")) {
      said_.audience = kind_audience_;
      // The trainees among the staff are no students of a practicum group.
      if (kind_audience_ == "lived_experience") said_.licenses.clear();
    }
    facts_.license_rule = people.license_rule;
    facts_.career_stages = people.career_stages;
    ask("audience_licenses", people.licenses_question);
    ask("audience", people.audience_question);
    if (stated(SheetField::who) && people.audience.empty() && people.licenses.empty() &&
        people.license_rule.empty())
      leave(SheetField::who);
    facts_.facilitation = understand_facilitation(cell(SheetField::leader));
    if (facts_.facilitation.empty()) {
      // A column of sizes may say "moderated".
      facts_.facilitation =
          understand_facilitation(cell(SheetField::size)) == "moderated" ? "moderated" : "";
    }
  }

  void read_format() {
    const bool from_place = !has(SheetField::format) && stated(SheetField::place);
    const auto source = from_place ? SheetField::place : SheetField::format;
    auto reading = understand_format(cell(source));
    // A town may be called after a chat or a forum: beside a place, only what names one channel
    // counts, and not what is doubtful, for a place is all that was to be said.
    if (from_place && !place_elsewhere_) {
      if (!reading.question.empty()) reading = {};
      const bool online =
          std::any_of(reading.formats.begin(), reading.formats.end(),
                      [](const std::string& format) { return format != "in_person"; });
      // "Online and Auckland": where there is a town beside the channel, one meets in it too.
      if (online && !said_.locality.empty() && !has_phrase(plain_words(cell(source)), "or") &&
          std::find(reading.formats.begin(), reading.formats.end(), "in_person") ==
              reading.formats.end() &&
          place_and_online(cell(source)))
        reading.formats.emplace_back("in_person");
    }
    // "Online via Zoom (link by e-mail)" is no place, and it was understood.
    if (from_place && !reading.formats.empty())
      std::erase(row_.not_understood, std::pair{heading(source), tidy_cell(cell(source))});
    said_.formats = reading.formats;
    facts_.platform = reading.platform;
    if (reading.formats.empty() && reading.question.empty() && stated(source) && !from_place)
      leave(source);
    ask("formats", reading.question);
  }

  /// "Online and Auckland", "Zoom + Lima, OH": two ways to take part, not one place of a channel.
  static bool place_and_online(std::string_view text) {
    const auto words = plain_words(text);
    return has_any_phrase(words, {"online and", "and online", "zoom and", "and zoom", "video and",
                                  "and video", "virtual and", "and virtual"});
  }

  void read_cost() {
    auto reading = understand_cost(cell(SheetField::cost), said_.regions);
    said_.cost = reading.cost;
    ask("cost", reading.question);
    ask("cost.currency", reading.currency_question);
    if (!reading.cost && reading.question.empty() && stated(SheetField::cost))
      leave(SheetField::cost);
  }

  void read_schedule() {
    const auto often = understand_schedule(cell(SheetField::how_often), true, said_.regions);
    const bool alone = !has(SheetField::how_often);
    const auto when = understand_schedule(cell(SheetField::day_time), alone, said_.regions);
    said_.cadence = !often.cadence.empty() ? often.cadence : when.cadence;
    // Whenever it is arranged is no rhythm that a column of rhythms left out.
    if (!alone && often.cadence.empty() && when.cadence == "ad_hoc" && when.by_arrangement)
      said_.cadence.clear();
    if (alone && when.cadence == "other" &&
        (when.by_arrangement || !when.start.empty() || !when.days.empty())) {
      // "By arrangement" and a bare hour say no rhythm; that is no rhythm of another kind.
      said_.cadence.clear();
    }
    ask("cadence", !often.cadence_question.empty() ? often.cadence_question
                   : often.cadence.empty()         ? when.cadence_question
                                                   : "");
    const auto& days = when.days.empty() && when.days_question.empty() ? often : when;
    said_.nth_days = days.days;
    ask("schedule_nth", days.days_question);
    const auto& clock = when.start.empty() && when.start_question.empty() ? often : when;
    said_.start_local = clock.start;
    ask("start_local", clock.start_question);
    said_.tzid = !clock.tzid.empty() ? clock.tzid : when.tzid;

    const auto unit_words = plain_words(heading(SheetField::length));
    const auto unit = has_any_phrase(unit_words, {"minutes", "mins", "min"}) ? "minutes"
                      : has_any_phrase(unit_words, {"hours", "hrs"})         ? "hours"
                                                                             : "";
    auto length = understand_length(cell(SheetField::length), unit);
    const auto length_in = [&](SheetField field) {
      return has_length_words(cell(field)) ? understand_length(cell(field)) : LengthReading();
    };
    const auto beside = length_in(SheetField::day_time);
    if (length.minutes) {
      // Another cell that says a different length makes it a question.
      const bool differs =
          (beside.minutes && *beside.minutes != *length.minutes) || !beside.question.empty();
      if (differs && length.question.empty())
        length.question = "'" + tidy_cell(cell(SheetField::length)) + "' and '" +
                          tidy_cell(cell(SheetField::day_time)) + "': how long is a meeting?";
    } else if (length.question.empty() && !stated(SheetField::length)) {
      length = beside;
      // "monthly, 90 min", but not "two hours a month"
      if (!length.minutes && length.question.empty() &&
          has_any_phrase(plain_words(cell(SheetField::how_often)), {"min", "mins", "minutes"}))
        length = length_in(SheetField::how_often);
      // Opening hours are no length of a meeting.
      constexpr std::int64_t kLongMeeting = 300;
      if (!length.minutes && length.question.empty() && clock.range_minutes &&
          *clock.range_minutes <= kLongMeeting)
        length.minutes = clock.range_minutes;
    }
    said_.duration_min = length.minutes;
    ask("duration_min", length.question);
    if (stated(SheetField::length) && !length.minutes && length.question.empty())
      leave(SheetField::length);

    facts_.rrule = schedule_rule(often, when);
    if (often.excepted) leave(SheetField::how_often);
    if (when.excepted) leave(SheetField::day_time);
    facts_.rule_minutes = length.minutes            ? length.minutes
                          : length.question.empty() ? clock.range_minutes
                                                    : std::nullopt;
    if (often.always_open || when.always_open) {
      facts_.meets = "always_open";
    } else if (often.by_arrangement || when.by_arrangement) {
      facts_.meets = "by_arrangement";
    }
    if (stated(SheetField::how_often) && said_.cadence == "other" && facts_.rrule.empty() &&
        facts_.meets.empty() && !often.excepted)
      leave(SheetField::how_often);
    const bool said = !when.days.empty() || !when.start.empty() || !when.cadence.empty() ||
                      when.by_arrangement || when.always_open || !when.days_question.empty() ||
                      !when.start_question.empty();
    if (stated(SheetField::day_time) && !said && !when.excepted && !beside.minutes &&
        beside.question.empty())
      leave(SheetField::day_time);
  }

  static bool has_length_words(std::string_view text) {
    const auto words = plain_words(text);
    return has_any_phrase(words,
                          {"minutes", "minute", "min", "mins", "hours", "hrs", "hour", "hr"});
  }

  void read_size() {
    auto size = understand_size(cell(SheetField::size));
    auto door = understand_size(cell(SheetField::intake));
    // "New members? Y"
    if (door.intake.empty() && door.intake_question.empty() &&
        has_any_phrase(plain_words(heading(SheetField::intake)),
                       {"new", "accepting", "accepted", "taking", "room", "open", "openings"})) {
      door.intake = intake_of_answer(cell(SheetField::intake));
    }
    // "Size, open or closed" is one column about both.
    const bool both =
        !has(SheetField::size) && has_any_phrase(plain_words(heading(SheetField::intake)),
                                                 {"size", "max", "maximum", "how many", "capacity",
                                                  "seats", "places", "spots", "limit", "number"});
    if (both) {
      size.max = door.max;
      size.question = door.question;
    }
    // Without a column for it, a limit stands behind whom the group is for: "LPCs, max. 8".
    const auto who = plain_words(cell(SheetField::who));
    if (!has(SheetField::size) && !has(SheetField::intake) &&
        has_any_phrase(who, {"max", "maximum", "up to", "limited to"})) {
      const auto beside = understand_size(cell(SheetField::who));
      if (beside.question.empty()) size.max = beside.max;
    }
    said_.size_max = size.max;
    ask("size_max", size.question);
    const bool apart =
        stated(SheetField::intake) && (!door.intake.empty() || !door.intake_question.empty());
    said_.intake = apart ? door.intake : size.intake;
    ask("intake", apart ? door.intake_question : size.intake_question);
    facts_.waitlist = size.waitlist || door.waitlist;
    if (size.forming || door.forming) facts_.status = "forming";
    if (said_.intake == "full") facts_.status = "full";
    if (said_.intake == "drop_in") facts_.drop_in = "welcome";
    const bool said = size.max || !size.question.empty() || !size.intake.empty() ||
                      !size.intake_question.empty() || size.forming ||
                      facts_.facilitation == "moderated";
    if (stated(SheetField::size) && !said) leave(SheetField::size);
    if (stated(SheetField::intake) && door.intake.empty() && door.intake_question.empty() &&
        !door.forming && !(both && (size.max || !size.question.empty())))
      leave(SheetField::intake);
  }

  void read_words() {
    said_.languages = understand_languages(cell(SheetField::language));
    if (stated(SheetField::language) && said_.languages.empty()) leave(SheetField::language);
    facts_.agreement = understand_agreement(cell(SheetField::agreement));
    // Under a heading that asks for an agreement, "yes" and "community guidelines" answer it.
    const auto answer = plain_words(cell(SheetField::agreement));
    if (facts_.agreement.state.empty() &&
        has_any_phrase(plain_words(heading(SheetField::agreement)),
                       {"agree", "agrees", "agreement", "sign", "signs", "signed", "contract"}) &&
        (answer == "y" || has_phrase(answer, "yes") || answer == "oui" || answer == "si" ||
         has_any_phrase(answer, {"guidelines", "in confidence", "policy", "ground rules"})) &&
        !has_any_phrase(answer, {"no", "not", "none"})) {
      facts_.agreement.stated = true;
      facts_.agreement.question.clear();
    }
    ask("agreement_stated", facts_.agreement.question);
    said_.agreement_stated = facts_.agreement.stated;
    facts_.topics = understand_topics(cell(SheetField::topics));
    facts_.identity = understand_identity(cell(SheetField::identity));
    if (facts_.identity.empty() && has_phrase(plain_words(cell(SheetField::topics)), "by and for"))
      facts_.identity = understand_identity(cell(SheetField::topics));
    for (const auto field : {SheetField::accessibility, SheetField::notes, SheetField::format}) {
      for (auto& value : understand_accessibility(cell(field))) {
        if (std::find(facts_.accessibility.begin(), facts_.accessibility.end(), value) ==
            facts_.accessibility.end())
          facts_.accessibility.push_back(std::move(value));
      }
    }
    for (auto& stage : understand_career_stages(cell(SheetField::career_stage))) {
      if (std::find(facts_.career_stages.begin(), facts_.career_stages.end(), stage) ==
          facts_.career_stages.end())
        facts_.career_stages.push_back(std::move(stage));
    }
    facts_.crisis_988 = has_phrase(plain_words(cell(SheetField::notes)), "988") ||
                        has_phrase(plain_words(cell(SheetField::accessibility)), "988");
    if (stated(SheetField::summary)) facts_.summary = tidy_cell(cell(SheetField::summary));
    if (stated(SheetField::sponsor)) {
      facts_.sponsor = tidy_cell(cell(SheetField::sponsor));
      ask("sponsor", question_of_initials(facts_.sponsor));
    }
  }

  void read_joining() {
    const auto page = understand_link(cell(SheetField::web));
    said_.join_url = page.url;
    ask("join.url", page.problem.empty() ? "" : page.problem + "; which address is meant?");
    if (page.url.empty() && page.problem.empty() && stated(SheetField::web)) leave(SheetField::web);
    if (stated(SheetField::join)) {
      said_.join_how = tidy_cell(cell(SheetField::join));
      const auto link = understand_link(cell(SheetField::join));
      facts_.apply_url = link.url;
      if (said_.join_url.empty() && page.problem.empty() && !has(SheetField::web))
        said_.join_url = link.url;
    }
    for (const auto field : {SheetField::email, SheetField::join, SheetField::phone}) {
      const auto address = mail_address_in(cell(field));
      if (facts_.email.empty() && protocol::is_mail_address(address)) facts_.email = address;
    }
    if (stated(SheetField::phone)) facts_.phone = tidy_cell(cell(SheetField::phone));
  }

  void read_dates() {
    if (stated(SheetField::id)) {
      auto id = fold_cell(cell(SheetField::id));
      // Another system's own number is no id here.
      if (id.size() == 36 && std::count(id.begin(), id.end(), '-') == 4) id = "urn:uuid:" + id;
      if (id.starts_with("urn:uuid:")) said_.id = id;
    }
    const auto confirmed = understand_date(cell(SheetField::confirmed));
    if (confirmed.date && *confirmed.date > context_.today) {
      ask("confirmed_at",
          "'" + tidy_cell(cell(SheetField::confirmed)) + "' is a day that has not come yet");
    } else if (confirmed.date) {
      said_.confirmed_on = protocol::format_date(*confirmed.date);
    }
    ask("confirmed_at", confirmed.question);
    const auto year = dated_remark(cell(SheetField::notes));
    const std::chrono::year_month_day now{context_.today};
    if (year && *year < static_cast<int>(now.year()) - 1 && said_.confirmed_on.empty()) {
      ask("confirmed_at", "'" + cut_text(tidy_cell(cell(SheetField::notes)), 80) +
                              "': does this group still meet?");
    }
  }

  const std::vector<std::string>& record_;
  RowContext& context_;
  ImportedRow& row_;
  Understood& said_;
  RowFacts facts_;
  std::string kind_audience_;
  bool place_elsewhere_ = false;
};

}  // namespace

RowFacts read_row(const std::vector<std::string>& record, RowContext& context, ImportedRow& row) {
  return RowReader(record, context, row).read();
}

}  // namespace node
