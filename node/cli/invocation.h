#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/result.h"

namespace node {

/// One command with its options, parsed and not yet carried out: here, or by the node that is
/// running.
struct Invocation {
  std::string command;  ///< "anchor add"
  std::map<std::string, std::vector<std::string>>
      options;                               ///< by long name; positional ones by theirs
  std::map<std::string, std::string> files;  ///< content of input files, by option
  std::vector<std::string> confirmed;        ///< questions that the person has answered with yes
  std::string working_folder;                ///< relative output paths are below it

  bool has(std::string_view option) const;
  /// The first value; empty where the option was not given.
  std::string first(std::string_view option) const;
  std::vector<std::string> all(std::string_view option) const;
  std::string file(std::string_view option) const;
  bool json() const { return has("json"); }
  /// `path` made absolute by the working folder.
  std::string output_path(std::string_view path) const;
};

/// One line of JSON and back; what goes through the node's socket.
std::string to_line(const Invocation& invocation);
protocol::Result<Invocation> invocation_from_line(std::string_view line);

/// Where a command says what it has to say.
class CommandOutput {
 public:
  virtual ~CommandOutput() = default;
  virtual void print(std::string_view text) = 0;     ///< the answer
  virtual void complain(std::string_view text) = 0;  ///< what went wrong
  virtual void progress(std::string_view line) = 0;  ///< replaces the one before on a terminal
  /// Asks the person. Where that takes another round trip it throws QuestionPending.
  virtual bool ask(const std::string& question) = 0;
};

/// The command must be run again with this question among those confirmed.
struct QuestionPending {
  std::string question;
};

/// Exit codes of `kith` (sysexits, and 1 for "the answer is no").
enum ExitCode : int {
  kExitOk = 0,
  kExitNo = 1,
  kExitUsage = 64,
  kExitDamaged = 65,
  kExitUnreachable = 69,
  kExitIo = 74,
  kExitPermission = 77,
  kExitConfiguration = 78,
};
ExitCode exit_code_for(protocol::ErrorCode code);

/// Paragraphs wrapped at 80 columns, lines after the first indented by `indent`.
std::string wrapped(std::string_view text, std::size_t indent = 0);

}  // namespace node
