#include "tests/support/shared_inputs.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <stdexcept>

namespace test_support {

std::filesystem::path shared_folder() {
  if (const char* set = std::getenv("KITH_SHARED")) return set;
  return KITH_SHARED;
}

std::filesystem::path vectors_folder() {
  if (const char* set = std::getenv("KITH_VECTORS")) return set;
  return shared_folder() / "vectors";
}

bool is_needed_by_ci(const std::filesystem::path& path) {
  const char* ci = std::getenv("CI");
  if (!ci || std::string(ci) != "true") return false;
  const char* named = std::getenv("KITH_VECTORS");
  if (!named || !std::filesystem::exists(named)) return true;
  const auto folder = (std::filesystem::path(named) / "x").parent_path();  // no slash at its end
  std::error_code unknown;
  const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end != folder.end() ||
         std::filesystem::equivalent(folder, shared_folder() / "vectors", unknown);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

unsigned long run_seed() {
  static const unsigned long seed = [] {
    const char* set = std::getenv("KITH_SEED");
    const unsigned long chosen = set ? std::strtoul(set, nullptr, 10) : std::random_device{}();
    std::cout << "KITH_SEED=" << chosen << "\n";
    return chosen;
  }();
  return seed;
}

int rounds(int full) {
  const char* set = std::getenv("KITH_LONG");
  return set && std::string(set) == "1" ? full : std::max(1, full / 10);
}

}  // namespace test_support
