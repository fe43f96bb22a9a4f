#include "node/pages/report_page.h"

#include "node/store/reports.h"

namespace node {

namespace {

std::optional<RecordKey> report_target(const Request& request) {
  return RecordKey::parse(std::string(request.param("scid")) + "/" +
                          std::string(request.param("uuid")));
}

std::string report_path(const RecordKey& key) { return "/groups/" + key.text() + "/report"; }

/// Lines stay lines; whatever else could steer a terminal becomes a space.
std::string report_text(std::string_view words) {
  std::string text;
  for (const char c : words) {
    if (c == '\r') continue;
    const auto byte = static_cast<unsigned char>(c);
    text += c == '\n' || (byte >= 0x20 && byte != 0x7f) ? c : ' ';
  }
  const auto first = text.find_first_not_of(" \n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \n") - first + 1);
}

Response report_answer(const NodeSummary& about, const RecordKey& key, Constant title,
                       Constant words, int status) {
  Html back;
  back.open("a", {Attribute(Address::local("/groups/" + key.text()))});
  back.raw("Back to the listing</a>");
  auto response = note_page(about, title, std::string(words.text()), status, back);
  if (status == 429 || status == 503) response.set("Retry-After", "3600");
  return response;
}

/// The form; `complaint` says what was not right with what was sent, which is given back.
Response report_form(const NodeSummary& about, const Group& group, Constant complaint,
                     std::string_view words, std::string_view contact, int status) {
  Page page;
  page.title = "Report this listing";
  auto& html = page.main;
  html.raw(
      "<div class=\"wrap\">\n<div class=\"stack-l measure\">\n<header class=\"stack\">\n"
      "<h1>Report this listing</h1>\n<p class=\"big\">");
  html.theirs(group.listing.name).raw(", published by ").theirs(group.publisher_name);
  html.raw(R"html(</p>
<p>Is something wrong, unsafe or out of date? Your report goes to the operator of this node and to nobody else: neither the group nor its publisher sees it. The operator can stop showing the listing here and can write to the publisher, who alone can change or erase it, and who is heard before anything is upheld.</p>
<p>While a report is open, the listing’s checks say that one is being looked at, not what it says. That a group is vouched for means that its publisher is known, not that anybody has sat in on it.</p>
<p>For simple corrections, writing to the group or its publisher is quicker. If somebody is in danger now, call <a href="tel:911">911</a>, or <a href="tel:988">988</a> for a crisis.</p>
</header>
)html");
  html.open("form", {Attribute("method", "post"), Attribute(Address::local(report_path(group.key))),
                     Attribute("class", "stack-l")});
  html.raw(
      "\n<div>\n<label class=\"label\" for=\"words\">What is wrong?</label>\n<p id=\"words-note\" "
      "class=\"small soft\">At most 2,000 characters. Please write no names of members or "
      "clients.</p>\n");
  if (complaint.text().empty()) {
    html.raw(
        "<textarea id=\"words\" name=\"words\" rows=\"6\" maxlength=\"2000\" required "
        "aria-describedby=\"words-note\">\n");
  } else {
    html.raw("<p id=\"words-err\" class=\"err\" role=\"alert\">").icon("warn");
    html.raw("<span><b>").raw(complaint).raw("</b></span></p>\n");
    html.raw(
        "<textarea id=\"words\" name=\"words\" rows=\"6\" maxlength=\"2000\" required autofocus "
        "aria-invalid=\"true\" aria-describedby=\"words-err words-note\">\n");
  }
  html.text(words).raw(
      "</textarea>\n</div>\n<div>\n<label class=\"label\" for=\"contact\">How to reach you, if you "
      "want an answer (optional)</label>\n");
  html.open("input", {Attribute("id", "contact"), Attribute("name", "contact"),
                      Attribute("type", "text"), Attribute("maxlength", "200"),
                      Attribute("autocomplete", "off"), Attribute("value", contact)});
  html.raw(R"html(
</div>
<div class="stack">
<p><button type="submit" class="btn main">Send the report</button></p>
<p class="small soft">What you write is deleted after 90 days. Nothing is kept that says who you are, unless you write it.</p>
</div>
</form>
</div>
</div>
)html");
  auto response = page_response(about, page, no_store());
  response.status = status;
  return response;
}

Response report_unlogged(Response response) {
  response.unlogged = true;
  return response;
}

}  // namespace

Response report_page(const Request& request, const Node& node, const NodeSummary& about) {
  const auto key = report_target(request);
  const auto group = key ? node.group(*key) : std::nullopt;
  return report_unlogged(group ? report_form(about, *group, "", "", "", 200)
                               : nothing_here_page(request, about));
}

Response post_report(const Request& request, Node& node, const NodeSummary& about,
                     ReportLimiter& limiter) {
  const auto key = report_target(request);
  const auto group = key ? node.group(*key) : std::nullopt;
  if (!group) return report_unlogged(nothing_here_page(request, about));
  std::string words, contact;
  for (const auto& [name, value] : request.form_fields()) {
    if (name == "words") words = report_text(value);
    if (name == "contact") contact = report_text(value);
  }
  if (words.empty())
    return report_unlogged(
        report_form(about, *group, "Please write what is wrong.", "", contact, 422));
  if (words.size() > kReportWordsBytes || contact.size() > kReportContactBytes)
    return report_unlogged(report_form(
        about, *group,
        "That is too long. Please shorten it to 2,000 characters, and the contact to 200.", words,
        contact, 422));
  const auto now = node.clock().now();
  if (!limiter.take(request.remote_address, now))
    return report_unlogged(report_answer(about, *key, "Not now, please",
                                         "Several reports came from where you are within the last "
                                         "hour. Please try again in an hour.",
                                         429));
  const bool taken = node.change_store([&](Store& store) {
    if (!add_report(store.database(), *key, words, contact, now)) return false;
    node.recheck(*key);
    return true;
  });
  if (!taken)
    return report_unlogged(
        report_answer(about, *key, "Not now, please",
                      "Many reports are waiting to be looked at, so no further one is taken today. "
                      "Please try again later, or write to the publisher.",
                      503));
  return report_unlogged(report_answer(about, *key, "Thank you",
                                       "Your report is with the operator of this node. It is "
                                       "looked at by a person, and deleted after "
                                       "90 days.",
                                       200));
}

Html report_link(const RecordKey& key) {
  Html html;
  html.raw("<p class=\"small noprint\">");
  html.open("a", {Attribute(Address::local(report_path(key))), Attribute("rel", "nofollow")});
  html.raw("Report this listing</a> to the operator of this node</p>\n");
  return html;
}

}  // namespace node
