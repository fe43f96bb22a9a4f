#include "node/cli/commands.h"
#include "node/cli/output_place.h"
#include "node/mirror/feed_place.h"
#include "node/mirror/mirror.h"

namespace node {

ExitCode command_mirror(const Invocation& invocation, Node& node, CommandOutput& output) {
  if (invocation.first("to").empty()) {
    output.complain("--to: which folder?\n");
    return kExitUsage;
  }
  std::vector<std::string> scids;
  for (const auto& text : invocation.all("publisher")) {
    const auto scid = publisher_meant(text, node, output);
    if (!scid) return kExitUsage;
    scids.push_back(*scid);
  }
  const bool all = scids.empty();
  if (all) {
    for (const auto& report : node.feeds()) {
      if (!report.feed.checkpoint.empty()) scids.push_back(report.feed.scid);
    }
  }
  const auto named = folder_to_write(invocation, "to", node.folder(), output);
  if (!named) return kExitUsage;
  const auto& folder = *named;
  std::size_t written = 0;
  bool refused = false;
  for (const auto& scid : scids) {
    const auto shown = node.cosigned_checkpoint(scid);
    // As the one writer: nobody reads the feed on while its files are being written.
    const auto done = node.change([&](Store& store, Publisher*) -> protocol::Result<void> {
      const auto feed = store.queries().feed(scid);
      if (!feed || !shown)
        return protocol::refuse(protocol::ErrorCode::not_found, scid + " was not read yet");
      // Read on since: then without this node's own line.
      const bool fits =
          shown->starts_with(feed->checkpoint.substr(0, feed->checkpoint.find("\n\n")));
      return write_mirror_folder(store.queries(), node.proofs(), *feed,
                                 fits ? *shown : feed->checkpoint, folder / scid,
                                 node.clock().now());
    });
    if (done) {
      ++written;
      output.print(wrapped(node.publisher_name(scid) + ": " + (folder / scid).string(), 2) + "\n");
    } else if (!all || done.error().code != protocol::ErrorCode::not_found) {
      refused = true;
      output.complain(wrapped(node.publisher_name(scid) + ": " + done.error().detail, 2) + "\n");
    }
  }
  output.print(wrapped(std::to_string(written) + (written == 1 ? " feed" : " feeds") +
                       " written. On another node: `kith follow FOLDER` with one of these folders, "
                       "then `kith sync`.") +
               "\n");
  return refused ? kExitNo : kExitOk;
}

}  // namespace node
