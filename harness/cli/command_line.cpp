#include "harness/cli/command_line.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/session.hpp"
#include "harness/cli/version.hpp"

namespace eris::cli {

namespace {

constexpr const char* description =
    "Eris puts a replicated system under load and faults, records what its clients saw, and "
    "decides\n"
    "whether that could have happened under the consistency the system promises.\n"
    "\n"
    "Begin with:\n"
    "  eris doctor                                        what this machine can do\n"
    "  eris run raft --faults partition,kill,pause        a reference system under faults\n"
    "  eris run raft --bug stale-read --faults partition:shape=isolate-leader\n"
    "  eris run etcd --nodes 3 --faults partition,kill    a real one\n"
    "  eris check eris-runs/latest                        judge a saved run again\n"
    "  eris check history.edn                             or a history that others recorded";

constexpr const char* footer =
    "\nExit codes: 0 valid, 1 invalid, 2 unknown, 3 vacuous (nothing was tested), 4 environment\n"
    "(this machine cannot run it), 64 usage, 70 internal error. Only valid is success.";

/// The verb that was typed, or nothing.
const CLI::App* chosen_verb(const CLI::App& app) {
  const auto verbs = app.get_subcommands();
  return verbs.empty() ? nullptr : verbs.front();
}

std::vector<std::string> long_flags(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  return flags;
}

std::vector<std::string> verb_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!verb->get_group().empty()) names.push_back(verb->get_name());
  return names;
}

/// What to do about it: the flag or verb that was probably meant.
std::string proposal(const CLI::App& app, const Session& session) {
  const CLI::App* verb = chosen_verb(app);
  if (verb == nullptr) {
    if (session.arguments.empty()) return "see `eris --help`";
    return base::did_you_mean(session.arguments.front(), verb_names(app));
  }
  const std::vector<std::string> known = long_flags(*verb);
  for (const std::string& argument : session.arguments) {
    const std::string flag = argument.substr(0, argument.find('='));
    if (!flag.starts_with("--") || std::ranges::find(known, flag) != known.end()) continue;
    if (const auto candidate = base::nearest(flag, known))
      return fmt::format("did you mean '{}'?", *candidate);
  }
  return fmt::format("see `eris {} --help`", verb->get_name());
}

}  // namespace

void build_command_line(CLI::App& app, Session& session) {
  app.name("eris");
  app.description(description);
  app.footer(footer);
  app.set_version_flag("--version", std::string("eris ") + version);
  app.require_subcommand(1);
  app.get_formatter()->column_width(28);
  add_run(app, session);
  add_sim(app, session);
  add_replay(app, session);
  add_shrink(app, session);
  add_prove(app, session);
  add_check(app, session);
  add_convert(app, session);
  add_verify(app, session);
  add_report(app, session);
  add_list(app, session);
  add_explain(app, session);
  add_doctor(app, session);
  add_completion(app, session);
  add_docs(app, session);
}

int report_parse_error(const CLI::App& app, const CLI::ParseError& error, const Session& session) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);
  fmt::print(stderr, "eris: {}; {}\n", error.what(), proposal(app, session));
  return exit_usage;
}

}  // namespace eris::cli
