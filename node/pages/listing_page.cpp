#include "node/pages/listing_page.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "node/api/listing_files.h"
#include "node/exporting/linked_data.h"
#include "node/pages/check_list.h"
#include "node/pages/computed_blocks.h"
#include "node/pages/eligibility_line.h"
#include "node/pages/frame.h"
#include "node/pages/listing_card.h"
#include "node/pages/next_dates_list.h"
#include "node/pages/report_page.h"
#include "node/pages/words.h"
#include "node/search/region_reading.h"
#include "protocol/document/card.h"
#include "protocol/document/vocabularies.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/json_members.h"

namespace node {

namespace {

using protocol::Json;
using protocol::Vocabulary;

bool detail_flag(const Json* object, std::string_view name) {
  const Json* value = object ? object->find(name) : nullptr;
  const auto* flag = value ? value->if_bool() : nullptr;
  return flag && *flag;
}

/// A member that this page has no words of its own for: name and value as they stand.
std::string detail_flat(const Json& value) {
  if (const auto* text = value.if_string()) return *text;
  if (const auto* flag = value.if_bool()) return *flag ? "yes" : "no";
  if (const auto* items = value.if_array()) {
    std::vector<std::string> words;
    for (const auto& item : *items) words.push_back(detail_flat(item));
    return joined_words(words);
  }
  if (const auto* members = value.if_object()) {
    std::string words;
    for (const auto& [name, member] : *members) {
      std::string spaced = name;
      std::replace(spaced.begin(), spaced.end(), '_', ' ');
      words += (words.empty() ? "" : "; ") + spaced + ": " + detail_flat(member);
    }
    return words;
  }
  return protocol::canonical(value);
}

/// The letters and digits of `text`, small, one space for all that stands between them: "English."
/// and "english" are the same words.
std::string detail_letters(std::string_view text) {
  std::string letters;
  bool gap = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    // Dashes and quotation marks (U+2000 to U+207F), and the space that does not break.
    const auto rest = text.substr(at);
    if (rest.starts_with("\u00a0") || rest.starts_with("\xe2\x80") ||
        rest.starts_with("\xe2\x81")) {
      gap = !letters.empty();
      at += rest.starts_with("\u00a0") ? 1U : 2U;
      continue;
    }
    const char c = text[at];
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                        (c >= 'A' && c <= 'Z') || c == '$' || c == '%';
    if (!letter) {
      gap = !letters.empty();
      continue;
    }
    if (gap) letters += ' ';
    gap = false;
    letters += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return letters;
}

/// Whether `words` say what `shown` says, whole or as one of its sentences. Then quoting them adds
/// nothing; where they were read as something else, readers must see both.
bool detail_says_the_same(std::string_view words, std::string_view shown) {
  const auto said = detail_letters(words);
  if (said.empty()) return false;
  if (said == detail_letters(shown)) return true;
  while (!shown.empty()) {
    const auto end = std::min(shown.find(". "), shown.size());
    if (said == detail_letters(shown.substr(0, end))) return true;
    shown.remove_prefix(std::min(end + 2, shown.size()));
  }
  return false;
}

/// The words of a piece of a page, without its markup.
std::string detail_plain(const Html& html) {
  std::string plain;
  bool inside = false;
  for (const char c : html.str()) {
    if (c == '<') inside = true;
    if (!inside) plain += c;
    if (c == '>') inside = false;
  }
  return plain;
}

/// Builds the page; remembers which of the publisher's own words it has shown.
class DetailPage {
 public:
  DetailPage(const Group& group, const Node& node, const Request& request,
             const Situation& situation, std::string unclear)
      : group_(group),
        reader_(reader_zone(request)),
        situation_(situation),
        unclear_(std::move(unclear)),
        listing_(group.listing),
        subject_(protocol::shown_subject(group.envelope.subject)),
        now_(node.clock().now()),
        today_(std::chrono::floor<std::chrono::days>(now_)),
        lang_(foreign_lang(group.listing)) {}

  Html make() {
    Html html;
    html.raw("<div class=\"wrap\">\n<p class=\"small noprint\">");
    html.open("a", {Attribute(Address::local("/", search_parameters()))});
    html.raw(
        "Search for other groups</a></p>\n<div class=\"cols two\">\n<div class=\"stack-l\">\n");
    header(html);
    glance(html);
    description(html);
    about(html);
    compare(html);
    html.add(cost_block(listing_));
    agreement(html);
    join(html);
    html.add(check_list(group_, now_));
    html.add(check_questions(group_));
    rest(html);
    html.raw("</div>\n<div class=\"stack-l\">\n");
    path(html);
    signature(html);
    same_everywhere(html);
    html.add(report_link(group_.key));
    html.raw("</div>\n</div>\n</div>\n");
    if (const auto data = linked_data(listing_, export_source(group_), now_))
      html.json_data("application/ld+json", protocol::canonical(*data));
    return html;
  }

 private:
  /// What the way back to the search keeps of what the reader said.
  Parameters search_parameters() const {
    auto parameters = to_parameters(situation_);
    if (reader_.zone) parameters.emplace_back("zone", reader_.zone->name());
    return parameters;
  }

  void open_theirs(Html& html, Constant tag, std::string_view css) const {
    if (lang_.empty()) {
      html.open(tag, {{"class", css}});
    } else {
      html.open(tag, {{"class", css}, {"lang", lang_}});
    }
  }

  /// The publisher's own words for a field, beside what they were read as; not where those are the
  /// same words.
  Html own_words(std::string_view field, std::string_view shown = {}) {
    Html html;
    for (const auto& [name, words] : listing_.as_stated) {
      const bool belongs =
          name == field || (name.starts_with(field) && name.size() > field.size() &&
                            (name[field.size()] == '.' || name[field.size()] == '['));
      if (!belongs || !quoted_.insert(name).second || words.empty()) continue;
      if (detail_says_the_same(words, shown)) continue;
      html.raw(" <br><span class=\"small soft\">In their words: ");
      open_theirs(html, "span", "theirs");
      html.text("“").theirs(words).text("”").raw("</span></span>");
    }
    return html;
  }

  /// A row, with the words kept for `fields` below the value.
  void fact(Html& html, Constant name, const Html& value,
            std::initializer_list<std::string_view> fields = {}) {
    const auto shown = detail_plain(value);
    Html words;
    for (const auto field : fields) words.add(own_words(field, shown));
    html.raw("<dt>").raw(name).raw("</dt><dd>").add(value).add(words).raw("</dd>\n");
  }

  /// The same, left out where there is neither a value nor words.
  void fact_if(Html& html, Constant name, std::string_view value,
               std::initializer_list<std::string_view> fields = {}) {
    Html words;
    for (const auto field : fields) words.add(own_words(field, value));
    if (value.empty() && words.empty()) return;
    html.raw("<dt>").raw(name).raw("</dt><dd>").add(stated(value)).add(words).raw("</dd>\n");
  }

  /// Only the words kept for `fields`, where the value is said elsewhere.
  void quoted(Html& html, Constant name, std::initializer_list<std::string_view> fields) {
    Html words;
    for (const auto field : fields) words.add(own_words(field));
    if (!words.empty()) html.raw("<dt>").raw(name).raw("</dt><dd>").add(words).raw("</dd>\n");
  }

  void header(Html& html) {
    html.raw("<header class=\"stack\">\n<p class=\"kind\">");
    html.theirs(kind_words(listing_) + ". For " +
                within_sentence(protocol::label(Vocabulary::audience, listing_.audience)) + ".");
    html.add(own_words("kinds", label_words(Vocabulary::kinds, listing_.kinds)));
    html.add(own_words("audience", protocol::label(Vocabulary::audience, listing_.audience)));
    html.raw("</p>\n");
    open_theirs(html, "h1", "theirs");
    html.theirs(listing_.name).raw("</h1>\n");
    if (!listing_.alternate_names.empty()) {
      html.raw("<p class=\"small soft\">Also called ");
      html.theirs(joined_words(listing_.alternate_names)).raw(".</p>\n");
    }
    if (!listing_.summary.empty()) {
      open_theirs(html, "p", "lead big");
      html.theirs(listing_.summary).raw("</p>\n");
    }
    html.add(notes(group_, now_));
    if (!situation_.empty())
      html.add(eligibility_line(protocol::judge_eligibility(listing_, searcher_of(situation_))));
    if (!unclear_.empty())
      html.raw("<p class=\"small\">Whether you can join was not looked at. ")
          .theirs(unclear_)
          .raw("</p>\n");
    html.raw("<div class=\"row noprint\"><a class=\"btn main\" href=\"#join\">").icon("mail");
    html.raw("How to join</a></div>\n</header>\n");
  }

  void glance(Html& html) {
    html.raw(
        "<section class=\"panel stack\" aria-labelledby=\"glance\">\n<h2 id=\"glance\">At a "
        "glance</h2>\n<dl class=\"facts wide\">\n");
    Html when;
    const auto times = schedule_words(listing_, today_);
    if (times.empty()) {
      when = stated({});
    } else {
      when.raw("<b>").theirs(times).raw("</b>").add(zone_note(listing_));
    }
    std::set<std::string> zones;
    for (const auto& rule : listing_.schedule)
      if (!rule.tzid.empty()) zones.insert(zone_words(rule.tzid));
    if (!zones.empty()) {
      when.text(". Set by the group in ");
      when.theirs(joined_words({zones.begin(), zones.end()})).text(".");
    }
    std::vector<std::string> skipped;
    for (const auto& rule : listing_.schedule)
      for (const auto& date : rule.exdates)
        skipped.push_back(date_words(std::string_view(date).substr(0, 10), today_));
    if (!skipped.empty()) when.text(" Not on ").theirs(joined_words(skipped)).text(".");
    fact(html, "When", when, {"schedule", "when", "meets"});
    if (const auto dates = next_dates_list(listing_, reader_, situation_, now_); !dates.empty()) {
      Html named;
      named.raw("<div id=\"when\" class=\"stack\">\n").add(dates);
      if (has_calendar(listing_, export_source(group_))) {
        named.raw("<p class=\"small noprint\">");
        named.open("a", {Attribute(Address::local("/groups/" + group_.key.text() + ".ics"))});
        named.raw("Add to your calendar</a></p>\n");
      }
      named.raw("</div>");
      fact(html, "Next dates", named);
    }

    Html where = stated(where_words(listing_));
    where.theirs(platform());
    std::string notes;
    for (const auto& format : listing_.formats) {
      const auto note = format_note(format);
      if (!note.empty() && notes.find(note) == std::string::npos)
        notes += (notes.empty() ? "" : " ") + note;
    }
    if (!notes.empty()) where.raw(" <br><span class=\"small soft\">").text(notes).raw("</span>");
    fact(html, "Where", where, {"formats", "place", "platform", "where"});
    std::vector<std::string> served;
    for (const auto& code : listing_.regions) served.push_back(protocol::region_name(code));
    fact(html, "Serves", stated(joined_words(served)), {"regions", "scope"});
    fact(html, "For whom", stated(eligibility_words(listing_)),
         {"license_rule", "licenses", "license_jurisdictions", "license_levels",
          "license_region_rule"});
    Html money = cost(listing_);
    money.theirs(cost_terms());
    fact(html, "Cost", money, {"cost"});
    fact(html, "Places", places(listing_, today_), {"capacity"});
    fact(html, "Run by", run_by(), {"leaders", "facilitation", "sponsor", "accountable_via"});
    Html vouched;
    vouched.text("Published by ").add(publisher_link(group_.key.scid, group_.publisher_name));
    vouched.text(". ").add(recognition(group_.standing, today_));
    fact(html, "Vouched for", vouched);
    std::vector<std::string> languages;
    for (const auto& tag : listing_.languages) languages.push_back(language_words(tag));
    fact(html, "Languages", stated(joined_words(languages)), {"languages"});
    fact(html, "Access", stated(label_words(Vocabulary::accessibility, listing_.accessibility)),
         {"accessibility"});
    fact(html, "Please note", what_it_is_not(), {"not_for"});
    html.raw("</dl>\n");
    html.raw("<p class=\"small soft\">");
    html.theirs(freshness_words(listing_, group_.envelope.valid_from, today_));
    html.raw("</p>\n</section>\n");
  }

  /// Every page says it: by the publisher's word, or in its place by ours.
  Html what_it_is_not() const {
    auto html = stated(label_words(Vocabulary::not_for, listing_.not_for));
    if (listing_.not_for.empty())
      html.text(
          ". A group of peers is not therapy, not supervision and not legal advice, unless it says "
          "otherwise.");
    return html;
  }

  std::string platform() const {
    const Json* in = subject_.find("platform");
    if (!in) return {};
    std::vector<std::string> words;
    if (protocol::text_member(in, "baa") == "yes")
      words.emplace_back("with a business associate agreement");
    if (protocol::text_member(in, "baa") == "no")
      words.emplace_back("without a business associate agreement");
    if (protocol::text_member(in, "e2ee") == "yes") words.emplace_back("encrypted from end to end");
    if (detail_flag(in, "waiting_room")) words.emplace_back("with a waiting room");
    if (detail_flag(in, "public_social")) words.emplace_back("on a public social network");
    std::string text;
    if (listing_.platform_name.empty() && !listing_.platform_kind.empty())
      text = ". " + protocol::label(Vocabulary::platform_kind, listing_.platform_kind);
    return words.empty() ? text : text + ", " + joined_words(words);
  }

  std::string cost_terms() const {
    if (!listing_.cost) return {};
    const auto& in = *listing_.cost;
    std::string text;
    if (!in.what_it_pays.empty()) text += " It pays for: " + in.what_it_pays + ".";
    if (in.auto_renew)
      text += *in.auto_renew ? " It renews by itself." : " It does not renew by itself.";
    if (in.renewal_notice_days)
      text += " Notice " +
              counted(static_cast<std::size_t>(std::max<std::int64_t>(*in.renewal_notice_days, 0)),
                      "day", "days") +
              " before it renews.";
    if (!in.refund.empty()) text += " " + protocol::label(Vocabulary::cost_refund, in.refund) + ".";
    const Json* membership = subject_.find("membership");
    if (const auto fee = protocol::text_member(membership, "non_members_fee"); !fee.empty()) {
      const auto picture = protocol::cost_picture(listing_).non_members_fee;
      const auto currency = picture ? picture->currency : std::string();
      text += " Others pay " + money_words(fee, currency) +
              (currency.empty() ? " (currency not stated)." : ".");
    }
    return text;
  }

  Html run_by() const {
    Html html = stated(run_by_words(listing_));
    const bool hidden = std::any_of(
        listing_.leaders.begin(), listing_.leaders.end(),
        [](const auto& leader) { return !leader.consent && !leader.display_name.empty(); });
    bool named = false;
    for (const auto& leader : listing_.leaders) {
      if (!leader.consent || leader.display_name.empty()) {
        if (!leader.role.empty()) html.text(". ").theirs(leader.role);
        continue;
      }
      named = true;
      if (!leader.public_profile.empty())
        html.text(" ").outgoing_link("profile", leader.public_profile);
    }
    if (named && !listing_.facilitation.empty())
      html.text(". ").theirs(protocol::label(Vocabulary::facilitation, listing_.facilitation));
    if (hidden) html.text(". A name without a recorded consent is not shown.");
    const auto& sponsor = listing_.sponsor;
    if (!sponsor.kind.empty() || !sponsor.relation.empty() || !sponsor.page.empty()) {
      html.raw("<br><span class=\"small soft\">Sponsor: ");
      std::vector<std::string> words;
      if (!sponsor.name.empty()) words.push_back(sponsor.name);
      if (!sponsor.kind.empty())
        words.push_back(protocol::label(Vocabulary::sponsor_kind, sponsor.kind));
      if (!sponsor.relation.empty())
        words.push_back(protocol::label(Vocabulary::sponsor_relation, sponsor.relation));
      if (!sponsor.identifier.empty()) words.push_back(sponsor.identifier);
      std::string text;
      for (const auto& word : words)
        text += text.empty() ? word
                             : ", " + (word == sponsor.identifier ? word : within_sentence(word));
      html.theirs(text);
      if (!sponsor.page.empty())
        html.text(words.empty() ? "" : ": ").outgoing_link("their page", sponsor.page);
      html.raw("</span>");
    }
    return html;
  }

  void description(Html& html) {
    if (listing_.description.empty()) return;
    html.raw(
        "<section class=\"stack\" aria-labelledby=\"happens\">\n<h2 id=\"happens\">What "
        "happens in a meeting</h2>\n");
    open_theirs(html, "div", "theirs stack measure");
    std::string_view text = listing_.description;
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      if (end > 0) html.raw("\n<p>").theirs(text.substr(0, end)).raw("</p>");
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    html.raw("\n</div>\n<p class=\"small soft\">In the group’s own words, ");
    html.text(date_words(group_.envelope.valid_from, today_)).raw("</p>\n</section>\n");
  }

  void compare(Html& html) {
    html.raw(
        "<section class=\"stack\" aria-labelledby=\"five\">\n<h2 id=\"five\">Things to "
        "compare</h2>\n");
    html.add(computed_facts(dimension_rows(listing_, today_)));
    html.raw(
        "<p class=\"small soft\">Confidentiality and time are worked out by this node; the group "
        "states the others.</p>\n</section>\n");
  }

  void contact_line(Html& html) const {
    const auto& contact = listing_.contact;
    if (!contact.public_contact.empty()) {
      html.raw("<li><b>");
      if (const auto mail = Address::mail(contact.public_contact)) {
        const auto address = mail->text().substr(std::string_view("mailto:").size());
        html.text("Write to ").open("a", {Attribute(*mail)}).theirs(address).raw("</a>.");
      } else if (Address::outgoing(contact.public_contact)) {
        html.text("Get in touch ").outgoing_link("on their page", contact.public_contact).text(".");
      } else {
        html.text("Call ").theirs(contact.public_contact).text(".");
      }
      html.raw("</b>");
      if (!contact.coordinator.empty())
        html.text(" Ask for ").theirs(contact.coordinator).text(".");
      if (!contact.hours.empty()) html.text(" ").theirs(contact.hours).text(".");
      if (!contact.preferred.empty()) html.text(" Best way: ").theirs(contact.preferred).text(".");
      if (const auto time = protocol::text_member(&subject_, "response_time"); !time.empty())
        html.text(" They answer: ")
            .theirs(protocol::label(Vocabulary::response_time, time))
            .text(".");
      html.add(Html()).raw("</li>\n");
    }
  }

  void join_step(Html& html, std::string_view sentence) const {
    html.raw("<li>").theirs(sentence).raw("</li>\n");
  }

  /// From what the listing states, in the order in which somebody does it. What it leaves out is no
  /// step.
  Html join_steps() const {
    Html html;
    const auto& listing = listing_;
    const std::string& body = listing.membership_body;
    if (listing.membership_required == "member") {
      join_step(html, body.empty() ? "Be a member of the body that they name."
                                   : "Be a member of " + body + ".");
    } else if (listing.membership_required == "member_of_any") {
      join_step(html, body.empty() ? "Be a member of any such body."
                                   : "Be a member of one of these: " + body + ".");
    } else if (listing.membership_required == "employee") {
      join_step(html, body.empty() ? "It is for their employees." : "Be employed by " + body + ".");
    } else if (listing.membership_required == "alumni") {
      join_step(html, body.empty() ? "It is for their alumni." : "Have studied at " + body + ".");
    }
    if (!listing.links.apply.empty()) {
      html.raw("<li>").outgoing_link("Apply on their page", listing.links.apply);
      html.raw(".</li>\n");
    }
    contact_line(html);
    if (listing.screening == "none") {
      join_step(html, "No interview: anybody eligible may come.");
    } else if (listing.screening == "brief_profile") {
      join_step(html, "Send a short profile of yourself.");
    } else if (listing.screening == "interview") {
      join_step(html, "Have a first conversation with them.");
    } else if (listing.screening == "referral_only") {
      join_step(html, "Have somebody refer you.");
    } else if (listing.screening == "invitation") {
      join_step(html, "Be invited: they ask new members themselves.");
    } else if (!listing.screening.empty()) {
      join_step(html, protocol::label(Vocabulary::screening, listing.screening) + ".");
    }
    std::vector<std::string> papers;
    bool signs = false;
    for (const auto& paper : listing.documents_required) {
      if (paper == "none") continue;
      // Signing is a step of its own, once.
      if (paper == "signed_agreement") {
        signs = true;
      } else {
        papers.push_back(within_sentence(protocol::label(Vocabulary::documents_required, paper)));
      }
    }
    if (!papers.empty()) join_step(html, "Bring: " + joined_words(papers) + ".");
    if (signs || listing.agreement_state == "signed_by_all") {
      html.raw("<li>");
      if (listing.links.agreement.empty()) {
        html.text("Sign the group’s agreement.");
      } else {
        html.text("Read and sign ").outgoing_link("the agreement", listing.links.agreement);
        html.text(".");
      }
      html.raw("</li>\n");
    } else if (listing.agreement_state == "published" && !listing.links.agreement.empty()) {
      html.raw("<li>Read ").outgoing_link("the agreement", listing.links.agreement);
      html.raw(".</li>\n");
    }
    if (listing.drop_in == "welcome") {
      join_step(html, "Then come: dropping in is welcome.");
    } else if (listing.drop_in == "by_notice") {
      join_step(html, "Say beforehand when you come.");
    } else if (listing.drop_in == "no") {
      join_step(html, "Wait for their answer before you come: no drop-ins.");
    }
    return html;
  }

  void join(Html& html) {
    html.raw(
        "<section class=\"panel lit stack\" id=\"join\" aria-labelledby=\"joinh\" "
        "tabindex=\"-1\">\n<h2 id=\"joinh\">How to join</h2>\n");
    Html steps = join_steps();
    if (!steps.empty()) html.raw("<ol class=\"steps\">\n").add(steps).raw("</ol>\n");
    if (listing_.disclosure == "card_only")
      html.raw("<p>This is only a card. Ask the contact for the rest.</p>\n");
    html.raw("<dl class=\"facts wide\">\n");
    std::string membership;
    if (!listing_.membership_required.empty())
      membership = protocol::label(Vocabulary::membership_required, listing_.membership_required);
    if (!listing_.membership_body.empty())
      membership += (membership.empty() ? "" : ": ") + listing_.membership_body;
    if (detail_flag(subject_.find("membership"), "trial"))
      membership += (membership.empty() ? "" : ". ") + std::string("You may try it first");
    // What is a step above is said once; their own words stand here.
    if (listing_.membership_required.empty() || listing_.membership_required == "none" ||
        detail_flag(subject_.find("membership"), "trial")) {
      fact(html, "Membership", stated(membership), {"membership"});
    } else {
      quoted(html, "Membership", {"membership"});
    }
    fact_if(html, "They ask for", joined_words(listing_.other_criteria), {"other_criteria"});
    if (listing_.screening.empty()) {
      fact(html, "First step", stated({}), {"screening"});
    } else {
      quoted(html, "First step", {"screening"});
    }
    quoted(html, "Bring", {"documents_required"});
    quoted(html, "Dropping in", {"drop_in"});
    fact_if(html, "Not for you if", joined_words(listing_.exclusions, "or"), {"exclusions"});
    html.raw("</dl>\n");
    const std::pair<std::string_view, const std::string*> links[] = {
        {"Web page", &listing_.links.home},
        {"Webinar", &listing_.links.webinar},
        {"Charter", &listing_.links.charter},
        {"Survey", &listing_.links.survey},
        {"Report a problem to them", &listing_.links.report_problem}};
    Html items;
    for (const auto& [words, url] : links) {
      if (url->empty()) continue;
      items.raw("<li>").outgoing_link(words, *url).raw("</li>\n");
    }
    if (!items.empty()) html.raw("<ul class=\"plain stack\">\n").add(items).raw("</ul>\n");
    html.add(own_words("contact")).add(own_words("links"));
    if (protocol::is_for_survivors(listing_) || listing_.audience == "public" ||
        !listing_.crisis_resource.empty()) {
      html.raw("<p class=\"small\">In crisis? ");
      if (!listing_.crisis_resource.empty()) {
        html.theirs(listing_.crisis_resource);
        html.text(listing_.crisis_resource.ends_with('.') ? " " : ". ");
      }
      // Where the line that the listing names is that very one, it was said.
      if (listing_.crisis_resource.find("988") == std::string::npos) {
        html.raw("In the US, call or text <a href=\"tel:988\">988</a> at any hour.</p>\n");
      } else {
        html.raw("<a href=\"tel:988\">Call 988</a></p>\n");
      }
    }
    html.raw("</section>\n");
  }

  void agreement(Html& html) {
    html.raw(
        "<section class=\"stack\" aria-labelledby=\"agree\">\n<h2 id=\"agree\">What stays in "
        "the room</h2>\n");
    html.add(confidentiality_block(listing_, today_));
    Html words = own_words("agreement");
    words.add(own_words("agreement_state"));
    if (!words.empty()) html.raw("<p>").add(words).raw("</p>\n");
    if (!listing_.agreement_hash.empty()) {
      html.raw("<p class=\"small\">Fingerprint of the agreement: <code>");
      html.theirs(listing_.agreement_hash).raw("</code></p>\n");
    }
    if (!listing_.links.agreement.empty())
      html.raw("<p>").outgoing_link("Read the agreement", listing_.links.agreement).raw("</p>\n");
    html.add(fixed_notes(listing_)).raw("</section>\n");
  }

  void about(Html& html) {
    Html rows;
    fact_if(rows, "Purposes", label_words(Vocabulary::purposes, listing_.purposes), {"purposes"});
    fact_if(rows, "Topics", label_words(Vocabulary::focus_topics, listing_.focus_topics),
            {"focus_topics"});
    fact_if(rows, "Settings",
            label_words(Vocabulary::practice_settings, listing_.practice_settings),
            {"practice_settings"});
    fact_if(rows, "Career stages", label_words(Vocabulary::career_stages, listing_.career_stages),
            {"career_stages"});
    std::string identities;
    for (const auto& identity : listing_.identity_affirming) {
      if (!identities.empty()) identities += "; ";
      if (!identity.mode.empty())
        identities += protocol::label(Vocabulary::identity_mode, identity.mode) + ": ";
      identities += protocol::label(Vocabulary::identity_group, identity.group);
      if (!identity.name.empty()) identities += " (" + identity.name + ")";
    }
    fact_if(rows, "Affirming", identities, {"identity_affirming"});
    fact_if(rows, "How it helps",
            label_words(Vocabulary::mechanisms, protocol::text_members(&subject_, "mechanisms")),
            {"mechanisms"});
    fact_if(rows, "Takes people who are",
            label_words(Vocabulary::license_levels, listing_.license_levels));
    fact_if(rows, "Reach",
            listing_.scope.empty() ? "" : protocol::label(Vocabulary::scope, listing_.scope));
    std::vector<std::string> area;
    for (const auto& code : listing_.area) area.push_back(protocol::region_name(code));
    fact_if(rows, "Convened in", joined_words(area), {"area"});
    fact_if(rows, "Charter covers",
            label_words(Vocabulary::charter, protocol::text_members(&subject_, "charter")),
            {"charter"});
    fact_if(rows, "Codes of ethics",
            label_words(Vocabulary::ethics_frameworks,
                        protocol::text_members(&subject_, "ethics_frameworks")),
            {"ethics_frameworks"});
    if (rows.empty()) return;
    html.raw(
        "<section class=\"stack\" aria-labelledby=\"whatfor\">\n<h2 id=\"whatfor\">What it is "
        "about</h2>\n<dl class=\"facts wide\">\n");
    html.add(rows).raw("</dl>\n</section>\n");
  }

  /// Members without words of their own above, those that a newer peer invented among them: kept
  /// and shown.
  void rest(Html& html) {
    static const std::set<std::string_view> kShown = {"id",
                                                      "type",
                                                      "name",
                                                      "alternate_names",
                                                      "summary",
                                                      "description",
                                                      "kinds",
                                                      "audience",
                                                      "purposes",
                                                      "not_for",
                                                      "dimensions",
                                                      "focus_topics",
                                                      "practice_settings",
                                                      "identity_affirming",
                                                      "career_stages",
                                                      "mechanisms",
                                                      "license_rule",
                                                      "licenses",
                                                      "license_jurisdictions",
                                                      "license_levels",
                                                      "license_region_rule",
                                                      "membership",
                                                      "other_criteria",
                                                      "screening",
                                                      "documents_required",
                                                      "exclusions",
                                                      "formats",
                                                      "scope",
                                                      "area",
                                                      "regions",
                                                      "place",
                                                      "platform",
                                                      "schedule",
                                                      "meets",
                                                      "response_time",
                                                      "drop_in",
                                                      "cost",
                                                      "capacity",
                                                      "facilitation",
                                                      "leaders",
                                                      "accountable_via",
                                                      "sponsor",
                                                      "contact",
                                                      "links",
                                                      "languages",
                                                      "accessibility",
                                                      "crisis_resource",
                                                      "agreement",
                                                      "charter",
                                                      "ethics_frameworks",
                                                      "status",
                                                      "disclosure",
                                                      "confirmed_at",
                                                      "confirmed_by_role",
                                                      "review_by",
                                                      "lang",
                                                      "data_license",
                                                      "as_stated"};
    Html rows;
    if (const auto* members = subject_.if_object()) {
      for (const auto& [name, value] : *members) {
        if (kShown.contains(name)) continue;
        std::string spaced = name;
        std::replace(spaced.begin(), spaced.end(), '_', ' ');
        rows.raw("<dt>").theirs(spaced).raw("</dt><dd>").theirs(detail_flat(value));
        rows.add(own_words(name)).raw("</dd>\n");
      }
    }
    for (const auto& [name, words] : listing_.as_stated) {
      if (!quoted_.insert(name).second || words.empty()) continue;
      rows.raw("<dt>")
          .theirs(name)
          .raw("</dt><dd class=\"theirs\">“")
          .theirs(words)
          .raw("”</dd>\n");
    }
    if (rows.empty()) return;
    html.raw(
        "<section class=\"stack\" aria-labelledby=\"rest\">\n<h2 id=\"rest\">What else it "
        "says</h2>\n<dl class=\"facts wide\">\n");
    html.add(rows).raw("</dl>\n</section>\n");
  }

  std::string signed_on() const {
    if (const auto document = protocol::parse_json(group_.document)) {
      if (const auto time =
              protocol::parse_timestamp(protocol::text_member(document->find("proof"), "created")))
        return date_words(*time, today_);
    }
    return date_words(group_.envelope.valid_from, today_);
  }

  void path(Html& html) const {
    const auto& steps = group_.standing.path;
    html.raw(
        "<section class=\"panel stack aside\" aria-labelledby=\"prov\">\n<h2 id=\"prov\">How "
        "this reached you</h2>\n<ol class=\"path\">\n");
    for (std::size_t i = 0; i < steps.size(); ++i) {
      html.raw("<li><b>").add(publisher_link(steps[i].scid, steps[i].name)).raw("</b><br>");
      if (i == 0) html.text("This node’s operator chose to trust it. ");
      html.text(i + 1 < steps.size() ? "It recognized" : "It wrote and signed").raw("</li>\n");
    }
    if (steps.empty()) {
      html.raw("<li><b>").add(publisher_link(group_.key.scid, group_.publisher_name));
      html.raw("</b><br>This node is its own. It wrote and signed</li>\n");
    }
    html.raw("<li><b>this listing,</b><br>on ").text(signed_on());
    html.raw(group_.standing.own ? Constant(". It was written here.")
                                 : Constant(". This node keeps a copy."));
    html.raw(
        "</li>\n<li><b>You</b> are reading it here.<br>Nobody else was asked.</li>\n</ol>\n<p>");
    html.add(recognition(group_.standing, today_)).text(" ");
    if (group_.standing.anchors > 1) {
      html.text(counted(group_.standing.anchors, "", "") +
                " publishers that this node trusts lead to it. ");
    }
    html.raw(
        "“Recognized” means that the one knows the other as what it says it is. It does not "
        "mean that anybody has sat in on the group. <a href=\"/about/checks\">More about "
        "this</a></p>\n</section>\n");
  }

  void signature(Html& html) const {
    html.raw(
        "<section class=\"panel stack aside\" aria-labelledby=\"sig\">\n<h2 id=\"sig\"><span "
        "class=\"o pass\">");
    html.icon("pass").raw("Signature verified</span></h2>\n<p>The listing is unchanged since ");
    html.theirs(group_.publisher_name).text(" signed it on " + signed_on() + ".");
    html.raw("</p>\n<p>");
    if (group_.standing.own) {
      html.text("It comes from this node itself.");
    } else if (group_.last_sign_of_life) {
      html.text("We last heard from its publisher on ");
      html.text(date_words(*group_.last_sign_of_life, today_)).text(".");
    }
    html.raw("</p>\n<details><summary>Check it yourself</summary>\n<div class=\"stack\">\n<p>");
    html.open("a",
              {{"class", "act"}, Attribute(Address::local("/api/v1/groups/" + group_.key.text()))});
    html.raw("The signed document, as JSON</a></p>\n<p>Publisher <code>").theirs(group_.key.scid);
    html.raw("</code></p>\n<p>Record <code>").theirs(group_.key.uuid);
    html.raw("</code></p>\n</div></details>\n</section>\n");
  }

  void same_everywhere(Html& html) const {
    html.raw(
        "<section class=\"stack aside\" aria-labelledby=\"plain\">\n<h2 id=\"plain\">The same "
        "page everywhere</h2>\n<p>On every node this group’s address ends in <code>");
    html.theirs("/groups/" + group_.key.text());
    html.raw("</code></p>\n<p>Its text may be used under ");
    html.theirs(data_license_words(listing_.data_license));
    html.raw("; name the publisher.</p>\n</section>\n");
  }

  const Group& group_;
  const ReaderZone reader_;
  const Situation& situation_;
  std::string unclear_;
  const protocol::Listing& listing_;
  const Json subject_;
  protocol::Timestamp now_;
  protocol::Date today_;
  std::string lang_;
  std::set<std::string> quoted_;
};

}  // namespace

Response listing_page(const Request& request, const Node& node, const NodeSummary& about) {
  const auto key = RecordKey::parse(std::string(request.param("scid")) + "/" +
                                    std::string(request.param("uuid")));
  const auto group = key ? node.group(*key) : std::nullopt;
  if (!group) return nothing_here_page(request, about);
  Page page;
  page.title = group->listing.name + ": " + kind_words(group->listing);
  // Whoever wrote something unreadable about themselves gets the page without a verdict.
  const auto situation = parse_clear_situation(request.query);
  const Situation mine = situation ? *situation : Situation();
  page.main =
      DetailPage(*group, node, request, mine, situation ? std::string() : situation.error().detail)
          .make();
  const bool about_somebody = !situation || !mine.empty();
  return page_response(about, page,
                       about_somebody ? no_store() : cache_for(std::chrono::seconds(60)));
}

}  // namespace node
