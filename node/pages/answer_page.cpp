#include "node/pages/answer_page.h"

#include "node/pages/words.h"
#include "node/reminders/reminder.h"

namespace node {

namespace {

std::string answer_state_words(AnswerState state) {
  switch (state) {
    case AnswerState::open:
      return {};
    case AnswerState::used:
      return "This link was used already, and it works once. If something has changed since, "
             "please write to whoever sent it to you.";
    case AnswerState::expired:
      return "This link is too old. Please ask whoever sent it to you for a new one.";
    case AnswerState::unknown:
      return "This is no link of this node, or a newer one has been sent. Please take the newest "
             "message, and copy its link whole.";
    case AnswerState::gone:
      return "This listing has ended already. Nothing needs to be done.";
  }
  return {};
}

Response answer_closed(const NodeSummary& about, AnswerState state) {
  const bool none = state == AnswerState::unknown;
  return note_page(about, "Nothing to answer here", answer_state_words(state), none ? 404 : 410);
}

void answer_fact(Html& html, Constant label, const std::string& words) {
  html.raw("<dt>").raw(label).raw("</dt><dd>");
  if (words.empty()) {
    html.raw("<span class=\"soft\">Not stated</span>");
  } else {
    html.theirs(words);
  }
  html.raw("</dd>\n");
}
}  // namespace

Response answer_page(const Request& request, const Node& node, const NodeSummary& about) {
  const auto link = node.answer_link(request.param("token"));
  if (link.state != AnswerState::open || !link.listing) return answer_closed(about, link.state);
  const auto& listing = link.listing;

  const auto today = std::chrono::floor<std::chrono::days>(node.clock().now());
  Page page;
  page.title = "Is this still right?";
  auto& html = page.main;
  html.raw(
      "<div class=\"wrap\">\n<div class=\"stack-l measure\">\n<header class=\"stack\">\n"
      "<h1>Is this still right?</h1>\n<p class=\"big\">");
  html.theirs(about.name).raw(" lists your group as below. Your answer goes to them.</p>\n");
  html.raw(
      "</header>\n<section class=\"panel stack\" aria-labelledby=\"group\">\n<h2 id=\"group\">");
  html.theirs(listing->name).raw("</h2>\n<dl class=\"facts wide\">\n");
  answer_fact(html, "What", kind_words(*listing));
  answer_fact(html, "When", schedule_words(*listing, today));
  answer_fact(html, "Where", where_words(*listing));
  const auto cost = cost_words(*listing);
  answer_fact(html, "Cost",
              cost.amount + (cost.amount.empty() || cost.year.empty() ? "" : " ") + cost.year);
  answer_fact(html, "Open to", eligibility_words(*listing));
  answer_fact(html, "Led by", run_by_words(*listing));
  answer_fact(html, "Contact", listing->contact.public_contact);
  html.raw("</dl>\n</section>\n");
  const auto form = Address::local("/answer/" + std::string(request.param("token")));
  html.open("form", {Attribute("method", "post"), Attribute(form), Attribute("class", "stack-l")});
  html.raw(R"html(
<p><button type="submit" name="choice" value="confirm" class="btn main">Yes, still right</button></p>
<div class="stack">
<label class="label" for="words">Something changed? Write what, in your own words.</label>
<textarea id="words" name="words" rows="4" maxlength="1500" aria-describedby="words-note"></textarea>
<p id="words-note" class="small soft">Please write no names of members, no meeting links and no passwords: what is listed is public.</p>
<p><button type="submit" name="choice" value="edit" class="btn">Send the change</button></p>
</div>
<p><button type="submit" name="choice" value="ended" class="btn">The group no longer meets</button></p>
</form>
</div>
</div>
)html");
  return page_response(about, page, no_store());
}

Response post_answer(const Request& request, Node& node, const NodeSummary& about) {
  std::string chosen, words;
  for (const auto& [name, value] : request.form_fields()) {
    if (name == "choice") chosen = value;
    if (name == "words") words = value;
  }
  std::optional<LeaderChoice> choice;
  if (chosen == "confirm") choice = LeaderChoice::confirm;
  if (chosen == "edit") choice = LeaderChoice::edit;
  if (chosen == "ended") choice = LeaderChoice::ended;
  if (!choice)
    return error_page(request, about, protocol::ErrorCode::bad_request,
                      "Please go back and choose one of the three answers.");
  if (choice == LeaderChoice::edit && words.find_first_not_of(" \t\r\n") == std::string::npos)
    return error_page(request, about, protocol::ErrorCode::invalid,
                      "Please go back and write what changed.");
  // A link that is none must not make the node judge anew all that it shows.
  if (const auto link = node.answer_link(request.param("token")); link.state != AnswerState::open)
    return answer_closed(about, link.state);
  const auto state = node.change([&](Store& store, Publisher* publisher) {
    return publisher ? answer_reminder(store, *publisher, request.param("token"), *choice, words,
                                       node.clock().now())
                     : AnswerState::unknown;
  });
  if (state != AnswerState::open) return answer_closed(about, state);
  switch (*choice) {
    case LeaderChoice::confirm:
      return note_page(about, "Thank you",
                       "The listing is confirmed as of today, and every node that shows it will "
                       "say so.",
                       200);
    case LeaderChoice::edit:
      return note_page(about, "Thank you",
                       "Your words are with the publisher, who will change the listing.", 200);
    case LeaderChoice::ended:
      return note_page(about, "Thank you for telling us",
                       "The listing is taken back, and it disappears from every node within a "
                       "day. If that was a mistake, please tell whoever sent you the link.",
                       200);
  }
  return error_page(request, about, protocol::ErrorCode::internal);
}

}  // namespace node
