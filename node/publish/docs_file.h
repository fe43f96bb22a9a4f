#pragma once

#include <string>
#include <string_view>
#include <vector>

// The files of texts in a feed's folder: one line for each entry, empty where there is no text, or
// none any more (SPEC 6.1).

namespace node {

std::vector<std::string> docs_lines(std::string_view file);
std::string docs_file(const std::vector<std::string>& lines);
/// `lines`, where those that are empty are as `before` had them: a reader of the checkpoint that
/// still stands finds what that one commits to.
std::vector<std::string> joined_docs(std::vector<std::string> lines, std::string_view before);

}  // namespace node
