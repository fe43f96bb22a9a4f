#include <utility>

#include "crawler/fetch_url.h"
#include "node/cli/commands.h"
#include "node/publish/identity_change.h"
#include "protocol/identity/did.h"

namespace node {

namespace {

/// What every change of identity is told in the same way.
IdentityChange identity_wanted(IdentityChange::What what, const Invocation& invocation) {
  IdentityChange change;
  change.what = what;
  change.sheet = read_recovery_sheet(invocation.file("recovery"));
  if (invocation.has("new-sheet"))
    change.new_sheet = invocation.output_path(invocation.first("new-sheet"));
  return change;
}

IdentityChanged identity_change(Node& node, const IdentityChange& change) {
  return node.change_store(
      [&](Store& store) { return change_identity(store, change, node.clock().now()); });
}

void identity_say_sheet(const IdentityChange& change, const IdentityChanged& changed,
                        CommandOutput& output) {
  std::string text = "The new recovery sheet is at " + change.new_sheet.string() +
                     ". Print it, put it in a drawer, and delete the file; destroy the old one.";
  if (changed.paper_stays) {
    text += " The half that you gave to your parent body or a second officer stays good.";
  } else if (changed.second_successor) {
    text +=
        " The second successor was used, so both keys on it are new: give the lower half to your "
        "parent body or a second officer again.";
  }
  output.print(wrapped(text) + "\n");
}

/// Whoever gave the command must not give it again: it is done, but for files.
ExitCode identity_end(const IdentityChanged& changed, CommandOutput& output) {
  if (changed.files_missing.empty()) return kExitOk;
  output.complain(
      wrapped("This counts from now on, and a new sheet is good. But files could not be written: " +
              changed.files_missing +
              ". Mend that, and then run `kith publish`, not this command again.") +
      "\n");
  return kExitIo;
}

protocol::Json identity_json(const IdentityChange& change, const IdentityChanged& changed) {
  auto json = protocol::Json::object({{"line", changed.line},
                                      {"did", changed.did},
                                      {"old_did", changed.old_did},
                                      {"documents", static_cast<std::int64_t>(changed.documents)},
                                      {"second_successor", changed.second_successor}});
  if (!change.new_sheet.empty()) json.set("new_sheet", change.new_sheet.string());
  return json;
}

}  // namespace

ExitCode command_rotate(const Invocation& invocation, Node& node, CommandOutput& output) {
  const bool stolen = invocation.has("stolen");
  auto change = identity_wanted(
      stolen ? IdentityChange::What::new_epoch : IdentityChange::What::rotate, invocation);
  change.new_node_key = invocation.has("node");
  const auto changed = identity_change(node, change);
  if (invocation.json()) {
    output.print(protocol::canonical(identity_json(change, changed)) + "\n");
    return identity_end(changed, output);
  }
  output.print("The keys are new, and " + std::to_string(changed.documents) +
               (changed.documents == 1 ? " document was" : " documents were") +
               " signed again. The new line:\n\n" + changed.line + "\n\n");
  if (stolen) {
    output.print(
        wrapped("The feed begins again under another number. Whoever follows you drops what the "
                "stolen key signed as soon as the new feed was read; where your folder lies at a "
                "web host, copy it there now.") +
        "\n\n");
  }
  identity_say_sheet(change, changed, output);
  output.print("\n" +
               wrapped("Recognitions and anchors that name you go on: they name the identity, "
                       "not the keys. Where your folder lies at a web host, copy it there "
                       "(`kith publish --to FOLDER`).") +
               "\n");
  return identity_end(changed, output);
}

ExitCode command_move(const Invocation& invocation, Node& node, CommandOutput& output) {
  auto change = identity_wanted(IdentityChange::What::move, invocation);
  change.folder_url = invocation.first("url");
  while (change.folder_url.ends_with('/')) change.folder_url.pop_back();
  if (const auto did = protocol::did_from_folder_url(change.folder_url, "{SCID}"); !did) {
    output.complain(wrapped(did.error().detail +
                            ". Write the new https address of the folder, such as "
                            "https://chapter.example/o/main .") +
                    "\n");
    return kExitUsage;
  }
  if (const auto address = crawler::parse_fetch_url(change.folder_url + "/did.jsonl"); !address) {
    output.complain(wrapped("Nobody could read it there: " + address.error().detail) + "\n");
    return kExitUsage;
  }
  const auto changed = identity_change(node, change);
  if (invocation.json()) {
    output.print(protocol::canonical(identity_json(change, changed)) + "\n");
    return identity_end(changed, output);
  }
  const auto folder = (node.folder() / "public").string();
  const auto url_of = [](const std::string& did) {
    const auto parsed = protocol::parse_did(did);
    return parsed ? protocol::did_folder_url(*parsed) : std::string();
  };
  output.print(
      "The publisher is now " + changed.did + ", and " + std::to_string(changed.documents) +
      (changed.documents == 1 ? " document was" : " documents were") +
      " signed again. Its identity is the same. The new line:\n\n" + changed.line + "\n\n");
  output.print(
      wrapped("1. Copy all of " + folder + " to the new place, so that did.jsonl can be read at " +
                  url_of(changed.did) +
                  "did.jsonl . (`kith publish --to FOLDER` writes it in the "
                  "right order.)",
              3) +
      "\n" +
      wrapped("2. Then replace one file at the old place, " + url_of(changed.old_did) +
                  "did.jsonl , by the did.jsonl of that folder, and leave the others as they are. "
                  "Whoever reads there finds the way. Keep it for a year if you can, and at least "
                  "until everybody who follows you has been by; a web redirect does not do it, "
                  "since nodes follow none.",
              3) +
      "\n" +
      wrapped("3. If this node serves the folder itself, restart it: it then answers at the new "
              "address, and at the old one as long as that leads here.",
              3) +
      "\n\n");
  identity_say_sheet(change, changed, output);
  return identity_end(changed, output);
}

ExitCode command_deactivate(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto change = identity_wanted(IdentityChange::What::deactivate, invocation);
  std::string name;
  node.change([&](Store& store, Publisher* publisher) {
    if (publisher) name = publisher->name();
    // Nobody is asked about what cannot be done.
    check_identity_change(store, change);
  });
  if (!output.ask("End the publisher " + name +
                  " for good? Its listings and recognitions go everywhere, and nobody can ever "
                  "publish as it again")) {
    output.print("Nothing was changed.\n");
    return kExitNo;
  }
  const auto changed = identity_change(node, change);
  if (invocation.json()) {
    output.print(protocol::canonical(identity_json(change, changed)) + "\n");
    return identity_end(changed, output);
  }
  output.print(wrapped("The publisher has ended, and " + std::to_string(changed.documents) +
                       (changed.documents == 1 ? " record was" : " records were") +
                       " taken back. Leave the folder where it is (copy it to your web "
                       "host once more): whoever follows you must find did.jsonl there to learn of "
                       "it. The recovery sheet has no use any more; destroy it.") +
               "\n");
  return identity_end(changed, output);
}

}  // namespace node
