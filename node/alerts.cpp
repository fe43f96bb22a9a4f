#include "node/alerts.h"

#include <iterator>

#include <sys/statvfs.h>

#include "node/publish/keys.h"
#include "node/publish/own_history.h"
#include "protocol/limits.h"

namespace node {

namespace {

using protocol::ErrorCode;

/// A clock that is wrong makes many strangers lie in the same way; one liar proves nothing.
constexpr std::size_t kAlertClockWitnesses = 3;
/// With the pauses of the schedule, so many failures in a row take more than kPeerDownAfter.
constexpr int kAlertFailuresOfNeverRead = 9;

bool alert_is_future_stamp(const protocol::Error& trouble) {
  return trouble.code == ErrorCode::doc_future ||
         trouble.detail.find("in the future") != std::string::npos;
}

/// What an honest publisher or host does not send, whatever breaks.
bool alert_is_hostile(const protocol::Error& trouble) {
  if (trouble.code == ErrorCode::did_unreachable)
    return trouble.detail.find("another identity") != std::string::npos;
  return trouble.code == ErrorCode::corrupt_mirror || trouble.code == ErrorCode::did_fork ||
         trouble.code == ErrorCode::fetch_blocked || trouble.code == ErrorCode::fetch_too_large;
}

std::string alert_days(std::chrono::seconds time) {
  const auto days = std::chrono::floor<std::chrono::days>(time).count();
  return std::to_string(days) + (days == 1 ? " day" : " days");
}

void alert_of_feed(const FeedReport& report, protocol::Timestamp now, std::vector<Alert>& found) {
  const auto& feed = report.feed;
  const auto about = report.name == feed.scid ? feed.scid : report.name + " (" + feed.scid + ")";
  if (report.state == FeedState::quarantined) {
    found.push_back({"feed-quarantined", about,
                     "It contradicted itself or its identity does not hold, so none of its "
                     "listings is shown and its recognitions do not count.",
                     feed.quarantine_lifts
                         ? "Tell the publisher. It ends by itself when it reads well again."
                         : "Keep the proof, telephone the publisher, and only then forget and "
                           "follow it anew."});
  }
  if (report.state == FeedState::stale || report.state == FeedState::dead) {
    const auto sign = last_sign_of_life(feed);
    found.push_back({"feed-stale", about,
                     std::string("There has been no sign of life") +
                         (sign ? " for " + alert_days(now - *sign) : "") +
                         (report.state == FeedState::dead ? ": its listings are hidden."
                                                          : "; its listings carry a note."),
                     "Ask the publisher to run `kith publish` and upload the folder."});
  }
  if (report.disputed || (feed.trouble && alert_is_hostile(*feed.trouble))) {
    const auto& why = report.disputed ? *report.disputed : *feed.trouble;
    found.push_back({"peer-hostile", about,
                     std::string(protocol::word(why.code)) + ": " + why.detail,
                     "Do not work around it. Telephone the publisher: a host, a name or a key may "
                     "be in other hands."});
  }
  const bool fails = feed.trouble && feed.failures > 0 && !report.feed.quarantined;
  const bool for_long = feed.last_success ? now - *feed.last_success >= kPeerDownAfter
                                          : feed.failures >= kAlertFailuresOfNeverRead;
  if (fails && for_long) {
    found.push_back(
        {"peer-down", about,
         feed.last_success
             ? "It could not be read for " + alert_days(now - *feed.last_success) + " (" +
                   std::string(protocol::word(feed.trouble->code)) + ")."
             : "It could never be read (" + std::string(protocol::word(feed.trouble->code)) + ").",
         "What was read stays. Tell the publisher that the address does not answer."});
  }
}

}  // namespace

MachineState look_at_machine(const std::filesystem::path& data_folder) {
  MachineState state;
  struct statvfs disk {};
  if (statvfs(data_folder.c_str(), &disk) == 0)
    state.free_bytes = std::uint64_t{disk.f_bavail} * std::uint64_t{disk.f_frsize};
  if (std::filesystem::exists(data_folder / "keys")) {
    try {
      load_keys(data_folder);
    } catch (const DataError& error) {
      if (error.code() == ErrorCode::key_permissions) state.key_trouble = error.what();
    }
  }
  return state;
}

std::vector<Alert> alerts(const std::vector<FeedReport>& feeds, const MachineState& machine,
                          bool has_publisher, std::optional<protocol::Timestamp> last_backup,
                          protocol::Timestamp now) {
  std::vector<Alert> found;
  std::size_t from_the_future = 0;
  for (const auto& report : feeds) {
    if (report.feed.own) continue;
    if (report.feed.trouble && alert_is_future_stamp(*report.feed.trouble)) ++from_the_future;
    // Nobody waits for what is not shown.
    if (!report.denied) alert_of_feed(report, now, found);
  }
  if (from_the_future >= kAlertClockWitnesses) {
    found.push_back({"clock-suspect", "this machine's clock",
                     std::to_string(from_the_future) +
                         " feeds were refused for times that lie in the future: more likely this "
                         "clock is slow. Nothing is lost by it.",
                     "Set the clock (`timedatectl`), then run `kith sync`."});
  }
  if (machine.free_bytes && *machine.free_bytes < kLowStorageBytes) {
    const bool full = *machine.free_bytes < kFullStorageBytes;
    found.push_back(
        {full ? "storage-full" : "storage-low", "the disk of the data folder",
         std::to_string(*machine.free_bytes >> 20) + " MiB are free.",
         full ? "Make room at once: nothing can be stored or published safely."
              : "Make room: old backups and logs first. 256 MiB or more should be free."});
  }
  if (!machine.key_trouble.empty()) {
    found.push_back({"key-permissions", "the key files", machine.key_trouble,
                     "chmod 700 DATA/keys, chmod 600 DATA/keys/*. If others could read them: "
                     "`kith rotate --stolen`."});
  }
  if (has_publisher && (!last_backup || now - *last_backup > kBackupOldAfter)) {
    found.push_back(
        {"backup-old", "the backup",
         last_backup ? "The newest backup is of " + protocol::format_timestamp(*last_backup) + "."
                     : "No backup was ever made.",
         "Run `kith backup FILE`, outside this machine if you can."});
  }
  return found;
}

std::vector<Alert> mirror_alerts(const std::map<std::string, MirrorMark>& marks) {
  std::vector<Alert> found;
  for (const auto& [node, mark] : marks) {
    if (mark.why.code == ErrorCode::rollback || mark.why.code == ErrorCode::did_rollback) continue;
    found.push_back(
        {"peer-hostile", "the copies at " + node,
         std::string(protocol::word(mark.why.code)) + ": " + mark.why.detail +
             ". Nothing of it was taken" +
             (mark.rests_until ? ", and it is not asked until " +
                                     protocol::format_timestamp(*mark.rests_until) + "."
                               : "."),
         "Tell whoever runs that node: its disk may be damaged, or it may be in other hands. If it "
         "goes on, take back what leads to it (`kith anchor remove`, `kith unrecognize`)."});
  }
  return found;
}

std::vector<Alert> alerts(Node& node) {
  const auto machine = look_at_machine(node.folder());
  const auto feeds = node.feeds();
  bool has_publisher = false;
  for (const auto& report : feeds) has_publisher = has_publisher || report.feed.own;
  std::optional<protocol::Timestamp> last_backup;
  node.change_store(
      [&](Store& store) { last_backup = time_setting(store.queries(), "last_backup"); });
  auto found = alerts(feeds, machine, has_publisher, last_backup, node.clock().now());
  auto of_mirrors = mirror_alerts(node.mirror_marks());
  std::move(of_mirrors.begin(), of_mirrors.end(), std::back_inserter(found));
  if (const auto most = node.names_too_many()) {
    found.push_back({"peer-hostile", node.publisher_name(most->first) + " (" + most->first + ")",
                     "Recognitions lead to more than the " +
                         std::to_string(protocol::kMaxFollowedFeeds) +
                         " publishers that a node follows. The newest are left out, " +
                         std::to_string(most->second) + " of them recognized by this one.",
                     "If so many cannot be right, telephone it, and `kith deny` it while you do "
                     "not know."});
  }
  return found;
}

}  // namespace node
