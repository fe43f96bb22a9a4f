#include "node/publish/vouching.h"

#include <algorithm>

#include "protocol/encoding/json_members.h"
#include "protocol/identity/did.h"

namespace node {

namespace {

using protocol::Json;

// One setting, a line each: an association suspends few of its chapters, and seldom.
constexpr std::string_view kSuspendedSetting = "suspended_recognitions";

void vouching_store(Store& store, const std::vector<Suspension>& all) {
  std::string lines;
  for (const auto& one : all) {
    lines += protocol::canonical(Json::object({{"at", protocol::format_timestamp(one.at)},
                                               {"name", one.name},
                                               {"reason", one.reason},
                                               {"record_id", one.record_id},
                                               {"scid", one.scid},
                                               {"subject", one.subject}})) +
             "\n";
  }
  store.set_setting(kSuspendedSetting, lines);
}

}  // namespace

std::vector<Vouching> own_recognitions(const StoreQueries& store, const Publisher& publisher) {
  std::vector<Vouching> found;
  const auto feed = store.feed(publisher.scid());
  if (!feed) return found;
  for (const auto& record : store.records(feed->feed_id, "recognition")) {
    auto envelope = publisher.own_envelope(record);
    auto recognition = protocol::read_recognition(envelope);
    if (!recognition) continue;
    const auto did = protocol::parse_did(recognition->subject_did);
    if (!did) continue;
    found.push_back({record.key.urn(), did->scid, std::move(*recognition),
                     std::move(envelope.subject), envelope.valid_until});
  }
  return found;
}

std::vector<Suspension> suspensions(const StoreQueries& store) {
  std::vector<Suspension> all;
  const auto kept = store.setting(kSuspendedSetting).value_or("");
  std::string_view lines = kept;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    const auto line = protocol::parse_json(lines.substr(0, end));
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    const auto at = line ? protocol::parse_timestamp(protocol::text_member(&*line, "at"))
                         : std::optional<protocol::Timestamp>();
    const Json* subject = line ? line->find("subject") : nullptr;
    if (!at || !subject)
      throw DataError(protocol::ErrorCode::storage_damaged,
                      "what is kept of suspended recognitions cannot be read");
    all.push_back({protocol::text_member(&*line, "record_id"),
                   protocol::text_member(&*line, "scid"), protocol::text_member(&*line, "name"),
                   protocol::text_member(&*line, "reason"), *at, *subject});
  }
  return all;
}

bool suspend(Store& store, Publisher& publisher, const std::string& scid, const std::string& reason,
             protocol::Timestamp now) {
  auto all = suspensions(store.queries());
  std::vector<Draft> drafts;
  for (auto& one : own_recognitions(store.queries(), publisher)) {
    if (one.scid != scid) continue;
    std::erase_if(all, [&](const auto& before) { return before.scid == scid; });
    all.push_back({one.record_id, scid, one.recognition.name, reason, now, std::move(one.subject)});
    Draft draft;
    draft.what = Draft::What::end;
    draft.id = one.record_id;
    drafts.push_back(std::move(draft));
  }
  if (drafts.empty()) return false;
  // The reason first: a recognition that was withdrawn without anybody knowing why could not be
  // given back as it was.
  vouching_store(store, all);
  publisher.publish(drafts, now);
  return true;
}

std::optional<std::vector<DraftProblems>> reinstate(Store& store, Publisher& publisher,
                                                    const std::string& scid,
                                                    protocol::Timestamp until,
                                                    protocol::Timestamp now) {
  auto all = suspensions(store.queries());
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.scid == scid; });
  if (found == all.end()) return std::nullopt;
  std::vector<Draft> drafts(1);
  drafts[0].id = found->record_id;
  drafts[0].type = protocol::DocumentType::recognition;
  drafts[0].subject = found->subject;
  drafts[0].valid_until = until;
  auto refused = publisher.publish(drafts, now);
  if (refused.empty()) {
    all.erase(found);
    vouching_store(store, all);
  }
  return refused;
}

std::vector<DraftProblems> renew_recognitions(Publisher& publisher,
                                              const std::vector<Vouching>& recognitions,
                                              protocol::Timestamp until, protocol::Timestamp now) {
  std::vector<Draft> drafts;
  for (const auto& one : recognitions) {
    Draft draft;
    draft.id = one.record_id;
    draft.type = protocol::DocumentType::recognition;
    draft.subject = one.subject;
    draft.valid_until = until;
    drafts.push_back(std::move(draft));
  }
  return publisher.publish(drafts, now);
}

}  // namespace node
