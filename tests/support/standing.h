#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

// What must hold during and after every attack, whichever it was (docs/reliability.md, Z1 to Z8).

namespace test_support {

/// Looks at this process when it is made, and again when it is asked. That the process is still
/// there to be asked is Z1.
class Standing {
 public:
  Standing();
  /// Empty where threads and open files are back (give or take two, within ten seconds, Z2) and no
  /// more memory is held than `most_mib` above the beginning (Z3). Else what is not so.
  std::string broken(double most_mib = 32) const;
  /// How much more memory is held now.
  double grown_mib() const;

 private:
  std::size_t threads_, files_;
  double mib_;
};

/// As a fixture's first member: what it looked at when it was made must hold when all the rest of
/// the fixture is gone. Fails the test otherwise.
class StandingToTheEnd {
 public:
  StandingToTheEnd() = default;
  ~StandingToTheEnd();
  /// Where there is a reason for more memory than usual (Z3).
  void may_hold(double mib) { most_mib_ = mib; }
  StandingToTheEnd(const StandingToTheEnd&) = delete;
  StandingToTheEnd& operator=(const StandingToTheEnd&) = delete;

 private:
  Standing before_;
  double most_mib_ = 32;
};

/// A well-behaved client beside the attack (Z4): asks ten times a second, on a thread of its own.
class Beside {
 public:
  /// `ask` says whether it was answered as it should be.
  explicit Beside(std::function<bool()> ask);
  ~Beside();
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  /// Ends it. Empty where it asked at least once, every answer was good, and all but the slowest
  /// hundredth took `at_most` (times in which this thread waited for a free processor left out, and
  /// more under a sanitizer). Else what was not so.
  std::string stop(std::chrono::milliseconds at_most = std::chrono::milliseconds(300));

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace test_support
