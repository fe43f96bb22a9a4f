// Prints the sample's evidence bundle for other people's programs to judge, or our judgment of one.
// Uses protocol only.
//
//   make_bundle                 the bundle
//   make_bundle judge FILE      "holds", or "refused CODE: detail" and exit code 1

#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/support/sample_evidence.h"

int main(int argc, char** argv) {
  const test_support::SampleEvidence sample;
  if (argc == 1) {
    std::cout << protocol::format_evidence(sample.bundle());
    return 0;
  }
  if (argc != 3 || std::string_view(argv[1]) != "judge") return 2;
  std::ifstream in(argv[2], std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  const auto judge = [&]() -> protocol::Result<protocol::EvidenceFindings> {
    ASSIGN_OR_RETURN(const auto evidence, protocol::parse_evidence(text.str()));
    return protocol::verify_evidence(evidence, {sample.national.scid(), ""},
                                     test_support::sample_time() + std::chrono::days(1));
  };
  if (const auto findings = judge(); !findings) {
    std::cout << "refused " << protocol::word(findings.error().code) << ": "
              << findings.error().detail << "\n";
    return 1;
  }
  std::cout << "holds\n";
  return 0;
}
