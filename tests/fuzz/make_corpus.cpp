// Makes the inputs that fuzzing starts from, out of tests/vectors and nothing else: no randomness
// but a fixed seed.
//
//   make_corpus VECTORS FOLDER           writes FOLDER/<target>/<sha256 of the input, 16 digits>
//   make_corpus --check VECTORS FOLDER   says what differs there; 1 if anything does
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/crypto/crypto.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/text_encodings.h"

namespace {

using protocol::Json;

// What is longer teaches a fuzzer little and costs it much. A bundle of evidence holds an identity
// log and a document at least; scripts/fuzz makes no input longer than 8,192 bytes.
constexpr std::size_t kCorpusLargest = 4096;
constexpr std::size_t kCorpusLargestEvidence = 8192;
constexpr std::size_t kCorpusMost = 40;  // inputs of one target

std::string corpus_read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

/// A text as vectors write it; see tests/vectors/README.md. Long ones come back empty.
std::string corpus_text(const Json& value) {
  if (const auto* text = value.if_string()) return *text;
  std::string joined;
  if (const auto* pieces = value.if_array()) {
    for (const auto& piece : *pieces) joined += corpus_text(piece);
    return joined;
  }
  if (const Json* base64 = value.find("base64")) {
    const auto bytes = protocol::from_base64(*base64->if_string());
    return bytes ? std::string(protocol::as_text(*bytes)) : "";
  }
  const Json* times = value.find("times");
  const Json* of = value.find("of");
  if (!times || !of || *times->if_integer() > 4096) return "";
  for (std::int64_t i = 0; i < *times->if_integer(); ++i) joined += corpus_text(*of);
  return joined;
}

class Corpus {
 public:
  explicit Corpus(std::filesystem::path vectors) : vectors_(std::move(vectors)) {}

  static std::size_t largest(const std::string& target) {
    return target == "evidence" ? kCorpusLargestEvidence : kCorpusLargest;
  }

  void add(const std::string& target, const std::string& input) {
    if (input.empty() || input.size() > largest(target)) return;
    auto& inputs = made_[target];
    if (std::find(inputs.begin(), inputs.end(), input) == inputs.end()) inputs.push_back(input);
  }

  /// `member` of every case of the vectors of `kind`.
  void take(const std::string& target, const std::string& kind, const std::string& member,
            const std::string& before = "") {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(vectors_ / kind)) {
      if (entry.path().extension() == ".json") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      const auto file = protocol::parse_json(corpus_read(path), {.max_bytes = 16 << 20});
      if (!file) throw std::runtime_error(path.string() + ": " + file.error().detail);
      for (const Json& one : *file->find("cases")->if_array()) {
        const Json* value = one.find(member);
        if (!value) continue;
        if (member == "with") {
          Json subject = *file->find("subject");
          for (const auto& [name, with] : *value->if_object()) subject.set(name, with);
          add(target, protocol::canonical(subject));
        } else {
          add(target, before + corpus_text(*value));
        }
      }
    }
  }

  std::map<std::string, std::vector<std::string>>& made() { return made_; }

 private:
  std::filesystem::path vectors_;
  std::map<std::string, std::vector<std::string>> made_;
};

std::string corpus_bytes(std::mt19937_64& random, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random() & 0xff);
  return bytes;
}

void corpus_fill(Corpus& corpus) {
  corpus.take("json", "json", "json");
  corpus.take("json", "leaves", "leaf");
  const char* const forms[] = {"hex",       "base64",      "base64url", "base58btc", "multikey",
                               "multihash", "proof value", "time",      "date"};
  for (std::size_t i = 0; i < std::size(forms); ++i) {
    corpus.take("encodings", "encodings", "text", std::string(1, static_cast<char>(i)));
  }
  corpus.take("did", "dids", "did");
  corpus.take("did_log", "did_logs", "log");
  corpus.take("note", "checkpoints", "note");
  corpus.take("leaf", "leaves", "leaf");
  corpus.take("bundle", "bundles", "bundle", std::string(1, '\2'));
  corpus.take("bundle", "bundles", "bundle", std::string(1, '\0'));
  corpus.take("credential", "documents", "document");
  corpus.take("credential", "listings", "with");
  std::mt19937_64 random(20261101);  // its sequence is set by the C++ standard
  for (int i = 0; i < 24; ++i) corpus.add("canonical", corpus_bytes(random, 8u << (i % 6)));
  for (int i = 0; i < 24; ++i) {
    std::string input(1, static_cast<char>(i));
    for (int k = 0; k < 2; ++k) input += std::string(7, '\0') + static_cast<char>(random() % 64);
    corpus.add("proof", input + corpus_bytes(random, 32 * static_cast<std::size_t>(i % 8)));
  }
  for (const char* sheet :
       {"Group name,Where,When,Cost\nTuesday circle,Online,2nd & 4th Tuesday 7pm ET,free\n",
        "name;state;format;contact\r\n\"Circle; with\r\nbreaks\";OH;video;a@chapter.example\r\n",
        "\xef\xbb\xbfGroup\tLicense\tFee\nA\tLCSW, LPC\t$25 per meeting\n",
        "Gruppe,Ort\nCaf\xe9 Runde,K\xf6ln\n", "a,b\n\"open", ",,,\n,,\n", "x\n=1+1\n@SUM(A1)\n",
        "Group name,Group name\nA,B\n", "Name,Kosten\nA,\"1.234,50 EUR\"\n"}) {
    corpus.add("csv", sheet);
  }
  for (const char* query :
       {"q=burnout grief\nregion=US-OH\n", "format=video\ncost=free\nunstated=cost\n",
        "license=psychologist:independent\nlicense_region=US-OH\n", "sort=cost\nlimit=100\n",
        "kind=formal_consultation\nkind=informal_circle\n", "q=\"exact phrase\" -not\n",
        "limit=0\nlimit=x\n", "cursor=AAAA\n", "region=XX\nq=%00\n", "=\n==\nq\n",
        "language=en\nday=tue\ntime=evening\n", "scid=x\n"}) {
    corpus.add("query", query);
  }
  corpus.take("add_checkpoint", "add_checkpoint", "request");
  corpus.take("tlog_proof", "tlog_proofs", "proof");
  corpus.take("evidence", "evidence", "text");
  // Each input once more, bent at one place, so that replaying meets refusals in the middle as
  // well.
  for (auto& [target, inputs] : corpus.made()) {
    // Of its own seed, so that a new target leaves the inputs of all others as they are.
    std::seed_seq name(target.begin(), target.end());
    std::mt19937_64 bending(name);
    // The first of each kind of trouble stand first in the files; take from all over them.
    if (inputs.size() > kCorpusMost / 2) {
      std::vector<std::string> spread;
      for (std::size_t i = 0; i < kCorpusMost / 2; ++i) {
        spread.push_back(inputs[i * inputs.size() / (kCorpusMost / 2)]);
      }
      inputs = spread;
    }
    const std::size_t plain = inputs.size();
    for (std::size_t i = 0; i < plain; ++i) {
      std::string bent = inputs[i];
      const std::size_t at = bending() % bent.size();
      switch (bending() % 3) {
        case 0:
          bent[at] = static_cast<char>(bent[at] ^ (1 << (bending() % 8)));
          break;
        case 1:
          bent.erase(at, 1 + bending() % 4);
          break;
        default:
          bent.insert(at, bent.substr(at / 2, 1 + bending() % 8));
      }
      if (!bent.empty() && bent.size() <= Corpus::largest(target)) inputs.push_back(bent);
    }
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const bool check = argc == 4 && std::string(argv[1]) == "--check";
  if (!check && argc != 3) throw std::runtime_error("make_corpus [--check] VECTORS FOLDER");
  const std::filesystem::path folder = argv[argc - 1];
  Corpus corpus(argv[argc - 2]);
  corpus_fill(corpus);
  std::map<std::string, std::string> files;
  for (const auto& [target, inputs] : corpus.made()) {
    for (const auto& input : inputs) {
      const auto digest = protocol::sha256(input);
      files[target + "/" + protocol::to_hex(digest.view()).substr(0, 16)] = input;
    }
  }
  int wrong = 0;
  for (const auto& [name, input] : files) {
    const auto path = folder / name;
    if (!check) {
      std::filesystem::create_directories(path.parent_path());
      std::ofstream out(path, std::ios::binary);
      out << input;
      if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
    } else if (!std::filesystem::exists(path) || corpus_read(path) != input) {
      std::printf("%s is missing or differs\n", name.c_str());
      ++wrong;
    }
  }
  std::printf("%zu inputs, %d differ\n", files.size(), wrong);
  return wrong == 0 ? 0 : 1;
} catch (const std::exception& problem) {
  std::fprintf(stderr, "make_corpus: %s\n", problem.what());
  return 2;
}
