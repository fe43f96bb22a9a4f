#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/identity/did.h"
#include "protocol/identity/did_log.h"
#include "tests/support/shared_inputs.h"

// Logs of other people's implementations. The folder says by verdicts.tsv what each is; nothing
// here knows a name in it, so a folder with other cases is judged as it stands.

namespace protocol {
namespace {

namespace fs = std::filesystem;
using test_support::read_file;
using test_support::vectors_folder;

// After every vector that is not about the future, and long before the ones that are.
const Timestamp kVectorsNow = *parse_timestamp("2027-06-01T00:00:00Z");
const std::string kVectorsValidScid = "QmTHrWAGo3TSe4NrWGszzHQNN72dnqCbzzUBUY9rQWBSWg";

struct DidVerdict {
  std::string path;
  bool accept = false;
  std::string did;
};

std::vector<DidVerdict> did_verdicts(const fs::path& file) {
  std::vector<DidVerdict> verdicts;
  std::istringstream in(read_file(file));
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with('#')) continue;
    std::istringstream fields(line);
    DidVerdict verdict;
    std::string word;
    std::getline(fields, verdict.path, '\t');
    std::getline(fields, word, '\t');
    std::getline(fields, verdict.did, '\t');
    if (word != "accept" && word != "reject") throw std::runtime_error("verdicts.tsv: " + line);
    verdict.accept = word == "accept";
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

std::string did_vector_witness(const fs::path& folder) {
  const fs::path file = folder / "did-witness.json";
  return fs::exists(file) ? read_file(file) : std::string();
}

// The document without the services that did:webvh implies: implementations name them differently.
std::string without_implicit_services(Json document) {
  if (Json* services = document.find("service"); services && services->if_array()) {
    std::erase_if(*services->if_array(), [](const Json& service) {
      const Json* id = service.find("id");
      return id && id->if_string() &&
             (id->if_string()->ends_with("#files") || id->if_string()->ends_with("#whois"));
    });
    if (services->if_array()->empty()) document.erase("service");
  }
  return canonical(document);
}

// Which version a resolutionResult file is about: the one its metadata names, else the one in its
// own name, else the last.
const DidVersion* result_version(const DidLog& log, const Json& result, const fs::path& file) {
  const Json* metadata = result.find("didDocumentMetadata");
  const Json* version_id = metadata ? metadata->find("versionId") : nullptr;
  if (version_id && version_id->if_string()) {
    for (const auto& version : log.versions) {
      if (version.version_id == *version_id->if_string()) return &version;
    }
    return nullptr;
  }
  const std::string number = file.stem().extension().string();  // ".2" of resolutionResult.2.json
  if (number.empty()) return &log.current();
  const std::size_t index = std::stoul(number.substr(1));
  return index >= 1 && index <= log.versions.size() ? &log.versions[index - 1] : nullptr;
}

// Counts the files that were compared.
int compare_results(const DidLog& log, const fs::path& folder) {
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("resolutionResult") || !name.ends_with(".json")) continue;
    SCOPED_TRACE(name);
    const auto result = parse_json(read_file(entry.path()));
    if (!result) {
      ADD_FAILURE() << result.error().detail;
      continue;
    }
    const Json* document = result->find("didDocument");
    if (!document || !document->if_object())
      continue;  // a resolver need not show a deactivated one
    const DidVersion* version = result_version(log, *result, entry.path());
    if (!version) {
      ADD_FAILURE() << "it is about a version that the log does not have";
      continue;
    }
    EXPECT_EQ(without_implicit_services(version->document), without_implicit_services(*document));
    ++compared;
  }
  return compared;
}

void judge_did_string(const std::string& text) {
  const auto refused = parse_did(text);
  EXPECT_FALSE(refused) << text;
  if (!refused) {
    EXPECT_EQ(refused.error().code, ErrorCode::did_syntax);
  }

  // Again with a SCID that is none of the reasons: what is wrong must be the host, the path or the
  // fragment. A name whose own SCID may be the fault has no such second form.
  // What stands in place of a SCID where something else is at fault is Qm and zeros.
  const std::string prefix = "did:webvh:Qm0";
  const std::size_t colon = text.find(':', prefix.size());
  if (!text.starts_with(prefix) || colon == std::string::npos ||
      text.find_first_not_of('0', prefix.size()) != colon) {
    return;
  }
  const std::string repaired = "did:webvh:" + kVectorsValidScid + text.substr(colon);
  EXPECT_FALSE(parse_did(repaired)) << repaired;
}

TEST(DidVectors, AreJudgedAsTheirFolderSays) {
  const fs::path folder = vectors_folder();
  KITH_NEEDS(folder / "verdicts.tsv");
  ASSERT_TRUE(parse_did("did:webvh:" + kVectorsValidScid + ":example.com"));
  const auto verdicts = did_verdicts(folder / "verdicts.tsv");
  ASSERT_FALSE(verdicts.empty());
  int accepted = 0, rejected = 0, strings = 0, compared = 0;
  for (const auto& verdict : verdicts) {
    SCOPED_TRACE(verdict.path);
    const fs::path log_file = folder / verdict.path / "did.jsonl";
    if (!verdict.did.empty()) {
      if (verdict.accept) {
        const auto parsed = parse_did(verdict.did);
        EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().detail);
      } else {
        judge_did_string(verdict.did);
      }
      ++strings;
    } else if (!fs::exists(log_file)) {
      ADD_FAILURE() << "neither did.jsonl nor a DID string";
      continue;
    }
    if (!fs::exists(log_file)) continue;

    const auto log = resolve_did_log(read_file(log_file), did_vector_witness(folder / verdict.path),
                                     verdict.accept ? verdict.did : "", kVectorsNow);
    if (!verdict.accept) {
      EXPECT_FALSE(log) << "accepted";
      ++rejected;
      continue;
    }
    ++accepted;
    if (!log) {
      ADD_FAILURE() << log.error().detail;
      continue;
    }
    compared += compare_results(*log, folder / verdict.path);
    const std::string did = log->current().did;
    EXPECT_TRUE(resolve_did_log(read_file(log_file), did_vector_witness(folder / verdict.path), did,
                                kVectorsNow));
    EXPECT_FALSE(resolve_did_log(read_file(log_file), did_vector_witness(folder / verdict.path),
                                 did + ":other", kVectorsNow));
  }
  std::cout << "did:webvh logs: " << accepted << " accepted, " << rejected << " rejected, "
            << strings << " DID strings, " << compared << " documents compared\n";
}

/// Folders with a did.jsonl and no verdict.
std::vector<fs::path> did_folders_without_verdict(const fs::path& folder) {
  std::set<fs::path> judged;
  for (const auto& verdict : did_verdicts(folder / "verdicts.tsv"))
    judged.insert(folder / verdict.path);
  std::vector<fs::path> rest;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().filename() != "did.jsonl") continue;
    if (!judged.contains(entry.path().parent_path())) rest.push_back(entry.path().parent_path());
  }
  std::sort(rest.begin(), rest.end());
  return rest;
}

// A case that came without a verdict would otherwise look as if it had been judged. One that brings
// the documents which its maker makes of it says by them what it is: a log to be accepted.
TEST(DidVectors, LogsWithoutAVerdictBringTheirDocumentsAndGiveThem) {
  const fs::path folder = vectors_folder();
  KITH_NEEDS(folder / "verdicts.tsv");
  int seen = 0;
  for (const auto& of_case : did_folders_without_verdict(folder)) {
    SCOPED_TRACE(of_case);
    const bool has_document = fs::exists(of_case / "did-document.json");
    const bool has_parallel = fs::exists(of_case / "did.json");
    EXPECT_TRUE(has_document || has_parallel) << "neither a verdict nor a document to compare with";
    if (!has_document && !has_parallel) continue;
    ++seen;
    const auto log = resolve_did_log(read_file(of_case / "did.jsonl"), did_vector_witness(of_case),
                                     "", kVectorsNow);
    if (!log) {
      ADD_FAILURE() << log.error().detail;
      continue;
    }
    if (has_document) {
      const auto document = parse_json(read_file(of_case / "did-document.json"));
      ASSERT_TRUE(document);
      EXPECT_EQ(without_implicit_services(log->current().document),
                without_implicit_services(*document));
    }
    if (has_parallel) {
      const auto parallel = parse_json(read_file(of_case / "did.json"));
      ASSERT_TRUE(parallel);
      EXPECT_EQ(without_implicit_services(parallel_did_web(*log)),
                without_implicit_services(*parallel));
    }
  }
  std::cout << "logs judged by their documents: " << seen << "\n";
}

}  // namespace
}  // namespace protocol
