#include <algorithm>

#include "crawler/fetch_url.h"
#include "node/cli/commands.h"
#include "node/cli/output_place.h"
#include "protocol/identity/did.h"

namespace node {

namespace {

constexpr std::chrono::hours kHeartbeatAge{20};
constexpr std::chrono::days kRenewWithin{60};

/// What a volunteer reads when some of what they gave cannot be published.
void publish_say_problems(const std::vector<DraftProblems>& refused,
                          const std::vector<std::string>& names, CommandOutput& output) {
  for (const auto& [index, problems] : refused) {
    for (const auto& problem : problems) {
      output.complain(wrapped(names[index] + ": " + words_for(problem), 2) + "\n");
    }
  }
  output.complain("Nothing was published. Mend this and run the command again.\n");
}

std::string publish_name_of(const protocol::Json& subject) {
  const auto* name = subject.find("name");
  return name && name->if_string() ? *name->if_string() : "a listing without a name";
}

/// The own records that the arguments name; complains where one is not an own live one.
std::optional<std::vector<RecordKey>> publish_own_records(const std::vector<std::string>& ids,
                                                          const Publisher& publisher, Store& store,
                                                          CommandOutput& output) {
  std::vector<RecordKey> keys;
  for (const auto& text : ids) {
    auto key = RecordKey::parse(text);
    if (!key)
      key = RecordKey{publisher.scid(), text.starts_with("urn:uuid:") ? text.substr(9) : text};
    if (key->scid != publisher.scid()) {
      output.complain("Not yours: " + text + " is published by " + key->scid +
                      ". Nothing was changed.\n");
      return std::nullopt;
    }
    if (!store.queries().record(*key)) {
      output.complain("You have no live record " + text +
                      ". Nothing was changed. `kith search --json` shows ids.\n");
      return std::nullopt;
    }
    keys.push_back(std::move(*key));
  }
  return keys;
}

}  // namespace

ExitCode command_init(const Invocation& invocation, Node& node, CommandOutput& output) {
  NewPublisher wanted;
  wanted.name = invocation.first("name");
  wanted.folder_url = invocation.first("url");
  while (wanted.folder_url.ends_with('/')) wanted.folder_url.pop_back();
  wanted.kind = invocation.first("kind");
  if (wanted.kind == "chapter") wanted.kind = "state_chapter";
  wanted.area = invocation.all("area");
  wanted.homepage = invocation.first("homepage");
  wanted.contact = invocation.first("contact");
  if (invocation.has("language")) wanted.language = invocation.first("language");
  if (invocation.has("data-license")) wanted.data_license = invocation.first("data-license");
  wanted.recovery_sheet = invocation.output_path(invocation.first("recovery"));

  for (const auto& code : wanted.area) {
    if (!protocol::is_region_code(code)) {
      output.complain("--area: '" + code +
                      "' is not an ISO 3166 code; write for example US or US-OH.\n");
      return kExitUsage;
    }
  }
  if (wanted.area.empty() || wanted.area.size() > 8) {
    output.complain(
        "--area: give one to eight codes, such as US-OH: the area that you answer for.\n");
    return kExitUsage;
  }
  if (!protocol::is_known(protocol::Vocabulary::publisher_kinds, wanted.kind)) {
    output.complain("--kind: '" + wanted.kind + "' is not a kind of publisher. Choose one of:\n");
    for (const auto& term : protocol::terms(protocol::Vocabulary::publisher_kinds)) {
      output.complain("  " + std::string(term.value) + "  " + std::string(term.label) + "\n");
    }
    return kExitUsage;
  }
  const auto did = protocol::did_from_folder_url(wanted.folder_url, "{SCID}");
  if (!did) {
    output.complain(
        wrapped("--url: " + did.error().detail +
                ". Write the https address under which the folder will be readable, such as "
                "https://chapter.example/o/main .") +
        "\n");
    return kExitUsage;
  }
  if (const auto address = crawler::parse_fetch_url(wanted.folder_url + "/did.jsonl"); !address) {
    output.complain(wrapped("--url: nobody could read it there: " + address.error().detail) + "\n");
    return kExitUsage;
  }
  if (!invocation.has("static")) {
    const auto path = wanted.folder_url.find('/', std::string_view("https://").size());
    wanted.api_url = wanted.folder_url.substr(0, path);
  }
  const auto line = node.change([&](Store& store, Publisher*) {
    Publisher::create(store, wanted, node.clock().now());
    return Publisher(store).line();
  });
  output.print(wanted.name + " can publish now. Its line, for paper, mail or a web page:\n\n" +
               line + "\n\n" +
               wrapped("The recovery sheet is at " + wanted.recovery_sheet.string() +
                       ". Print it, put it in a drawer, and delete the file: without it nobody can "
                       "move this publisher to other keys or "
                       "another address.") +
               "\n\nNext: kith import GROUPS.csv\n");
  return kExitOk;
}

ExitCode command_put(const Invocation& invocation, Node& node, CommandOutput& output) {
  protocol::JsonLimits limits;
  limits.max_bytes = 8 << 20;
  const auto parsed = protocol::parse_json(invocation.file("file"), limits);
  if (!parsed) {
    output.complain(wrapped(invocation.first("file") + " is not JSON: " + parsed.error().detail) +
                    "\n");
    return kExitUsage;
  }
  std::vector<protocol::Json> subjects;
  if (const auto* array = parsed->if_array()) {
    subjects = *array;
  } else {
    subjects.push_back(*parsed);
  }
  return node.change([&](Store& store, Publisher* publisher) {
    if (!publisher) return say_no_publisher(output);
    const auto now = node.clock().now();
    std::vector<Draft> drafts;
    std::vector<std::string> names;
    for (auto& subject : subjects) {
      if (!subject.if_object()) {
        output.complain(invocation.first("file") + ": expected one listing, or a list of them\n");
        return kExitUsage;
      }
      Draft draft;
      if (const auto* id = subject.find("id"); id && id->if_string()) draft.id = *id->if_string();
      if (!draft.id.empty()) {
        const auto known = store.queries().record(
            {publisher->scid(), draft.id.size() > 9 ? draft.id.substr(9) : ""});
        if (known && known->type != "listing") {
          output.complain(draft.id + " is no listing.\n");
          return kExitUsage;
        }
        // Changing a listing is not confirming it: who wants that says so, here or by `confirm`.
        if (known) {
          const auto before = publisher->own_envelope(*known).subject;
          if (!subject.find("confirmed_at")) {
            for (const auto* name : {"confirmed_at", "confirmed_by_role", "review_by"})
              if (const auto* value = before.find(name); value && !subject.find(name))
                subject.set(name, *value);
          }
        }
      }
      auto defaults = publisher->listing_defaults(now);
      if (draft.id.empty()) draft.id = new_record_id();
      defaults.id = draft.id;
      protocol::fill_defaults(subject, defaults);
      names.push_back(publish_name_of(subject));
      draft.subject = std::move(subject);
      drafts.push_back(std::move(draft));
    }
    if (const auto refused = publisher->publish(drafts, now); !refused.empty()) {
      publish_say_problems(refused, names, output);
      return kExitNo;
    }
    for (std::size_t i = 0; i < drafts.size(); ++i)
      output.print(publisher->scid() + "/" + drafts[i].id.substr(9) + "  " + names[i] + "\n");
    return kExitOk;
  });
}

ExitCode command_withdraw(const Invocation& invocation, Node& node, CommandOutput& output) {
  std::string why = invocation.has("why") ? invocation.first("why") : "withdrawn";
  if (why != "withdrawn" && why != "closed" && why != "mistake") {
    output.complain("--why: choose withdrawn, closed or mistake.\n");
    return kExitUsage;
  }
  return node.change([&](Store& store, Publisher* publisher) {
    if (!publisher) return say_no_publisher(output);
    const auto keys = publish_own_records(invocation.all("id"), *publisher, store, output);
    if (!keys) {
      publisher->finish_files(node.clock().now());
      return kExitUsage;
    }
    std::vector<Draft> drafts;
    for (const auto& key : *keys) {
      Draft draft;
      draft.what = Draft::What::end;
      draft.id = key.urn();
      draft.why = why;
      drafts.push_back(std::move(draft));
    }
    if (const auto refused = publisher->publish(drafts, node.clock().now()); !refused.empty()) {
      publish_say_problems(refused, invocation.all("id"), output);
      return kExitNo;
    }
    output.print(std::to_string(keys->size()) +
                 " withdrawn. Every node that follows you drops it at its next reading.\n");
    return kExitOk;
  });
}

ExitCode command_confirm(const Invocation& invocation, Node& node, CommandOutput& output) {
  return node.change([&](Store& store, Publisher* publisher) {
    if (!publisher) return say_no_publisher(output);
    std::vector<RecordKey> keys;
    if (invocation.has("all")) {
      if (const auto feed = store.queries().feed(publisher->scid())) {
        for (const auto& record : store.queries().records(feed->feed_id, "listing"))
          keys.push_back(record.key);
      }
    } else {
      auto named = publish_own_records(invocation.all("id"), *publisher, store, output);
      if (!named) return kExitUsage;
      keys = std::move(*named);
    }
    if (keys.empty()) {
      output.complain("Name the listings to confirm, or --all.\n");
      return kExitUsage;
    }
    const auto now = node.clock().now();
    const auto today = std::chrono::floor<std::chrono::days>(now);
    const std::string role = invocation.has("by") ? invocation.first("by") : "chapter_admin";
    std::vector<Draft> drafts;
    std::vector<std::string> names;
    for (const auto& key : keys) {
      const auto envelope = publisher->own_envelope(*store.queries().record(key));
      if (envelope.type != protocol::DocumentType::listing) continue;
      Draft draft;
      draft.id = key.urn();
      draft.subject = envelope.subject;
      draft.subject.set("confirmed_at", protocol::format_date(today));
      draft.subject.set("confirmed_by_role", role);
      draft.subject.set("review_by", protocol::format_date(today + std::chrono::days(180)));
      names.push_back(publish_name_of(draft.subject));
      drafts.push_back(std::move(draft));
    }
    if (const auto refused = publisher->publish(drafts, now); !refused.empty()) {
      publish_say_problems(refused, names, output);
      return kExitNo;
    }
    output.print(std::to_string(drafts.size()) + " confirmed as of " +
                 protocol::format_date(today) + ".\n");
    return kExitOk;
  });
}

ExitCode command_renew(const Invocation&, Node& node, CommandOutput& output) {
  return node.change([&](Store& store, Publisher* publisher) {
    if (!publisher) return say_no_publisher(output);
    const auto now = node.clock().now();
    std::vector<Draft> drafts;
    std::vector<std::string> names;
    std::size_t to_confirm = 0;
    if (const auto feed = store.queries().feed(publisher->scid())) {
      for (const auto& record : store.queries().records(feed->feed_id)) {
        if (record.head_expires > now + kRenewWithin) continue;
        const auto envelope = publisher->own_envelope(record);
        // Vouching ends when it was said to end.
        if (envelope.type == protocol::DocumentType::recognition) continue;
        Draft draft;
        draft.id = record.key.urn();
        draft.type = envelope.type;
        draft.subject = envelope.subject;
        if (draft.type == protocol::DocumentType::listing) {
          // Signing again moves no date that a person set: only a listing cut short by the 400 days
          // gains.
          const auto listing = protocol::read_listing(draft.subject);
          if (!listing || protocol::listing_valid_until(*listing, now) <= record.head_expires) {
            ++to_confirm;
            continue;
          }
        }
        names.push_back(publish_name_of(draft.subject));
        drafts.push_back(std::move(draft));
      }
    }
    if (drafts.empty()) {
      publisher->finish_files(now);
    } else {
      if (const auto refused = publisher->publish(drafts, now); !refused.empty()) {
        publish_say_problems(refused, names, output);
        return kExitNo;
      }
    }
    output.print(std::to_string(drafts.size()) + " signed again.\n");
    if (to_confirm > 0) {
      output.print(wrapped(std::to_string(to_confirm) +
                           " listings end within 60 days because nobody has confirmed them lately: "
                           "ask their groups, then run "
                           "`kith confirm`.") +
                   "\n");
    }
    return kExitOk;
  });
}

ExitCode command_publish(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto written = node.change([&](Store&, Publisher* publisher) {
    if (!publisher) return say_no_publisher(output);
    auto folder = publisher->public_folder();
    if (invocation.has("to")) {
      const auto named = folder_to_write(invocation, "to", node.folder(), output);
      if (!named) return ExitCode{kExitUsage};
      folder = *named;
    }
    publisher->write_files(
        folder, node.clock().now(), kHeartbeatAge, [&](std::size_t done, std::size_t total) {
          output.progress("Writing " + std::to_string(done) + " of " + std::to_string(total));
        });
    if (!invocation.json()) output.print("The files are in " + folder.string() + ".\n");
    if (invocation.has("to") && !invocation.json()) {
      output.print("Copy the folder to your web host; did.jsonl must be readable at\n" +
                   protocol::did_folder_url(*protocol::parse_did(publisher->did())) +
                   "did.jsonl\n");
    }
    return ExitCode{kExitOk};
  });
  // Never while the store is held: others are waited for.
  return written == kExitOk && invocation.has("notify") ? notify_all(invocation, node, output)
                                                        : written;
}

ExitCode command_id(const Invocation& invocation, Node& node, CommandOutput& output) {
  return node.change([&](Store&, Publisher* publisher) {
    if (!publisher) return say_no_publisher(output);
    if (invocation.json()) {
      output.print(protocol::canonical(protocol::Json::object({{"line", publisher->line()},
                                                               {"did", publisher->did()},
                                                               {"scid", publisher->scid()},
                                                               {"name", publisher->name()}})) +
                   "\n");
      return kExitOk;
    }
    output.print(publisher->line() + "\n");
    if (!invocation.has("line-only")) {
      output.print("\n" + publisher->name() +
                   "\nTo read aloud: " + protocol::spoken_scid(publisher->scid()) + "\n");
    }
    return kExitOk;
  });
}

}  // namespace node
