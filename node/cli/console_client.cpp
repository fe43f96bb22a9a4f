#include "node/cli/console_client.h"

#include <httplib.h>

#include "protocol/encoding/json.h"

namespace node {

namespace {

// A first sync of a large federation is one command.
constexpr time_t kLongestCommandSeconds = 24 * 3600;

}  // namespace

std::filesystem::path command_socket(const std::filesystem::path& data_folder) {
  return data_folder / "kith.sock";
}

std::optional<ExitCode> run_in_node(const std::filesystem::path& data_folder, Invocation invocation,
                                    CommandOutput& output) {
  const auto socket = command_socket(data_folder);
  std::error_code absent;
  if (!std::filesystem::is_socket(socket, absent)) return std::nullopt;

  while (true) {
    httplib::Client client(socket.string());
    client.set_address_family(AF_UNIX);
    client.set_default_headers({{"Host", "localhost"}});
    client.set_read_timeout(kLongestCommandSeconds, 0);
    std::optional<ExitCode> exit;
    std::string question, pending;
    const auto take_line = [&](std::string_view line) {
      const auto said = protocol::parse_json(line);
      if (!said || !said->if_object() || said->if_object()->empty()) return;
      const auto& [kind, value] = said->if_object()->front();
      if (const auto number = value.if_integer(); kind == "exit" && number)
        exit = static_cast<ExitCode>(*number);
      const auto* text = value.if_string();
      if (!text) return;
      if (kind == "print") output.print(*text);
      if (kind == "complain") output.complain(*text);
      if (kind == "progress") output.progress(*text);
      if (kind == "ask") question = *text;
    };
    httplib::Request request;
    request.method = "POST";
    request.path = "/command";
    request.set_header("Content-Type", "application/json");
    request.body = to_line(invocation);
    request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t,
                                   std::uint64_t) {
      pending.append(data, size);
      for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
        take_line(std::string_view(pending).substr(0, end));
        pending.erase(0, end + 1);
      }
      return true;
    };
    const auto answer = client.send(request);
    if (!answer && answer.error() == httplib::Error::Connection)
      return std::nullopt;  // left behind by a node that was killed
    if (!question.empty()) {
      if (!output.ask(question)) {
        output.print("Nothing was changed.\n");
        return kExitNo;
      }
      invocation.confirmed.push_back(question);
      continue;
    }
    if (!exit) {
      output.complain(
          "The running node did not finish the answer. What it had committed is kept; see its "
          "log.\n");
      return kExitIo;
    }
    return exit;
  }
}

}  // namespace node
