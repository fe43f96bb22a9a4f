// Every input of tests/fuzz/corpus through its target, in the ordinary build: no clang needed. Then
// each of them bent in ways that the seed of the run decides. A crash names the file that repeats
// it.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/shared_inputs.h"

#define KITH_FUZZ_TARGET(name) \
  extern "C" int kith_fuzz_##name(const std::uint8_t* data, std::size_t size);
#include "fuzz_targets.inc"
#undef KITH_FUZZ_TARGET

extern "C" void __sanitizer_set_death_callback(void (*)()) __attribute__((weak));

namespace {

struct ReplayTarget {
  const char* name;
  int (*run)(const std::uint8_t*, std::size_t);
};
constexpr ReplayTarget kReplayTargets[] = {
#define KITH_FUZZ_TARGET(name) {#name, kith_fuzz_##name},
#include "fuzz_targets.inc"
#undef KITH_FUZZ_TARGET
};

// What is being tried, for the moment at which the process can say nothing else any more.
std::string replay_input;
std::string replay_crash_file;

void replay_say(const char* text) {
  if (write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
}

void replay_keep_input() {
  const int file = open(replay_crash_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0 || write(file, replay_input.data(), replay_input.size()) < 0) return;
  close(file);
  replay_say("\nThe input that did this is kept in ");
  replay_say(replay_crash_file.c_str());
  replay_say("\nPut it into the target's folder of tests/fuzz/corpus once it is mended.\n");
}

extern "C" void replay_on_signal(int signal) {
  replay_keep_input();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void replay_run(const ReplayTarget& target, const std::string& input) {
  replay_input = input;
  // A copy of exactly this size, so that a read behind its end is one for the sanitizer.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  EXPECT_EQ(target.run(bytes.data(), bytes.size()), 0);
}

class FuzzCorpus : public testing::TestWithParam<ReplayTarget> {};

TEST_P(FuzzCorpus, EveryInputAndItsNeighborsLeaveTheProgramWhole) {
  const ReplayTarget target = GetParam();
  replay_crash_file =
      (std::filesystem::current_path() / ("crash-" + std::string(target.name))).string();
  if (&__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(replay_keep_input);
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) {
    std::signal(signal, replay_on_signal);
  }
  const auto folder =
      std::filesystem::path(KITH_SOURCE) / "tests" / "fuzz" / "corpus" / target.name;
  ASSERT_TRUE(std::filesystem::is_directory(folder)) << folder << ": see tests/fuzz/CMakeLists.txt";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  ASSERT_GE(files.size(), 8u);
  std::mt19937_64 random(test_support::run_seed());
  std::size_t tried = 0;
  for (const auto& file : files) {
    SCOPED_TRACE(file);
    const std::string input = test_support::read_file(file);
    replay_run(target, input);
    for (int i = test_support::rounds(300); i > 0; --i, ++tried) {
      std::string bent = input;
      for (auto hits = 1 + random() % 4; hits > 0 && !bent.empty(); --hits) {
        const std::size_t at = random() % bent.size();
        switch (random() % 4) {
          case 0:
            bent[at] = static_cast<char>(random() & 0xff);
            break;
          case 1:
            bent.erase(at, 1 + random() % 16);
            break;
          case 2:
            bent.insert(at, bent.substr(random() % bent.size(), 1 + random() % 32));
            break;
          default:
            bent[at] = static_cast<char>(bent[at] ^ (1 << (random() % 8)));
        }
      }
      replay_run(target, bent);
    }
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) std::signal(signal, SIG_DFL);
  EXPECT_GT(tried, 0u);
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzCorpus, testing::ValuesIn(kReplayTargets),
                         [](const auto& target) { return std::string(target.param.name); });

TEST(FuzzCorpora, EveryFolderHasItsTarget) {
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(KITH_SOURCE) /
                                                               "tests/fuzz/corpus")) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(std::any_of(std::begin(kReplayTargets), std::end(kReplayTargets),
                            [&](const ReplayTarget& target) { return target.name == name; }))
        << name;
  }
}

}  // namespace
