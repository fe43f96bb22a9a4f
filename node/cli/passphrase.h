#pragma once

#include <optional>
#include <string>

#include "node/cli/invocation.h"

namespace node {

/// Whether to ask once, or twice for a passphrase that nobody has used yet.
enum class PassphraseIs { known, fresh };

/// What --passphrase-file holds (its first line), or what the person types on the terminal, unseen;
/// never a word of the command line, which other users of the machine can read. Complains and gives
/// nothing where there is neither, or the two typings differ.
std::optional<std::string> passphrase_given(const Invocation& invocation, PassphraseIs which,
                                            CommandOutput& output);

/// Asks for what `invocation` will need, at the terminal where it was typed, before it goes to a
/// running node. False: the person gave none, and was told.
bool ask_passphrase_ahead(Invocation& invocation, CommandOutput& output);

}  // namespace node
