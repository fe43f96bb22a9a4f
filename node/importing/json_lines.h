#pragma once

#include <string_view>

#include "node/importing/sheet.h"

namespace node {

/// Whether `file` begins with a JSON object.
bool looks_like_json_lines(std::string_view file);

/// One listing a line, each an object with the members of SPEC 4.3 as another program writes them
/// (or a whole signed document, of which the credentialSubject counts). Each line says everything:
/// what it leaves out is not stated any more, but for dates and defaults. Blank lines are skipped.
/// Refuses with too_large, or `invalid` naming the line.
protocol::Result<ImportedSheet> read_json_lines(std::string_view file);

}  // namespace node
