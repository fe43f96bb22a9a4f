#include "node/cli/passphrase.h"

#include <iostream>

#include <sodium.h>
#include <termios.h>
#include <unistd.h>

namespace node {

namespace {

constexpr const char* kPassphraseOption = "passphrase-file";

/// The terminal without echo, as long as it lives.
class PassphraseUnseen {
 public:
  PassphraseUnseen() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_quiet_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  ~PassphraseUnseen() {
    if (is_quiet_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  PassphraseUnseen(const PassphraseUnseen&) = delete;
  PassphraseUnseen& operator=(const PassphraseUnseen&) = delete;

 private:
  termios before_{};
  bool is_quiet_ = false;
};

std::string passphrase_typed(const std::string& prompt, CommandOutput& output) {
  output.print(prompt);
  std::string line;
  {
    const PassphraseUnseen quiet;
    std::getline(std::cin, line);
  }
  output.print("\n");
  return line;
}

}  // namespace

std::optional<std::string> passphrase_given(const Invocation& invocation, PassphraseIs which,
                                            CommandOutput& output) {
  if (invocation.has(kPassphraseOption)) {
    auto text = invocation.file(kPassphraseOption);
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    if (!text.empty()) return text;
    output.complain("--passphrase-file: its first line is empty.\n");
    return std::nullopt;
  }
  if (!::isatty(STDIN_FILENO)) {
    output.complain(
        wrapped("Nobody is here to type a passphrase; name a file that only you can read with "
                "--passphrase-file.") +
        "\n");
    return std::nullopt;
  }
  auto typed = passphrase_typed("Passphrase: ", output);
  if (which == PassphraseIs::fresh) {
    auto again = passphrase_typed("The same once more: ", output);
    const bool equal = typed == again;
    sodium_memzero(again.data(), again.size());
    if (!equal) {
      output.complain("The two are not the same. Nothing was done.\n");
      return std::nullopt;
    }
  }
  if (typed.empty()) {
    output.complain("Without a passphrase nothing was done.\n");
    return std::nullopt;
  }
  return typed;
}

bool ask_passphrase_ahead(Invocation& invocation, CommandOutput& output) {
  const bool seals =
      (invocation.command == "backup" && invocation.has("with-keys")) ||
      (invocation.command == "hand-over" && invocation.has("file") && !invocation.has("take-back"));
  if (!seals || invocation.has(kPassphraseOption)) return true;
  auto typed = passphrase_given(invocation, PassphraseIs::fresh, output);
  if (!typed) return false;
  invocation.options[kPassphraseOption] = {"(typed)"};
  invocation.files[kPassphraseOption] = std::move(*typed);
  return true;
}

}  // namespace node
