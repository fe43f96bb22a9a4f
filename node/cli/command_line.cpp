#include "node/cli/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>

#include <CLI/CLI.hpp>

#include "node/cli/nearest_words.h"

namespace node {

namespace {

struct OptionSpec {
  std::string name;  ///< as given to CLI11: "--area", "file"
  std::string help;
  enum class Kind { flag, value, list, file } kind = Kind::value;
  bool required = false;
};
using Kind = OptionSpec::Kind;

struct CommandSpec {
  std::string name;
  std::string help;
  std::vector<OptionSpec> options;
};

const std::vector<CommandSpec>& command_specs() {
  static const std::vector<CommandSpec> specs = {
      {"init",
       "Make a publisher: identity, keys, an empty feed",
       {{"--name", "What the publisher is called", Kind::value, true},
        {"--url",
         "The https address under which its folder will be readable: "
         "https://chapter.example/o/main",
         Kind::value, true},
        {"--kind", "national_association, state_chapter, collective, alumni_office, …", Kind::value,
         true},
        {"--area", "ISO 3166 codes that it answers for: US-OH", Kind::list, true},
        {"--recovery", "Where to write the recovery sheet; outside the data folder", Kind::value,
         true},
        {"--homepage", "Its web page"},
        {"--contact", "A role address or page for questions"},
        {"--language", "Language of the listings (BCP 47), en"},
        {"--data-license", "SPDX id, CC-BY-4.0"},
        {"--static", "A folder of static files only: no node answers searches at this address",
         Kind::flag}}},
      {"import",
       "Read a spreadsheet (CSV), a newsletter or lines of JSON: a preview, then --apply",
       {{"file", "The sheet as CSV, a newsletter's text, or a listing a line as JSON", Kind::file},
        {"--apply", "Publish what the preview shows", Kind::flag},
        {"--undo", "Take the last import back (again for the one before it); no file is read",
         Kind::flag},
        {"--skip-problems", "With --apply: publish the good rows though some cannot be",
         Kind::flag},
        {"--withdraw-missing",
         "With --apply: withdraw listings that the sheet does not have any more", Kind::flag}}},
      {"export",
       "Write listings as a spreadsheet, calendar, HSDS or JSON-LD",
       {{"id", "SCID/UUID, or UUID; none: all of your own", Kind::list},
        {"--csv", "A spreadsheet that `kith import` takes back", Kind::flag},
        {"--ics", "A calendar (iCalendar)", Kind::flag},
        {"--hsds", "Services for directories (Open Referral HSDS 3.0)", Kind::flag},
        {"--jsonld", "Events for search engines (schema.org)", Kind::flag},
        {"--out", "The file to write; else it is printed"}}},
      {"put",
       "Publish one listing, or change one",
       {{"file", "Its JSON: an object, or a list of them", Kind::file, true}}},
      {"withdraw",
       "Take listings back",
       {{"id", "SCID/UUID, or UUID", Kind::list, true},
        {"--why", "withdrawn (default), closed or mistake"}}},
      {"erase",
       "Remove listings for good: here, and at every node that follows you",
       {{"id", "SCID/UUID, or UUID", Kind::list, true}, {"--yes", "Do not ask", Kind::flag}}},
      {"confirm",
       "Say that listings are still right today",
       {{"id", "SCID/UUID, or UUID", Kind::list},
        {"--all", "All of them", Kind::flag},
        {"--by", "leader, chapter_admin, sponsor or telephone_check"}}},
      {"remind",
       "Write to the leaders of groups whose confirmation runs out: is it still right?",
       {{"id", "Only these: SCID/UUID, or UUID", Kind::list},
        {"--within", "Days to look ahead (45)"},
        {"--list", "Only say which these are; make no links", Kind::flag},
        {"--words", "A text of your own with {group}, {link} and so on", Kind::file},
        {"--out", "Write one file for each leader into this folder"},
        {"--answers", "What leaders wrote back", Kind::flag},
        {"--done", "With --answers: they are dealt with; forget them", Kind::flag}}},
      {"renew", "Sign again what ends within 60 days", {}},
      {"publish",
       "Write the static files again",
       {{"--to", "Another folder, for a web host"},
        {"--notify", "Tell other nodes that there is something new; after the files are in place",
         Kind::flag}}},
      {"notify add",
       "Name a node that is to be told of what is new here",
       {{"url", "Its address: https://chapter.example", Kind::value, true}}},
      {"notify list", "Who is told of what is new here, and why", {}},
      {"notify remove", "Tell it no longer", {{"url", "Its address", Kind::value, true}}},
      {"id",
       "The line that names this publisher, for paper or mail",
       {{"--line-only", "Nothing but the line", Kind::flag}}},
      {"rotate",
       "Replace the publisher's keys, with the recovery sheet",
       {{"--recovery", "The newest recovery sheet, or the half that was cut off", Kind::file, true},
        {"--new-sheet", "Where to write the next one; outside the data folder", Kind::value, true},
        {"--node", "Replace the #node key, too", Kind::flag},
        {"--stolen",
         "The keys were stolen: replace both, and begin the feed again without whatever a thief "
         "may have signed",
         Kind::flag}}},
      {"move",
       "Take the publisher to another address; it stays the same for everybody who knows it",
       {{"url", "The new https address of its folder: https://new-host.example/o/main", Kind::value,
         true},
        {"--recovery", "The newest recovery sheet, or the half that was cut off", Kind::file, true},
        {"--new-sheet", "Where to write the next one; outside the data folder", Kind::value,
         true}}},
      {"deactivate",
       "End the publisher for good: every listing goes, and nothing can be published any more",
       {{"--recovery", "The newest recovery sheet, or the half that was cut off", Kind::file,
         true}}},
      {"anchor add",
       "Trust a publisher, and whom it recognizes",
       {{"publisher", "A kith1: line, a DID, or the address of its folder", Kind::value, true},
        {"--depth", "How many further publishers may stand below those it recognizes"},
        {"--area", "Only for these ISO 3166 codes", Kind::list},
        {"--max-stale", "Days that what it says counts while nothing is heard of it, 35"},
        {"--yes", "Do not ask; only with the whole kith1: line", Kind::flag}}},
      {"anchor list", "Whom this node trusts", {}},
      {"anchor remove",
       "Trust it no longer",
       {{"publisher", "Identity, DID or name", Kind::value, true}}},
      {"recognize",
       "Vouch for another publisher",
       {{"publisher", "A kith1: line, a DID, or the address of its folder", Kind::value, true},
        {"--until", "The day on which it ends (at 0:00 UTC): 2027-06-30, at most 400 days ahead",
         Kind::value, true},
        {"--role", "What it is: state_chapter, collective, …"},
        {"--area", "Only for these ISO 3166 codes", Kind::list},
        {"--depth", "How many further publishers may stand below it, 0"},
        {"--name", "What you call it; its own name otherwise"},
        {"--yes", "Do not ask; only with the whole kith1: line", Kind::flag}}},
      {"unrecognize",
       "Take a recognition back",
       {{"publisher", "Identity, DID or name", Kind::value, true}}},
      {"chapters",
       "Whom you recognize, until when, and how they stand",
       {{"publisher", "Only these: identity, DID or name", Kind::list},
        {"--renew", "Recognize them again, the same, until another day", Kind::flag},
        {"--until", "With --renew: the day on which they end"}}},
      {"suspend",
       "Take a recognition back for a while, and keep why",
       {{"publisher", "Identity, DID or name", Kind::value, true},
        {"--reason", "In a few words; it is not published", Kind::value, true}}},
      {"reinstate",
       "Give a suspended recognition back as it was",
       {{"publisher", "Identity, DID or name", Kind::value, true},
        {"--until", "The day on which it ends (at 0:00 UTC): 2027-06-30, at most 400 days ahead",
         Kind::value, true}}},
      {"follow",
       "Read a publisher's feed regularly",
       {{"publisher",
         "A kith1: line, a DID, the address of its folder, a domain, or a local folder",
         Kind::value, true},
        {"--yes",
         "Do not ask; only with the whole kith1: line, or a folder of one that is followed",
         Kind::flag},
        {"--large",
         "You know this publisher, whose feed is read here: take more of it than of others",
         Kind::flag},
        {"--clear-quarantine",
         "You have looked into its contradiction: show again what was read before it",
         Kind::flag}}},
      {"unfollow",
       "Forget a feed and its copy here",
       {{"publisher", "Identity, DID or name", Kind::value, true}}},
      {"mirror",
       "Write copies of feeds into folders, for exchange without a network",
       {{"publisher", "Only these: identity, DID or name", Kind::list},
        {"--to", "The folder; each feed gets one of its own in it", Kind::value, true}}},
      {"sync", "Read followed feeds now", {{"--feed", "Only this one: identity, DID or name"}}},
      {"status", "How every feed stands", {}},
      {"search",
       "Find groups",
       {{"words", "Words to find; \"in quotes\" for a phrase", Kind::list},
        {"--license", "LMFT, LPC, psychologist, …", Kind::list},
        {"--region", "US-OH, Ohio, US, …", Kind::list},
        {"--cost", "free, sliding_scale, included_in_membership, …, or max-per-month:40",
         Kind::list},
        {"--format", "in_person, video, phone, hybrid, async_text, message_group", Kind::list},
        {"--near", "What meets in person near a ZIP or town: 43215, \"Portland, OR\""},
        {"--within", "How near, 50mi (the default), 80km"},
        {"--online-too", "With --near: also what meets online", Kind::flag},
        {"--kind", "formal_consultation, informal_circle, online_community, …", Kind::list},
        {"--audience", "therapists, trainees, lived_experience, public, …", Kind::list},
        {"--publisher", "Only of this publisher (identity)", Kind::list},
        {"--include-unstated",
         "license, region, cost, format, kind or near: let in what does not say", Kind::list},
        {"--status", "forming, active, full, paused, closed, withdrawn", Kind::list},
        {"--my-license", "A license that you hold, LMFT, …, or none: says whether you can join",
         Kind::list},
        {"--my-state", "Where you are licensed, US-OH, Ohio, …", Kind::list},
        {"--my-stage", "student, pre_licensed, early_career, mid, senior, retired"},
        {"--my-membership", "A body that you are a member of, or none", Kind::list},
        {"--can-join", "yes: only what you can join; probably: that, and what to ask about"},
        {"--show-left-out", "Also what this node's own rules leave out", Kind::flag},
        {"--sort",
         "best_match, confirmed, name, cost, cost_hour, time, next_meeting, eligibility or "
         "nearest"},
        {"--limit", "How many, 20"},
        {"--cursor", "From an earlier answer: the next page"}}},
      {"show",
       "One listing whole",
       {{"id", "SCID/UUID, or UUID", Kind::value, true},
        {"--zone", "Your time zone, to see the next dates in: America/Phoenix"},
        {"--my-license", "A license that you hold, LMFT, …, or none: says whether you can join",
         Kind::list},
        {"--my-state", "Where you are licensed, US-OH, Ohio, …", Kind::list},
        {"--my-stage", "student, pre_licensed, early_career, mid, senior, retired"},
        {"--my-membership", "A body that you are a member of, or none", Kind::list}}},
      {"policy",
       "What this node asks of a listing; choose it by name or from a file",
       {{"name", "community, chapter, strict or open; without it: the one in force"},
        {"--from", "A policy of your own, as a small JSON file", Kind::file}}},
      {"note",
       "Record what you found out about a listing, or what its publisher answers",
       {{"id", "SCID/UUID, or UUID; a publisher's identity alone for all its listings", Kind::value,
         true},
        {"check", "Which check: L7", Kind::value, true},
        {"outcome", "pass, check, warning, or answer (the publisher's own line)", Kind::value,
         true},
        {"text", "One or two sentences; with --remove, none"},
        {"--by", "Who found it, or who answers"},
        {"--remove", "Take the note back", Kind::flag}}},
      {"notes",
       "What was recorded about listings",
       {{"id", "Only of this one: SCID/UUID, UUID or a publisher's identity"},
        {"--overdue", "Only what must be looked at again", Kind::flag}}},
      {"probe",
       "Look whether links open and sponsors' pages name their groups",
       {{"--most", "How many addresses to read at most, 50"},
        {"--all", "Also what was looked at within the last day", Kind::flag}}},
      {"serve",
       "Run the node",
       {{"--public", "Address and port for everybody, 0.0.0.0:8443", Kind::list},
        {"--tls-cert", "Certificate chain (PEM) for --public"},
        {"--tls-key", "Its key (PEM)"},
        {"--plain", "Address and port on loopback without TLS, 127.0.0.1:8101", Kind::list},
        {"--host-name", "A further name under which it is reached", Kind::list},
        {"--proxy", "Address of a reverse proxy whose X-Forwarded-For is believed, 127.0.0.1",
         Kind::list},
        {"--sync-every", "Seconds between looks at one's own feed and at what is shown, 15"},
        {"--read-every", "Minutes between readings of a feed of which there is no news, 15"},
        {"--probes", "How many pages of sponsors and groups to look at a day, 50; 0 for none"}}},
      {"evidence",
       "What proves a listing to somebody without a node",
       {{"id", "SCID/UUID, or UUID", Kind::value, true},
        {"--out", "The file to write; otherwise it is printed"}}},
      {"verify",
       "Check an evidence file: offline, without a node",
       {{"file", "What `kith evidence` wrote", Kind::file, true},
        {"--anchor",
         "Whom you trust: SCID, SCID@VERSION, or its whole kith1: line. Never take it from the "
         "file"}}},
      {"monitor",
       "One's own feed as strangers see it, and what is new among those one recognizes",
       {}},
      {"deny",
       "Show a publisher or one listing of others no more",
       {{"what", "Publisher (identity, kith1: line or name), or ID of a record", Kind::value, true},
        {"--reason", "Why; kept here, shown to nobody else", Kind::value, true},
        {"--until", "The day on which it is shown again: 2027-01-31; otherwise until `kith allow`"},
        {"--yes", "Do not ask", Kind::flag}}},
      {"allow",
       "Take a denial back",
       {{"what", "What was denied, as `kith denied` writes it", Kind::value, true}}},
      {"denied", "What this node does not show, and why", {}},
      {"reports",
       "What readers reported about listings",
       {{"--close", "The number of a report that was looked into"},
        {"--outcome", "nothing or upheld"},
        {"--note",
         "With upheld: in a few words what was found; every reader of the listing sees it"}}},
      {"doctor", "Check everything that is stored", {}},
      {"backup",
       "Write everything into one file, without keys",
       {{"file", "The file to make; outside the data folder", Kind::value, true},
        {"--with-keys", "With the keys, sealed with a passphrase", Kind::flag},
        {"--passphrase-file", "Its first line is the passphrase; otherwise it is asked for",
         Kind::file}}},
      {"restore",
       "Make an empty data folder from a backup or a hand-over",
       {{"file", "The backup", Kind::value, true},
        {"--passphrase-file", "Its first line is the passphrase; otherwise it is asked for",
         Kind::file}}},
      {"catch-up",
       "Continue from one's own published feed, after a restore",
       {{"from", "A further copy of it: a folder, or an https address; its own is always read"},
        {"--nothing-newer", "Nobody can have read anything newer than what is here", Kind::flag},
        {"--even-without-texts", "Go on though texts of some records are gone", Kind::flag}}},
      {"hand-over",
       "Write a sealed file for the next secretary, and stop publishing here",
       {{"file", "The file to make; outside the data folder"},
        {"--passphrase-file", "Its first line is the passphrase; otherwise it is asked for",
         Kind::file},
        {"--take-back", "It did not take place: publish from here again", Kind::flag},
        {"--yes", "Do not ask", Kind::flag}}},
      {"explain",
       "What an error code means",
       {{"code", "doc-hash, no-path, …; without it: the list"}}},
  };
  return specs;
}

std::string long_name(const std::string& name) {
  return name.starts_with("--") ? name.substr(2) : name;
}

/// What to say where a word stands in the place of a command and is none; empty where all are
/// commands, or there is no word.
std::string unknown_command(const CLI::App& app) {
  const CLI::App* group = &app;
  std::string before;
  while (!group->get_subcommands().empty()) {
    group = group->get_subcommands().front();
    before += group->get_name() + " ";
  }
  const auto commands = group->get_subcommands([](const CLI::App*) { return true; });
  const auto words = app.remaining(true);
  const auto word = std::find_if(words.begin(), words.end(),
                                 [](const std::string& one) { return !one.starts_with("-"); });
  if (commands.empty() || word == words.end()) return {};
  std::vector<std::string_view> known;
  known.reserve(commands.size());
  for (const auto* command : commands) known.push_back(command->get_name());
  std::string text = "There is no command '" + before + word->substr(0, 64) + "'.";
  const auto near = nearest_words(std::string_view(*word).substr(0, 64), known);
  for (std::size_t i = 0; i < near.size(); ++i) {
    text += (i == 0 ? " Did you mean `kith " : ", or `kith ") + before + std::string(near[i]) + "`";
  }
  return text + (near.empty() ? "" : "?") + " `kith " + before + "--help` lists them all.";
}

}  // namespace

bool takes_option(std::string_view command, std::string_view flag) {
  const auto& specs = command_specs();
  return std::any_of(specs.begin(), specs.end(), [&](const CommandSpec& spec) {
    return spec.name == command &&
           std::any_of(spec.options.begin(), spec.options.end(),
                       [&](const OptionSpec& option) { return option.name == flag; });
  });
}

std::filesystem::path default_data_folder() {
  if (const char* set = std::getenv("KITH_DATA"); set && *set) return set;
  if (const char* home = std::getenv("XDG_DATA_HOME"); home && *home)
    return std::filesystem::path(home) / "kith";
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::filesystem::path(home) / ".local/share/kith";
  return "kith-data";
}

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  line.invocation.working_folder = std::filesystem::current_path().string();
  line.data_folder = default_data_folder();

  CLI::App app("Kith: a federated directory of therapists' peer-support networks");
  app.set_version_flag("--version", std::string("kith ") + KITH_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--data", line.data_folder, "The data folder (or KITH_DATA)");
  app.add_option("--test-network", line.test_network,
                 "For demos and tests: a file of .test names on loopback, with their CA");
  bool json = false;
  app.add_flag("--json", json, "The answer for programs");

  // CLI11 writes into these while it parses; they must stay where they are.
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, bool> flags;
  std::map<std::string, CLI::App*> groups;
  const auto key = [](const CommandSpec& command, const OptionSpec& option) {
    return command.name + "|" + option.name;
  };
  std::vector<std::pair<const CommandSpec*, CLI::App*>> leaves;
  for (const auto& command : command_specs()) {
    CLI::App* parent = &app;
    std::string name = command.name;
    if (const auto space = name.find(' '); space != std::string::npos) {
      auto& group = groups[name.substr(0, space)];
      if (!group) {
        group =
            app.add_subcommand(name.substr(0, space),
                               name.starts_with("notify")
                                   ? "Nodes that are told of what is new here: add, list, remove"
                                   : "Publishers that this node trusts: add, list, remove");
        group->require_subcommand(1);
        group->fallthrough();
      }
      parent = group;
      name = name.substr(space + 1);
    }
    CLI::App* leaf = parent->add_subcommand(name, command.help);
    leaf->fallthrough();
    for (const auto& option : command.options) {
      CLI::Option* added = nullptr;
      if (option.kind == Kind::flag) {
        added = leaf->add_flag(option.name, flags[key(command, option)], option.help);
      } else {
        added = leaf->add_option(option.name, values[key(command, option)], option.help);
        // One value each, so that several positional ones stand beside one another.
        if (option.kind != Kind::list) added->expected(1)->allow_extra_args(false);
      }
      if (option.required) added->required();
    }
    leaves.emplace_back(&command, leaf);
  }

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {
    line.exit = app.exit(done);
    return line;
  } catch (const CLI::ParseError& error) {
    // Only that some command is missing is what it would say of one that is misspelled.
    const auto unknown = unknown_command(app);
    if (unknown.empty()) {
      app.exit(error);
    } else {
      std::cerr << wrapped(unknown) << "\n";
    }
    line.exit = kExitUsage;
    return line;
  }

  for (const auto& [command, leaf] : leaves) {
    if (!leaf->parsed()) continue;
    line.invocation.command = command->name;
    for (const auto& option : command->options) {
      const auto name = long_name(option.name);
      if (option.kind == Kind::flag) {
        if (flags[key(*command, option)]) line.invocation.options[name] = {};
        continue;
      }
      const auto& given = values[key(*command, option)];
      if (given.empty()) continue;
      line.invocation.options[name] = given;
      if (option.kind == Kind::file) {
        std::ifstream in(given.front(), std::ios::binary);
        if (!in || std::filesystem::is_directory(given.front())) {
          std::cerr << "Cannot read the file " << given.front() << ". Check its name.\n";
          line.exit = kExitUsage;
          return line;
        }
        line.invocation.files[name] = std::string(std::istreambuf_iterator<char>(in), {});
      }
    }
  }
  if (json) line.invocation.options["json"] = {};
  return line;
}

}  // namespace node
