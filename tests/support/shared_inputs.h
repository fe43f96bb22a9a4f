#pragma once

#include <filesystem>
#include <string>

namespace test_support {

/// The folder of third-party test inputs beside the checkout.
std::filesystem::path shared_folder();

/// The vectors: KITH_VECTORS where set, else `vectors` in the shared folder.
std::filesystem::path vectors_folder();

/// Whether CI must have `path`: all of the inputs, but of a folder of vectors that somebody named
/// by KITH_VECTORS only the folder itself, since it may hold some of the kinds.
bool is_needed_by_ci(const std::filesystem::path& path);

/// The whole file; throws std::runtime_error naming it when it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// The seed of this run for randomized tests: KITH_SEED where set, else new; printed once.
unsigned long run_seed();

/// `full` for `scripts/test --long` (KITH_LONG=1), else a tenth of it, at least 1.
int rounds(int full);

}  // namespace test_support

/// Skips the test when an input folder is missing. In CI (CI=true) that is a failure, see
/// is_needed_by_ci().
#define KITH_NEEDS(path)                                                          \
  do {                                                                            \
    if (const auto kith_needed = (path); !std::filesystem::exists(kith_needed)) { \
      if (test_support::is_needed_by_ci(kith_needed)) {                           \
        FAIL() << kith_needed << " is missing, and CI must have it";              \
      }                                                                           \
      GTEST_SKIP() << kith_needed << " is missing";                               \
    }                                                                             \
  } while (false)
