#include <algorithm>
#include <mutex>
#include <vector>

#include "node/cli/commands.h"
#include "node/following/crew.h"
#include "node/following/notify_list.h"
#include "node/following/send_checkpoint.h"
#include "node/store/notify.h"
#include "protocol/log/checkpoint.h"

namespace node {

namespace {

constexpr std::size_t kNotifyAtOnce = 16;

std::string notify_word(SendOutcome::Kind kind) {
  switch (kind) {
    case SendOutcome::Kind::heard:
      return "heard";
    case SendOutcome::Kind::knows_more:
      return "knows-more";
    case SendOutcome::Kind::unknown:
      return "unknown";
    case SendOutcome::Kind::refused:
      return "refused";
    case SendOutcome::Kind::cannot_prove:
      return "cannot-prove";
    case SendOutcome::Kind::unreachable:
      return "unreachable";
  }
  return {};
}

std::vector<NotifyTarget> notify_targets(Node& node) {
  return node.read([](StoreQueries& store) { return notify_list(store); });
}

}  // namespace

ExitCode command_notify_add(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto url = notify_url(invocation.first("url"));
  if (!url) {
    output.complain(wrapped(url.error().detail) + "\n");
    return kExitUsage;
  }
  const bool is_new = node.change([&](Store& store, Publisher*) {
    return add_notify_url(store.database(), *url, node.clock().now());
  });
  output.print(is_new ? *url + " is told from now on, while this node runs.\n"
                      : *url + " is on the list already.\n");
  return kExitOk;
}

ExitCode command_notify_remove(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto url = notify_url(invocation.first("url"));
  const bool was = url && node.change([&](Store& store, Publisher*) {
    return remove_notify_url(store.database(), *url);
  });
  output.print(
      was ? "It is on the list no longer.\n"
          : "You did not name it. Those that are told because of a recognition or because "
            "you follow them stay as long as that holds; `kith notify list` shows them.\n");
  return was ? kExitOk : kExitNo;
}

ExitCode command_notify_list(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto targets = notify_targets(node);
  if (invocation.json()) {
    protocol::Json::Array list;
    for (const auto& target : targets)
      list.push_back(protocol::Json::object({{"url", target.url}, {"scid", target.scid}}));
    output.print(protocol::canonical(list) + "\n");
    return kExitOk;
  }
  if (targets.empty()) output.print("Nobody is told of what is new here.\n");
  for (const auto& target : targets) {
    output.print(
        target.url + "\n  " +
        (target.scid.empty() ? std::string("named by you") : node.publisher_name(target.scid)) +
        "\n");
  }
  return kExitOk;
}

ExitCode notify_all(const Invocation& invocation, Node& node, CommandOutput& output) {
  std::string origin;
  node.change([&](Store& store, Publisher*) {
    for (const auto& feed : store.queries().feeds()) {
      if (feed.own) origin = protocol::feed_origin(feed.scid, feed.epoch);
    }
  });
  const auto targets = notify_targets(node);
  std::vector<SendOutcome> outcomes(targets.size());
  if (node.source()) {
    std::mutex finding;
    std::size_t next = 0;
    const auto work = [&] {
      while (true) {
        std::size_t mine = 0;
        {
          const std::lock_guard lock(finding);
          if (next == targets.size()) return;
          mine = next++;
        }
        try {
          outcomes[mine] = send_checkpoint(node, *node.source(), targets[mine], origin, {}, {});
        } catch (const std::exception& error) {
          outcomes[mine].detail = error.what();
        }
      }
    };
    Crew crew(kNotifyAtOnce);
    for (std::size_t i = 1; i < std::min(kNotifyAtOnce, targets.size()); ++i) {
      static_cast<void>(crew.take_on(work));
    }
    work();
  }
  bool is_any_missed = false;
  protocol::Json::Array list;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    is_any_missed |= outcomes[i].kind == SendOutcome::Kind::unreachable;
    if (!invocation.json())
      output.print(wrapped(targets[i].url + " " + in_words(outcomes[i]) + ".", 2) + "\n");
    list.push_back(protocol::Json::object({{"url", targets[i].url},
                                           {"outcome", notify_word(outcomes[i].kind)},
                                           {"cosigned", outcomes[i].is_cosigned},
                                           {"detail", outcomes[i].detail}}));
  }
  if (invocation.json()) {
    output.print(protocol::canonical(protocol::Json::object({{"told", std::move(list)}})) + "\n");
  } else if (targets.empty()) {
    output.print(wrapped("There is nobody to tell: nobody that this node reads recognizes you, and "
                         "you recognize, follow and have named nobody (`kith notify add`).") +
                 "\n");
  } else if (is_any_missed) {
    output.print("Those that could not be told read your feed by themselves, within the hour.\n");
  }
  return kExitOk;
}

}  // namespace node
