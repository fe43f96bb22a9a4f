#include "node/pages/publisher_page.h"

#include <algorithm>

#include "node/pages/about_checks_page.h"
#include "node/pages/frame.h"
#include "node/pages/listing_card.h"
#include "node/pages/search_filters.h"
#include "node/pages/words.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

/// For readers: what it means for them. `kith status` says more to the operator.
std::string publisher_feed_words(const FeedReport& report, protocol::Date today) {
  const auto sign = last_sign_of_life(report.feed);
  const std::string since = sign ? " since " + date_words(*sign, today) : std::string();
  switch (report.state) {
    case FeedState::ok:
      return report.feed.own
                 ? "Written on this node."
                 : (sign ? "Read well. We last heard from it on " + date_words(*sign, today) + "."
                         : "Read well.");
    case FeedState::stale:
      return "We have not heard from it" + since +
             ". Its groups are shown as they were then, with a note.";
    case FeedState::dead:
      return "We have not heard from it" + since + ". Its groups are hidden until it is back.";
    case FeedState::quarantined:
      return "It has told different things to different readers. Its groups are hidden until this "
             "node’s operator has looked into it.";
    case FeedState::not_read_yet:
      return "This node has not read it yet.";
    case FeedState::unconfirmed_head:
      return "Its own site does not answer. What is shown was copied from another node, and nobody "
             "has confirmed yet that it is the newest. It is what this publisher signed.";
  }
  return {};
}

void publisher_row(Html& html, Constant name, const Html& value) {
  html.raw("<dt>").raw(name).raw("</dt><dd>").add(value).raw("</dd>\n");
}

/// How the first of its listings stands that is shown: a publisher has a path only for an area.
std::optional<Standing> publisher_standing(const Node& node, const std::string& scid) {
  Query query;
  query.publishers = {scid};
  query.limit = 1;
  for (const auto& audience : protocol::terms(protocol::Vocabulary::audience))
    query.audiences.emplace_back(audience.value);
  const auto found = node.search(query);
  if (!found || found->page.empty()) return std::nullopt;
  return node.standing(found->page.front());
}

}  // namespace

Response publisher_page(const Request& request, const Node& node, const NodeSummary& about) {
  const std::string scid(request.param("scid"));
  const auto reports = node.feeds();
  const auto report = std::find_if(reports.begin(), reports.end(),
                                   [&](const FeedReport& one) { return one.feed.scid == scid; });
  if (report == reports.end() || report->denied) {
    return error_page(request, about, protocol::ErrorCode::not_found,
                      "This node does not know this publisher.");
  }
  const auto today = std::chrono::floor<std::chrono::days>(node.clock().now());
  const auto card = node.publisher_card(scid);
  const auto standing = publisher_standing(node, scid);

  Page page;
  page.title = report->name;
  auto& html = page.main;
  html.raw(
      "<div class=\"wrap\">\n<div class=\"stack-l\">\n<header class=\"stack\">\n"
      "<p class=\"kind\">");
  html.theirs(card && !card->kind.empty()
                  ? protocol::label(protocol::Vocabulary::publisher_kinds, card->kind)
                  : "Publisher");
  html.raw("</p>\n<h1>").theirs(report->name).raw("</h1>\n");
  if (report->state != FeedState::ok) {
    html.raw("<p class=\"verdict maybe\">").icon("ask").raw("<span>");
    html.text(publisher_feed_words(*report, today)).raw("</span></p>\n");
  }
  html.raw(
      "</header>\n<section class=\"panel stack\" aria-labelledby=\"who\">\n<h2 id=\"who\">Who "
      "this is</h2>\n<dl class=\"facts wide\">\n");
  Html recognized;
  if (standing) {
    recognized = recognition(*standing, today);
  } else if (report->hidden) {
    recognized.text("Its groups are not shown here: ");
    recognized.text(protocol::describe(report->hidden->code).meaning);
  } else {
    recognized.text("It has no groups here yet.");
  }
  publisher_row(html, "Recognition", recognized);
  publisher_row(html, "Calls itself", stated(card ? card->name : std::string()));
  std::vector<std::string> area;
  if (card)
    for (const auto& code : card->area) area.push_back(protocol::region_name(code));
  publisher_row(html, "Answers for", stated(joined_words(area)));
  Html home;
  if (card && !card->homepage.empty()) {
    home.outgoing_link("Web page", card->homepage);
  } else {
    home = stated({});
  }
  publisher_row(html, "Web page", home);
  Html contact;
  const auto mail = card ? Address::mail(card->contact) : std::nullopt;
  if (mail) {
    contact.open("a", {Attribute(*mail)}).theirs(mail->text().substr(7)).close("a");
  } else if (card && Address::outgoing(card->contact)) {
    contact.outgoing_link("Contact page", card->contact);
  } else {
    contact = stated(card ? card->contact : std::string());
  }
  publisher_row(html, "Contact", contact);
  publisher_row(html, "Data license", stated(card ? data_license_words(card->data_license) : ""));
  Html feed;
  feed.text(publisher_feed_words(*report, today));
  publisher_row(html, "Its feed", feed);
  Html groups;
  if (standing) {
    Query query;
    query.publishers = {scid};
    groups.open("a", {Attribute(search_address(query))});
    groups.text("Its groups on this node").close("a");
  } else {
    groups.text("None is shown");
  }
  publisher_row(html, "Groups", groups);
  Html id;
  id.raw("<code>").theirs(report->feed.did).raw("</code>");
  publisher_row(html, "Identity", id);
  html.raw(
      "</dl>\n<p class=\"small soft\">The name at the top is what its recognizer calls it, "
      "where there is one. <a href=\"/about/checks\">What recognized means</a></p>\n"
      "</section>\n</div>\n</div>\n");
  return page_response(about, page, cache_for(std::chrono::seconds(60)));
}

Response checks_page(const Node& node, const NodeSummary& about) {
  Page page;
  page.title = "How we check";
  page.place = Page::Place::checks;
  auto& html = page.main;
  html.raw(R"html(<div class="wrap">
<div class="stack-l measure">
<header class="stack">
<h1>How we check</h1>
<p class="big">We check listings, not the people in them. Here is what that means, and what it does not.</p>
</header>
<section class="stack" aria-labelledby="sign">
<h2 id="sign">Signed and unchanged</h2>
<p>Every listing is signed by whoever published it. This node shows a listing only when the signature holds, and it counts every entry of the publisher’s public log, so that nothing can be changed, added or taken out without its key.</p>
<p>A signature says who wrote a listing. It does not say that what they wrote is true.</p>
</section>
<section class="stack" aria-labelledby="recog">
<h2 id="recog">What “recognized” means</h2>
<p>The operator of this node chose a few publishers to trust. Those recognize others: an association recognizes its chapters, a chapter recognizes a local initiative. Each such step is signed, holds for an area and a time, and can be taken back.</p>
<p>A group is listed here when an unbroken line of such steps leads from a publisher that this node trusts to the one that signed the listing. Every page names that line.</p>
</section>
<section class="stack" aria-labelledby="not">
<h2 id="not">What it does not mean</h2>
<ul class="stack">
<li>Nobody along that line has sat in on the group, and nobody promises that it is good or safe.</li>
<li>It is no endorsement of a person, and no proof that a license is active. Your state’s board can tell you that.</li>
<li>A group that is not listed here is not a bad group. Nobody we trust may know it yet.</li>
</ul>
</section>
)html");
  html.add(about_policy(node.policy())).add(about_each_check(node.policy()));
  html.add(about_place_names());
  html.raw(R"html(<section class="stack" aria-labelledby="stated">
<h2 id="stated">Not stated</h2>
<p>Most listings leave something out, and that is normal. We never guess: we write “Not stated”. When you filter, groups that do not say are left out, and we tell you how many they are and let you include them.</p>
</section>
<section class="stack" aria-labelledby="order">
<h2 id="order">The order of the results</h2>
<p>By your words and by how lately a group was confirmed. There is no score and no popularity, and nobody can pay for a place.</p>
</section>
<section class="stack" aria-labelledby="private">
<h2 id="private">What we keep of your search</h2>
<p>Nothing. There is no account and no cookie, the words you search for are not written down, and no other server is asked while you search.</p>
</section>
<section class="stack" aria-labelledby="data">
<h2 id="data">Use this data</h2>
<p>Each listing says under which license its text may be used; most say Creative Commons Attribution 4.0, which asks you to name the publisher. The same search answers programs in JSON at <a href="/api/v1/groups"><code>/api/v1/groups</code></a>, the words that listings use are at <a href="/api/v1/vocabularies"><code>/api/v1/vocabularies</code></a>, and the publishers that this node reads are at <a href="/api/v1/feeds"><code>/api/v1/feeds</code></a>.</p>
</section>
<section class="stack" aria-labelledby="sources">
<h2 id="sources">Whom this node reads</h2>
)html");
  const auto today = std::chrono::floor<std::chrono::days>(node.clock().now());
  Html rows;
  for (const auto& report : node.feeds()) {
    // Whom nobody trusted recognizes is read by some operators, and not shown.
    if (report.hidden || report.denied) continue;
    rows.raw("<li>").add(publisher_link(report.feed.scid, report.name));
    rows.raw("<br><span class=\"small soft\">").text(publisher_feed_words(report, today));
    rows.raw("</span></li>\n");
  }
  if (rows.empty()) {
    html.raw("<p>Nobody yet.</p>\n");
  } else {
    html.raw("<ul class=\"stack\">\n").add(rows).raw("</ul>\n");
  }
  html.raw("</section>\n</div>\n</div>\n");
  return page_response(about, page, cache_for(std::chrono::seconds(60)));
}

}  // namespace node
