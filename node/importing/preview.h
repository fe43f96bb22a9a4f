#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "node/importing/plan.h"

namespace node {

/// What an import would do, for the person who keeps the sheet: which columns were understood, then
/// per row what was, what was not and what must be asked, and last one line of counts. Lines are at
/// most `width` columns wide, words longer than that apart. Characters that a terminal would act on
/// are left out.
std::string import_preview(const ImportedSheet& sheet, const std::vector<PlannedChange>& changes,
                           std::size_t width = 80);

/// "3 new, 1 changed, 64 unchanged, 2 not in the sheet any more: keep or withdraw (kept unless you
/// say so), 0 with problems."
std::string import_summary(const std::vector<PlannedChange>& changes);

}  // namespace node
