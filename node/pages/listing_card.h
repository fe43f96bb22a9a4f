#pragma once

#include "node/node.h"
#include "node/pages/html.h"
#include "node/pages/next_dates_list.h"
#include "node/search/query.h"

// The parts of a listing that both the result card and the listing's own page show.

namespace node {

/// `<dd>` with the words, or "Not stated".
Html stated(std::string_view words, std::string_view lang = {});
/// "3 of 8 open on Nov 12" with its picture of chairs.
Html places(const protocol::Listing& listing, protocol::Date today);
/// The cost, its amount in bold.
Html cost(const protocol::Listing& listing);
/// "Recognized by Y, …" with what cannot be trusted in it shown as such.
Html recognition(const Standing& standing, protocol::Date today);
/// What a reader must know before anything else: forming, full, paused, closed, not confirmed
/// lately, an old feed, a text that is being updated, hidden characters. Empty: nothing.
Html notes(const Group& group, protocol::Timestamp now);

/// One result. `number` makes its ids unique on the page. For a `situation` it says whether that
/// searcher can join; for a zone, when it meets next by that clock; `distance` says how far it is
/// ("about 12 miles away"); `compare` is the control that ticks it for comparing.
Html listing_card(const Group& group, std::size_t number, protocol::Timestamp now,
                  const Situation& situation = {}, const ReaderZone& reader = {},
                  std::string_view distance = {}, const Html& compare = {});

/// The language for a lang attribute, where it is not the page's own.
std::string foreign_lang(const protocol::Listing& listing);

}  // namespace node
