#include "node/pages/frame.h"

#include "pages/style_css.h"

#include "protocol/crypto/crypto.h"
#include "protocol/encoding/text_encodings.h"

namespace node {

namespace {

constexpr Constant kFrameSprite = R"svg(<svg width="0" height="0" hidden>
<symbol id="search" viewBox="0 0 24 24"><circle cx="10" cy="10" r="6.5" fill="none" stroke="currentColor" stroke-width="2.4"/><path d="M15 15l6.5 6.5" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"/></symbol>
<symbol id="x" viewBox="0 0 12 12"><path d="M1 1l10 10M11 1L1 11" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></symbol>
<symbol id="mail" viewBox="0 0 24 24"><path d="M2.5 5h19v14h-19zM3 6l9 7 9-7" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/></symbol>
<symbol id="door-open" viewBox="0 0 24 24"><path class="door-light" d="M4 3h16v19H4z"/><path d="M4 22V2h16v20M1 22h22" fill="none" stroke="currentColor" stroke-width="2"/><path d="M4 2l5 3v18.6L4 22z" fill="currentColor"/></symbol>
<symbol id="door-ajar" viewBox="0 0 24 24"><path class="door-light" d="M4 3h16v19H4z"/><path d="M4 22V2h16v20M1 22h22" fill="none" stroke="currentColor" stroke-width="2"/><path d="M4 2l11.5 2v18.8L4 22z" fill="currentColor"/><path class="knock" d="M12.6 13v.1" stroke-width="2.4" stroke-linecap="round"/></symbol>
<symbol id="door-shut" viewBox="0 0 24 24"><path d="M3 1h18v21H3zM1 21h22v2H1z" fill="currentColor"/><path class="knock" d="M17 12.6v.1" stroke-width="2.6" stroke-linecap="round"/></symbol>
<symbol id="pass" viewBox="0 0 24 24"><circle cx="12" cy="12" r="11" fill="currentColor"/><path class="knock" d="M6.8 12.4l3.6 3.6 7-7.6" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></symbol>
<symbol id="ask" viewBox="0 0 24 24"><path d="M12 .6 23.4 12 12 23.4.6 12z" fill="currentColor"/><path class="knock" d="M9.2 9.6c0-3.7 5.8-3.6 5.8-.2 0 2.2-2.9 2.3-2.9 4.5M12.1 17.2v.1" stroke-width="2.2" stroke-linecap="round"/></symbol>
<symbol id="warn" viewBox="0 0 24 24"><path d="M12 1.5 23.4 22H.6z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/><path class="knock" d="M12 8.6v6.2M12 18.4v.1" stroke-width="2.6" stroke-linecap="round"/></symbol>
<symbol id="na" viewBox="0 0 24 24"><circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 3"/><path d="M8 12h8" stroke="currentColor" stroke-width="2"/></symbol>
<symbol id="mark" viewBox="0 0 32 32"><g fill="currentColor"><circle cx="24.5" cy="7.5" r="3"/><circle cx="28" cy="16" r="3"/><circle cx="24.5" cy="24.5" r="3"/><circle cx="16" cy="28" r="3"/><circle cx="7.5" cy="24.5" r="3"/><circle cx="4" cy="16" r="3"/><circle cx="7.5" cy="7.5" r="3"/></g><circle class="mark-open" cx="16" cy="4.2" r="3.4" stroke-width="1.4"/></symbol>
</svg>
)svg";

void frame_nav_item(Html& html, Constant path, Constant words, bool current) {
  html.raw("<li>");
  if (current) {
    html.open("a", {Attribute(Address::constant(path)), {"aria-current", "page"}});
  } else {
    html.open("a", {Attribute(Address::constant(path))});
  }
  html.raw(words).raw("</a></li>");
}

}  // namespace

std::string_view style_css() { return kStyleCss; }

const std::string& style_path() {
  static const std::string path =
      "/style-" + protocol::to_hex(protocol::sha256(style_css()).view()).substr(0, 12) + ".css";
  return path;
}

Html publisher_link(std::string_view scid, std::string_view name) {
  Html html;
  html.open("a", {Attribute(Address::local("/publishers/" + std::string(scid)))});
  html.theirs(name.empty() ? scid : name).close("a");
  return html;
}

Response page_response(const NodeSummary& about, const Page& page, CacheFor cache) {
  const std::string at = about.name.empty() ? std::string() : visible_text(about.name);
  Html html;
  html.raw(
      "<!doctype html>\n<html lang=\"en-US\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  html.element("title", visible_text(page.title) + " – Kith" + (at.empty() ? "" : " at " + at));
  html.raw(
      "\n<meta name=\"referrer\" content=\"no-referrer\">\n<link rel=\"icon\" href=\"data:,\">\n");
  html.open("link", {{"rel", "stylesheet"}, Attribute(Address::local(style_path()))});
  html.raw("\n</head>\n<body>\n").raw(kFrameSprite);
  html.raw(
      "<a class=\"skip\" href=\"#main\">Skip to the main part</a>\n"
      "<header class=\"top\">\n<div class=\"wrap\">\n<a class=\"brand\" href=\"/\">");
  html.icon("mark").text("Kith");
  if (!at.empty()) html.raw(" <small>at ").theirs(about.name).raw("</small>");
  html.raw("</a>\n<nav aria-label=\"Main\">\n<ul class=\"nav\">\n");
  frame_nav_item(html, "/", "Find", page.place == Page::Place::find);
  frame_nav_item(html, "/about/checks", "How we check", page.place == Page::Place::checks);
  html.raw("\n</ul>\n</nav>\n</div>\n</header>\n<main id=\"main\">\n").add(page.main);
  html.raw("</main>\n<footer class=\"foot\">\n<div class=\"wrap stack\">\n<p>");
  if (!at.empty()) html.text("This node is run by ").theirs(about.name).text(". ");
  html.raw(
      "No account, no ads, and no record of what you search. Nobody can pay for a place in "
      "the results.</p>\n<p>Kith lists peer support. It is not therapy, supervision or a crisis "
      "service. If you or someone near you is in danger, call or text "
      "<a href=\"tel:988\">988</a> at any hour (US).</p>\n<ul class=\"plain\">\n"
      "<li><a href=\"/about/checks\">What recognized means</a></li>\n");
  if (!about.scid.empty()) {
    html.raw("<li>").open("a", {Attribute(Address::local("/publishers/" + about.scid))});
    html.raw("Who runs this node</a></li>\n");
  }
  html.raw(
      "<li><a href=\"/about/checks#data\">Use this data</a></li>\n</ul>\n</div>\n</footer>\n"
      "</body>\n</html>\n");
  return ok_html(html.str(), cache);
}

Response note_page(const NodeSummary& about, Constant title, std::string_view words, int status,
                   const Html& after) {
  Page page;
  page.title = std::string(title.text());
  auto& html = page.main;
  html.raw("<div class=\"wrap\">\n<div class=\"stack-l measure\">\n<h1>").raw(title);
  html.raw("</h1>\n<p class=\"big\">").text(words).raw("</p>\n");
  if (!after.empty()) html.raw("<p>").add(after).raw("</p>\n");
  html.raw("</div>\n</div>\n");
  auto response = page_response(about, page, no_store());
  response.status = status;
  return response;
}

Response error_page(const Request& request, const NodeSummary& about, protocol::ErrorCode code,
                    std::string_view detail) {
  const auto accept = request.header("Accept");
  if (accept && accept->find("text/html") == std::string_view::npos &&
      accept->find("*/*") == std::string_view::npos)
    return problem(code, detail);
  const auto& info = protocol::describe(code);
  Page page;
  page.title = std::string(info.meaning);
  page.main.raw("<div class=\"wrap\"><div class=\"stack measure\">\n");
  page.main.element("h1", info.meaning).raw("\n");
  if (!detail.empty()) page.main.raw("<p>").theirs(detail).raw("</p>\n");
  page.main.element("p", info.what_to_do);
  page.main.raw(
      "\n<p><a class=\"btn main\" href=\"/\">Start a new search</a></p>\n"
      "<p class=\"small soft\">The name of this error is ");
  page.main.element("code", info.word).raw(".</p>\n</div></div>\n");
  auto response = page_response(about, page, no_store());
  response.status = info.http_status;
  return response;
}

Response nothing_here_page(const Request& request, const NodeSummary& about) {
  const auto accept = request.header("Accept");
  if (accept && accept->find("text/html") == std::string_view::npos &&
      accept->find("*/*") == std::string_view::npos)
    return problem(protocol::ErrorCode::not_found, "no such listing is shown here");
  Page page;
  page.title = "This group is not listed here";
  page.main.raw(
      "<div class=\"wrap\"><div class=\"stack measure\">\n<h1>This group is not listed here</h1>\n"
      "<p>It may have ended, it may have been taken back by whoever published it, or this node no "
      "longer knows anybody who recognizes its publisher. It may also be that the address was cut "
      "short on its way to you.</p>\n<p>You did nothing wrong. Similar groups may be a search "
      "away.</p>\n<p><a class=\"btn main\" href=\"/\">Search for groups</a></p>\n</div></div>\n");
  auto response = page_response(about, page, no_store());
  response.status = 404;
  return response;
}

}  // namespace node
