#include "node/publish/docs_file.h"

#include <algorithm>

namespace node {

std::vector<std::string> docs_lines(std::string_view file) {
  std::vector<std::string> lines;
  while (!file.empty()) {
    const auto end = std::min(file.find('\n'), file.size());
    lines.emplace_back(file.substr(0, end));
    file.remove_prefix(std::min(end + 1, file.size()));
  }
  return lines;
}

std::string docs_file(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

std::vector<std::string> joined_docs(std::vector<std::string> lines, std::string_view before) {
  const auto old = docs_lines(before);
  for (std::size_t i = 0; i < lines.size() && i < old.size(); ++i) {
    if (lines[i].empty()) lines[i] = old[i];
  }
  return lines;
}

}  // namespace node
