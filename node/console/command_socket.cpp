#include "node/console/command_socket.h"

#include <algorithm>
#include <memory>

#include "node/cli/commands.h"
#include "protocol/encoding/json.h"

namespace node {

namespace {

class SocketOutput final : public CommandOutput {
 public:
  SocketOutput(const ChunkWriter& write, const std::vector<std::string>& confirmed)
      : write_(write), confirmed_(confirmed) {}
  void print(std::string_view text) override { say("print", protocol::Json(text)); }
  void complain(std::string_view text) override { say("complain", protocol::Json(text)); }
  void progress(std::string_view line) override { say("progress", protocol::Json(line)); }
  bool ask(const std::string& question) override {
    if (std::find(confirmed_.begin(), confirmed_.end(), question) != confirmed_.end()) return true;
    throw QuestionPending{question};
  }
  void say(std::string_view kind, protocol::Json value) {
    // A command goes on when its terminal was closed: half of it done would be worse.
    write_(protocol::canonical(protocol::Json::object({{std::string(kind), std::move(value)}})) +
           "\n");
  }

 private:
  const ChunkWriter& write_;
  const std::vector<std::string>& confirmed_;
};

}  // namespace

void add_command_route(Router& router, Node& node) {
  router.add("POST", "/command", [&node](const Request& request) {
    if (!request.is_local) return problem(protocol::ErrorCode::not_found);
    auto parsed = invocation_from_line(request.body);
    if (!parsed) return problem(parsed.error().code, parsed.error().detail);
    Response response;
    response.set("Content-Type", "application/jsonl");
    response.stream = [&node, invocation = std::make_shared<Invocation>(std::move(*parsed))](
                          const ChunkWriter& write) {
      SocketOutput output(write, invocation->confirmed);
      try {
        const auto exit = execute(*invocation, node, output);
        output.say("exit", static_cast<std::int64_t>(exit));
      } catch (const QuestionPending& pending) {
        output.say("ask", pending.question);
      }
    };
    return response;
  });
}

}  // namespace node
