#include "node/checks/run_checks.h"

#include "node/pages/words.h"
#include "protocol/encoding/json.h"

namespace node {

namespace {

/// When the document was signed: the proof says it, and was verified before the text was stored.
protocol::Timestamp checks_signed_at(const CheckedListing& checked) {
  // Reading the whole line again for one member would cost more than all checks together.
  constexpr std::string_view kCreated = "\"created\":\"";
  const auto proof = checked.document.rfind("\"proof\":{");
  if (proof != std::string::npos) {
    const auto at = checked.document.find(kCreated, proof);
    if (at != std::string::npos) {
      const auto text = std::string_view(checked.document).substr(at + kCreated.size(), 20);
      if (const auto time = protocol::parse_timestamp(text)) return *time;
    }
  }
  return checked.envelope.valid_from;
}

}  // namespace

std::vector<protocol::CheckResult> run_checks(CheckRecords& records, const CheckedListing& checked,
                                              const protocol::CheckNumbers& numbers,
                                              protocol::Timestamp now) {
  const auto notes = records.notes(checked.key);
  const auto observations = records.observations(checked.key);
  const auto reports = records.open_reports(checked.key);

  protocol::CheckFacts facts;
  facts.listing = &checked.listing;
  facts.subject = &checked.envelope.subject;
  facts.now = now;
  facts.publisher = checked.publisher_name;
  facts.signed_at = checks_signed_at(checked);
  facts.key_changed_at = checked.publisher.key_changed_at;
  facts.own = checked.publisher.own;
  facts.followed_by_hand = checked.publisher.followed_by_hand;
  facts.domain = checked.publisher.domain;
  for (const auto& step : checked.standing.path) facts.path.push_back(step.name);
  facts.vouched_at = checked.standing.recognized_at;
  facts.vouched_until = checked.standing.recognized_until;
  facts.vouch_ended_by = checked.publisher.vouch_ended_by;
  facts.vouch_ended_at = checked.publisher.vouch_ended_at;
  facts.read_at = checked.publisher.read_at;
  for (const auto& seen : observations) {
    if (seen.check == protocol::Check::age) facts.first_seen = seen.at;
  }
  if (checked.publisher.own) facts.answered_at = records.last_reminder_answer(checked.key);
  facts.yearly_cost = cost_words(checked.listing).year;
  facts.observations = observations;
  facts.notes = notes;
  facts.similar = checked.similar;
  facts.open_reports = reports.count;
  facts.reported_at = reports.oldest;
  facts.upheld_reports = reports.upheld;
  facts.upheld_at = reports.upheld_at;
  facts.upheld_reason = reports.upheld_reason;
  return protocol::check_listing(facts, numbers);
}

}  // namespace node
