#include "tests/support/standing.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KITH_STANDING_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KITH_STANDING_SANITIZED 1
#endif
#endif
#ifdef KITH_STANDING_SANITIZED
// Of <sanitizer/allocator_interface.h>, which g++ 12 does not bring, though its libraries have it.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace test_support {
namespace {

using Steady = std::chrono::steady_clock;

#ifdef KITH_STANDING_SANITIZED
constexpr int kStandingSlower = 10;
#else
constexpr int kStandingSlower = 1;
#endif

std::size_t standing_count(const char* folder) {
  const std::filesystem::directory_iterator all(folder);
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

double standing_mib() {
#ifdef KITH_STANDING_SANITIZED
  // Memory that was given back stays in the sanitizer's quarantine, so what is held is counted.
  return static_cast<double>(__sanitizer_get_current_allocated_bytes()) / (1 << 20);
#else
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
#endif
}

/// How long this thread was ready to run while no processor was free: the fault of whatever else
/// runs on this machine.
std::chrono::nanoseconds standing_unserved() {
  std::ifstream file("/proc/thread-self/schedstat");
  long long running = 0, waiting = 0;
  file >> running >> waiting;
  return std::chrono::nanoseconds(waiting);
}

bool standing_is_back(std::size_t before, std::size_t now) { return now <= before + 2; }

}  // namespace

Standing::Standing()
    : threads_(standing_count("/proc/self/task")),
      files_(standing_count("/proc/self/fd")),
      mib_(standing_mib()) {}

std::string Standing::broken(double most_mib) const {
  const auto until = Steady::now() + std::chrono::seconds(10);
  std::size_t threads = 0, files = 0;
  for (;;) {
    threads = standing_count("/proc/self/task");
    files = standing_count("/proc/self/fd");
    const bool back = standing_is_back(threads_, threads) && standing_is_back(files_, files);
    if (back || Steady::now() > until) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  std::string found;
  const auto say = [&](const char* what, std::size_t before, std::size_t now) {
    found += std::string(what) + ": " + std::to_string(before) + " before, " + std::to_string(now) +
             " ten seconds after. ";
  };
  if (!standing_is_back(threads_, threads)) say("Z2, threads", threads_, threads);
  if (!standing_is_back(files_, files)) say("Z2, open files", files_, files);
  const double grown = grown_mib();
  if (grown > most_mib) found += "Z3, memory: " + std::to_string(grown) + " MiB more. ";
  return found;
}

double Standing::grown_mib() const { return standing_mib() - mib_; }

StandingToTheEnd::~StandingToTheEnd() { EXPECT_EQ(before_.broken(most_mib_), ""); }

struct Beside::Work {
  std::function<bool()> ask;
  std::atomic<bool> stopping{false};
  std::vector<std::chrono::nanoseconds> times;  // the thread's, until it has ended
  std::size_t failed = 0;
  std::thread thread;

  void run() {
    auto next = Steady::now();
    while (!stopping || times.empty()) {
      const auto began = Steady::now();
      const auto unserved = standing_unserved();
      if (!ask()) ++failed;
      times.push_back(Steady::now() - began - (standing_unserved() - unserved));
      next += std::chrono::milliseconds(100);
      while (!stopping && Steady::now() < next)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
};

Beside::Beside(std::function<bool()> ask) : work_(std::make_unique<Work>()) {
  work_->ask = std::move(ask);
  work_->thread = std::thread([work = work_.get()] { work->run(); });
}

Beside::~Beside() {
  work_->stopping = true;
  if (work_->thread.joinable()) work_->thread.join();
}

std::string Beside::stop(std::chrono::milliseconds at_most) {
  work_->stopping = true;
  if (work_->thread.joinable()) work_->thread.join();
  auto& times = work_->times;
  std::sort(times.begin(), times.end());
  const auto slow = times[(times.size() - 1) * 99 / 100];
  std::string found;
  if (work_->failed > 0) {
    found += "Z4: " + std::to_string(work_->failed) + " of " + std::to_string(times.size()) +
             " answers beside it were bad. ";
  }
  if (slow > at_most * kStandingSlower) {
    found += "Z4: answers beside it took " +
             std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(slow).count()) +
             " ms. ";
  }
  return found;
}

}  // namespace test_support
