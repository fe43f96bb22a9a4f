#pragma once

#include <string>
#include <string_view>

#include "node/http/message.h"
#include "protocol/encoding/time.h"

// The words of an answer's head (RFC 9110).

namespace node {

/// "Not Found" for 404; "Other" for what we never send.
std::string_view status_phrase(int status);
/// "Sun, 06 Nov 1994 08:49:37 GMT", in these words whatever the locale says.
std::string http_date(protocol::Timestamp time);
/// Whether a header of ours can be sent as it is: no character in it ends its line.
bool is_clean_header(const TextPair& header);

}  // namespace node
