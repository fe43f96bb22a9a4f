#pragma once

namespace bench {

/// One publisher with a node of its own, in a process of its own, announces; `followers` at as many
/// addresses of loopback come within `spread` seconds over HTTPS and read what is new as a
/// follower does. Prints what they and the server saw; 0 where the goals are met.
int run_followers(int followers, int spread);

}  // namespace bench
