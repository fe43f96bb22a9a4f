#pragma once

#include "node/node.h"
#include "node/pages/html.h"

// The checks of a listing as its pages show them (SPEC 10.6).

namespace node {

/// "9 checks pass · 2 to ask about", for a card: counts beside their marks, never a sum.
Html check_counts(const Group& group);
/// Each warning in full, and that this node's rules leave the listing out: what stands above
/// everything else. Empty: nothing.
Html check_warnings(const Group& group);
/// "There is a similar listing: …, by X. See it", where another publisher lists what looks like the
/// same group.
Html also_published(const Group& group);
/// "Questions to ask before you join", made from the open checks. Empty: none is open.
Html check_questions(const Group& group);
/// All thirty with reasons, evidence, date and who; open ones first.
Html check_list(const Group& group, protocol::Timestamp now);

}  // namespace node
