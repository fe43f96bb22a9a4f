// Prints the sample's evidence bundle for other people's programs to judge, or our judgment of one.
// Uses protocol only.
//
//   make_bundle                           the bundle
//   make_bundle judge FILE                "holds", or "refused CODE: detail" and exit code 1
//   make_bundle witnessed [judge FILE]    the same of publishers whose identity logs name witnesses

#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>
#include <vector>

#include "tests/support/sample_evidence.h"

int main(int argc, char** argv) {
  std::vector<std::string_view> words(argv + 1, argv + argc);
  const bool witnessed = !words.empty() && words.front() == "witnessed";
  if (witnessed) words.erase(words.begin());
  const test_support::SampleEvidence sample(witnessed);
  if (words.empty()) {
    std::cout << protocol::format_evidence(sample.bundle());
    return 0;
  }
  if (words.size() != 2 || words[0] != "judge") return 2;
  std::ifstream in(std::string(words[1]), std::ios::binary);
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
