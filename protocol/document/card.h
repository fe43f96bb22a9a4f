#pragma once

#include <string_view>

#include "protocol/encoding/json.h"

// A listing that only shows a card (`disclosure` `card_only`, SPEC 4.5) says that there is a group
// and whom to ask; and a person is named only with a recorded consent. What was signed beyond that
// is public for ever, but nothing here spreads it.

namespace protocol {

/// Whether a member, or the publisher's own words kept under that name ("schedule", "locality"),
/// says more than a card may: when, where and who leads.
bool is_beyond_a_card(std::string_view name);

/// `subject` as it may be handed on to readers: of a card without what is beyond it; of leaders
/// without a recorded consent neither name nor page. All else is as it was signed.
Json shown_subject(const Json& subject);

}  // namespace protocol
