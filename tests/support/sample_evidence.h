#pragma once

#include <string>
#include <vector>

#include "protocol/crypto/crypto.h"
#include "protocol/document/credential.h"
#include "protocol/evidence.h"
#include "protocol/identity/did_log.h"
#include "protocol/log/merkle.h"

// Publishers made from seeds alone, and the evidence bundle that a node would make of their
// listings: the same bytes in every run. Uses protocol only.

namespace test_support {

/// When everything of the sample was made: 2026-11-01T09:00:00Z.
protocol::Timestamp sample_time();

/// A publisher with its keys and its log.
class SamplePublisher {
 public:
  /// Keys are SHA-256 of "evidence NAME sign" and so on; the folder is https://NAME.example/o/main.
  /// Where it is `witnessed`, its identity log names three witnesses, "evidence NAME witness 1" to
  /// 3, of whom two must agree, and the first and the third have.
  explicit SamplePublisher(const std::string& name, bool witnessed = false);

  const std::string& scid() const { return log_.scid; }
  const std::string& did() const { return log_.current().did; }
  const std::string& version_id() const { return log_.current().version_id; }
  const std::string& did_log() const { return did_log_; }
  const std::string& did_witness() const { return did_witness_; }  ///< empty: not witnessed
  const protocol::SigningKey& node_key() const { return node_; }

  /// Signs and appends a document, and returns its place in the log.
  std::uint64_t append(protocol::DocumentType type, protocol::Json subject,
                       protocol::Timestamp from, protocol::Timestamp until);
  /// The document at `index` with its proof in the log as it is now, dated by its publisher and,
  /// where there is one, by `witness`, an hour later.
  protocol::EvidenceItem item(std::uint64_t index, const SamplePublisher* witness) const;

 private:
  std::string name_;
  protocol::SigningKey sign_, node_;
  std::string did_log_, did_witness_;
  protocol::DidLog log_;
  std::vector<std::string> documents_, leaves_;
  std::vector<protocol::Hash> hashes_;
};

/// The sample: an association recognizes a chapter for the US, the chapter a collective for Ohio,
/// the collective publishes three listings; a hub made the bundle of the second. Where they are
/// `witnessed`, the chapter and the collective are.
struct SampleEvidence {
  explicit SampleEvidence(bool witnessed = false);
  protocol::Evidence bundle() const;

  SamplePublisher national, chapter, collective, hub;
};

}  // namespace test_support
