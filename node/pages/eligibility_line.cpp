#include "node/pages/eligibility_line.h"

namespace node {

namespace {

void eligibility_icon(Html& html, protocol::Outcome outcome) {
  switch (outcome) {
    case protocol::Outcome::can_join:
      html.icon("door-open");
      break;
    case protocol::Outcome::probably:
      html.icon("door-ajar");
      break;
    case protocol::Outcome::not_for_you:
      html.icon("door-shut");
      break;
  }
}

void eligibility_sentences(Html& html, const protocol::Verdict& verdict) {
  for (const auto* sentences : {&verdict.reasons, &verdict.steps}) {
    for (const auto& sentence : *sentences) html.text(" ").theirs(sentence);
  }
}

}  // namespace

Html eligibility_line(const protocol::Verdict& verdict) {
  Html html;
  switch (verdict.outcome) {
    case protocol::Outcome::can_join:
      html.raw("<p class=\"verdict yes\">");
      break;
    case protocol::Outcome::probably:
      html.raw("<p class=\"verdict maybe\">");
      break;
    case protocol::Outcome::not_for_you:
      html.raw("<p class=\"verdict no\">");
      break;
  }
  eligibility_icon(html, verdict.outcome);
  html.raw("<span><b>").text(protocol::words(verdict.outcome)).raw(".</b>");
  eligibility_sentences(html, verdict);
  html.raw("</span></p>\n");
  return html;
}

Html eligibility_cell(const protocol::Verdict& verdict) {
  Html html;
  html.raw("<b>").text(protocol::words(verdict.outcome)).raw(".</b>");
  eligibility_sentences(html, verdict);
  return html;
}

Address group_address(std::string_view key_text, const Situation& situation,
                      std::string_view zone) {
  auto parameters = to_parameters(situation);
  if (!zone.empty()) parameters.emplace_back("zone", zone);
  return Address::local("/groups/" + std::string(key_text), parameters);
}

}  // namespace node
