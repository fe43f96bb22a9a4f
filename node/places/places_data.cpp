#include "node/places/places_data.h"

// The assembler takes the files in as they are; as string literals they would cost the compiler
// many seconds.
__asm__(
    ".pushsection .rodata\n"
    ".balign 16\n"
    "kith_zips_begin:\n"
    ".incbin \"" KITH_PLACES_DATA
    "/zips.tsv\"\n"
    "kith_zips_end:\n"
    "kith_towns_begin:\n"
    ".incbin \"" KITH_PLACES_DATA
    "/towns.tsv\"\n"
    "kith_towns_end:\n"
    ".popsection\n");

extern "C" {
extern const char kith_zips_begin[], kith_zips_end[], kith_towns_begin[], kith_towns_end[];
}

namespace node {

std::string_view zips_data() { return {kith_zips_begin, kith_zips_end}; }
std::string_view towns_data() { return {kith_towns_begin, kith_towns_end}; }

}  // namespace node
