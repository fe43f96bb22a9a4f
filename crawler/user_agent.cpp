#include "crawler/user_agent.h"

namespace crawler {

std::string_view user_agent() { return "kith/" KITH_VERSION; }

}  // namespace crawler
