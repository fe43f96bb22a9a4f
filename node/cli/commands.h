#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "node/cli/invocation.h"
#include "node/node.h"

// What each command does, given a node. Every function prints its answer and returns the exit code.

namespace node {

/// Carries out any command but `serve`. Catches what a command can throw and says it in words.
ExitCode execute(const Invocation& invocation, Node& node, CommandOutput& output);

// commands_publish.cpp: one's own listings
ExitCode command_init(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_put(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_withdraw(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_confirm(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_renew(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_notify_add(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_notify_list(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_notify_remove(const Invocation& invocation, Node& node, CommandOutput& output);
/// Tells the whole notify list of this node's own newest head, and prints who answered what.
ExitCode notify_all(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_publish(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_remind(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_id(const Invocation& invocation, Node& node, CommandOutput& output);
// commands_identity.cpp: the next version of one's own identity
ExitCode command_rotate(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_move(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_deactivate(const Invocation& invocation, Node& node, CommandOutput& output);
// command_import.cpp
ExitCode command_import(const Invocation& invocation, Node& node, CommandOutput& output);
// command_export.cpp
ExitCode command_export(const Invocation& invocation, Node& node, CommandOutput& output);
// commands_follow.cpp: others' feeds, and whom this node trusts
ExitCode command_anchor_add(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_anchor_list(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_anchor_remove(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_recognize(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_unrecognize(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_follow(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_unfollow(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_mirror(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_sync(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_status(const Invocation& invocation, Node& node, CommandOutput& output);
// commands_association.cpp: what an association does with those that it recognizes
ExitCode command_chapters(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_suspend(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_reinstate(const Invocation& invocation, Node& node, CommandOutput& output);
// commands_search.cpp
ExitCode command_search(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_show(const Invocation& invocation, Node& node, CommandOutput& output);
// commands_recovery.cpp: what is to be forgotten, kept, handed on and taken up again
ExitCode command_erase(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_backup(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_hand_over(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_catch_up(const Invocation& invocation, Node& node, CommandOutput& output);
/// Makes a data folder, so it runs before there is a node.
ExitCode command_restore(const Invocation& invocation, const std::filesystem::path& data_folder,
                         const Clock& clock, CommandOutput& output);
/// Looks at the own public address, unless that was done within the last `not_within`, and
/// remembers what speaks against publishing from here (SPEC 6.1). Waits for the network, no longer
/// than `patience` (zero: as its own limits allow). Says why, where nobody could be reached.
std::optional<protocol::Error> check_published_history(Node& node, std::chrono::seconds not_within,
                                                       std::chrono::milliseconds patience = {});
/// What `kith doctor` says of recovery sheet, backups, hand-over and second machines.
void recovery_advice(Store& store, const std::filesystem::path& data_folder,
                     protocol::Timestamp now, std::vector<std::string>& advice);
// commands_evidence.cpp: what is proven to others, and what others do with one's name
ExitCode command_evidence(const Invocation& invocation, Node& node, CommandOutput& output);
/// Needs no node and no data folder: only the file, the anchor that the person names, and the time.
ExitCode command_verify(const Invocation& invocation, protocol::Timestamp now,
                        CommandOutput& output);
ExitCode command_monitor(const Invocation& invocation, Node& node, CommandOutput& output);
// commands_checks.cpp: what this node asks of listings, and what people found out
ExitCode command_policy(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_note(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_notes(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_probe(const Invocation& invocation, Node& node, CommandOutput& output);
// commands_moderation.cpp: what this node does not show, and what readers reported
ExitCode command_deny(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_allow(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_denied(const Invocation& invocation, Node& node, CommandOutput& output);
ExitCode command_reports(const Invocation& invocation, Node& node, CommandOutput& output);
// commands_care.cpp
ExitCode command_doctor(const Invocation& invocation, Node& node, CommandOutput& output);
// commands_explain.cpp
/// Needs no node: it must answer where none can be opened.
ExitCode command_explain(const Invocation& invocation, CommandOutput& output);

/// The name of a publisher for the operator's eyes alone: also of one that is denied, whose name
/// nobody else is shown. Its SCID where no name is known.
std::string name_for_operator(const std::string& scid, Node& node);
/// Says what was refused and what to do about it, and gives the exit code.
ExitCode say_refusal(const protocol::Error& error, CommandOutput& output);
/// For what only a publisher can do, where `kith init` never ran.
ExitCode say_no_publisher(CommandOutput& output);
/// The records that a person means by SCID/UUID or UUID alone; complains and returns nothing where
/// that is not one.
std::optional<RecordKey> record_meant(const std::string& text, Node& node, CommandOutput& output);
/// The SCID of the publisher that a person means by identity, DID, kith1: line or name; complains
/// and returns nothing where that is not one.
std::optional<std::string> publisher_meant(const std::string& text, Node& node,
                                           CommandOutput& output);

}  // namespace node
