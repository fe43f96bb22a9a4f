#pragma once

#include <filesystem>
#include <string>

namespace test_support {

/// The folder of third-party test inputs beside the checkout.
std::filesystem::path shared_folder();

/// The vectors: KITH_VECTORS where set, else `vectors` in the shared folder.
std::filesystem::path vectors_folder();

/// The whole file; throws std::runtime_error naming it when it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// The seed of this run for randomized tests: KITH_SEED where set, else new; printed once.
unsigned long run_seed();

/// `full` for `scripts/test --long` (KITH_LONG=1), else a tenth of it, at least 1.
int rounds(int full);

}  // namespace test_support

/// Skips the test when an input folder is missing. In CI (CI=true) that is a failure.
#define KITH_NEEDS(path)                                                                    \
  do {                                                                                      \
    if (const auto kith_needed = (path); !std::filesystem::exists(kith_needed)) {           \
      if (const char* ci = std::getenv("CI"); ci != nullptr && std::string(ci) == "true") { \
        FAIL() << kith_needed << " is missing, and CI must have it";                        \
      }                                                                                     \
      GTEST_SKIP() << kith_needed << " is missing";                                         \
    }                                                                                       \
  } while (false)
