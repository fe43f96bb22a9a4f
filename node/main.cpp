#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "crawler/fetcher.h"
#include "crawler/test_network.h"
#include "node/cli/command_line.h"
#include "node/cli/commands.h"
#include "node/cli/console_client.h"
#include "node/cli/passphrase.h"
#include "node/cli/serve.h"
#include "node/clock.h"
#include "node/node.h"

namespace {

/// The person's terminal.
class Terminal final : public node::CommandOutput {
 public:
  /// `takes_yes`: the command can be told beforehand what the person would answer.
  explicit Terminal(bool takes_yes) : takes_yes_(takes_yes) {}
  void print(std::string_view text) override {
    end_progress();
    std::cout << text << std::flush;
  }
  void complain(std::string_view text) override {
    end_progress();
    std::cerr << text << std::flush;
  }
  void progress(std::string_view line) override {
    if (!is_terminal_) {
      std::cerr << line << "\n";
      return;
    }
    std::cerr << "\r\x1b[2K" << line.substr(0, 79) << std::flush;
    in_progress_ = true;
  }
  bool ask(const std::string& question) override {
    end_progress();
    std::cout << node::wrapped(question) << " [y/N] " << std::flush;
    std::string answer;
    if (!isatty(STDIN_FILENO) || !std::getline(std::cin, answer)) {
      std::cout << "\n"
                << node::wrapped(
                       takes_yes_
                           ? "Nobody is here to answer; add --yes instead (with the whole kith1: "
                             "line, where one is meant)."
                           : "Nobody is here to answer, and this is done by a person at a "
                             "terminal only.")
                << "\n";
      return false;
    }
    return answer == "y" || answer == "Y" || answer == "yes";
  }

 private:
  void end_progress() {
    if (in_progress_) std::cerr << "\r\x1b[2K" << std::flush;
    in_progress_ = false;
  }
  const bool takes_yes_;
  const bool is_terminal_ = isatty(STDERR_FILENO) != 0;
  bool in_progress_ = false;
};

int run(const node::CommandLine& line) {
  Terminal terminal(node::takes_option(line.invocation.command, "--yes"));
  auto invocation = line.invocation;
  if (invocation.command == "explain") return node::command_explain(invocation, terminal);
  if (invocation.command == "restore")
    return node::command_restore(invocation, line.data_folder, node::SystemClock(), terminal);
  if (!node::ask_passphrase_ahead(invocation, terminal)) return node::kExitUsage;
  if (invocation.command == "verify")
    return node::command_verify(invocation, node::SystemClock().now(), terminal);

  if (invocation.command != "serve") {
    // While a node runs every command goes to it.
    if (const auto exit = node::run_in_node(line.data_folder, invocation, terminal)) return *exit;
  }
  crawler::FetcherOptions options;
  if (!line.test_network.empty()) {
    auto network = crawler::load_test_network(line.test_network);
    if (!network) return node::say_refusal(network.error(), terminal);
    options.test_network = std::move(*network);
  }
  crawler::Fetcher fetcher(std::move(options));
  const node::SystemClock clock;
  std::unique_ptr<node::Node> opened;
  // Whoever misspelled the folder sees an empty node, and must not think that all was lost.
  std::error_code unknown;
  const bool is_new = !std::filesystem::exists(line.data_folder, unknown) && !unknown;
  try {
    opened = std::make_unique<node::Node>(line.data_folder, clock, &fetcher);
  } catch (const node::DataError& error) {
    return node::say_refusal({error.code(), error.what()}, terminal);
  } catch (const node::StoreError& error) {
    if (error.is_damage())
      return node::say_refusal({protocol::ErrorCode::storage_damaged, error.what()}, terminal);
    // A disk without room is also why the first read can fail: SQLite needs a file of its own for
    // it.
    if (error.is_disk_full() || error.is_disk_trouble())
      return node::say_refusal({protocol::ErrorCode::storage_full, error.what()}, terminal);
    terminal.complain("The database could not be opened: " + std::string(error.what()) + "\n");
    return node::kExitIo;
  }
  if (is_new && invocation.command != "init") {
    terminal.complain(node::wrapped("There was nothing at " + line.data_folder.string() +
                                    ": an empty node begins there. If yours lies elsewhere, say "
                                    "where with --data or KITH_DATA.") +
                      "\n");
  }
  if (invocation.command == "serve") {
    try {
      return node::serve(invocation, *opened, [&] { fetcher.stop(); });
    } catch (const node::DataError& error) {
      return node::say_refusal({error.code(), error.what()}, terminal);
    }
  }
  return node::execute(invocation, *opened, terminal);
}

}  // namespace

int main(int argc, char** argv) {
  const auto line = node::parse_command_line(argc, argv);
  if (line.exit) return *line.exit;
  signal(SIGPIPE, SIG_IGN);
  if (line.invocation.command == "serve") {
    // Before any thread begins, so that each inherits it and only serve() waits for them.
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  }
  try {
    return run(line);
  } catch (const std::exception& error) {
    std::cerr << "Something unexpected went wrong: " << error.what() << "\n";
    return node::kExitIo;
  }
}
