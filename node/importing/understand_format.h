#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace node {

struct FormatReading {
  std::vector<std::string>
      formats;           ///< vocabulary formats; "online_unspecified" where no channel is said
  std::string platform;  ///< "Zoom", where one is named
  std::string question;  ///< the cell itself is unsure
};

/// Over which channels a group meets. "1:1" says nothing about the channel.
FormatReading understand_format(std::string_view cell);

}  // namespace node
