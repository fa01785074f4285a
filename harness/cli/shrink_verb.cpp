// eris shrink: the smallest run, or the smallest history, that still shows a finding.
//
// A simulated run can be tried again with less of everything. A live run cannot: its history is cut
// down instead, by steps that keep it a proof.
#include <algorithm>
#include <chrono>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/cli/history_shrinking.hpp"
#include "harness/cli/judging.hpp"
#include "harness/cli/ordered_work.hpp"
#include "harness/cli/outcome_files.hpp"
#include "harness/cli/plan_shrinking.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/session.hpp"
#include "harness/cli/simulated_run.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/formats/formats.hpp"
#include "harness/journal/journal.hpp"
#include "harness/shrink/exact_schedule.hpp"
#include "harness/shrink/regression_file.hpp"

namespace eris::cli {

namespace {

namespace fs = std::filesystem;

struct ShrinkVerb {
  std::string run;
  std::string finding;
  std::string out;
  unsigned jobs = 0;
  bool json = false;
};

/// What a run amounts to, for saying how much was removed.
struct Size {
  std::size_t injections = 0;
  unsigned nodes = 0;
  unsigned clients = 0;
  std::uint64_t operations = 0;
  double rate = 0;
  base::Duration load{};
  bool quirks = false;
};

Size size_of(const model::History& history) {
  const model::Plan& plan = history.header.plan;
  const auto decided = std::ranges::count_if(history.faults, [](const auto& fault) {
    return fault.event.phase == model::FaultPhase::decided;
  });
  return {.injections = static_cast<std::size_t>(decided),
          .nodes = plan.nodes,
          .clients = plan.concurrency,
          .operations = history.operations.size(),
          .rate = plan.rate,
          .load = plan.time_limit,
          .quirks = plan.quirks};
}

nlohmann::ordered_json to_json(const Size& size) {
  return {{"injections", size.injections},
          {"nodes", size.nodes},
          {"clients", size.clients},
          {"operations", size.operations},
          {"rate", size.rate},
          {"load-seconds", base::to_seconds(size.load)},
          {"quirks", size.quirks}};
}

/// The finding that was asked for, or the first; one that clients see before one of invariants.
base::Result<FindingKind> chosen_kind(const model::Judgement& judgement, const std::string& asked,
                                      const fs::path& journal) {
  std::vector<FindingKind> kinds = kinds_of(judgement);
  if (kinds.empty())
    return base::usage_error(
        fmt::format("this run shows no finding (its verdict is {}), so there is nothing to shrink",
                    model::to_text(judgement.verdict)),
        journal.string(), "look for one with `eris sim`");
  std::ranges::stable_partition(
      kinds, [](const FindingKind& kind) { return kind.checker != "invariants"; });
  if (asked.empty()) return kinds.front();
  std::vector<std::string> known;
  for (const FindingKind& kind : kinds) {
    if (kind.anomaly == asked || to_text(kind) == asked) return kind;
    known.push_back(kind.anomaly);
  }
  return base::usage_error(fmt::format("this run does not show '{}'", asked), "--finding",
                           base::did_you_mean(asked, known));
}

/// What the file says that ci/test keeps.
std::string origin_of(const model::Plan& origin, const FindingKind& kind) {
  return fmt::format(
      "Shrunk by `eris shrink` from a run of the plan \"{}\" with seed {}; found by {}",
      origin.name, origin.seed, kind.checker);
}

base::Result<model::History> record(const model::Plan& plan, const RunDirectory& directory) {
  ERIS_TRY(const auto system, prepare_simulation(plan));
  ERIS_CHECK_OK(write_file(directory.plan(), model::to_toml(plan)));
  ERIS_CHECK_OK(record_simulated(plan, *system, directory));
  return journal::read(directory.journal());
}

nlohmann::ordered_json to_json(const std::map<shrink::Part, Effort>& efforts) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [part, effort] : efforts)
    json[shrink::to_text(part)] = {{"runs", effort.runs}, {"taken", effort.taken}};
  return json;
}

void say_what_was_tried(const Shrunk& shrunk) {
  std::vector<std::string> parts;
  for (const auto& [part, effort] : shrunk.efforts)
    parts.push_back(fmt::format("{} {} ({} taken)", shrink::to_text(part),
                                base::with_separators(effort.runs), effort.taken));
  fmt::print("tried       {}\n", fmt::join(parts, ", "));
  if (shrunk.minimal)
    fmt::print(
        "            none of these can be taken one step further on the seeds that were "
        "tried\n");
  else if (shrunk.interrupted)
    fmt::print("            interrupted; more may be removed by shrinking the result\n");
  else
    fmt::print("            stopped after so many; more may be removed by shrinking the result\n");
}

void say_what_was_removed(const Size& before, const Size& after, std::uint64_t runs) {
  const auto line = [](std::string_view what, auto from, auto to) {
    fmt::print("  {:<11} {:>8} → {}\n", what, from, to);
  };
  fmt::print("removed, in {}:\n", base::count_of(runs, "run"));
  line("injections", before.injections, after.injections);
  line("nodes", before.nodes, after.nodes);
  line("clients", before.clients, after.clients);
  line("operations", base::with_separators(before.operations),
       base::with_separators(after.operations));
  line("rate", fmt::format("{:g}", before.rate), fmt::format("{:g} a second", after.rate));
  line("load", base::to_text(before.load), base::to_text(after.load));
  line("quirks", before.quirks ? "on" : "off", after.quirks ? "on" : "off");
}

/// The plan to begin with: exact where possible. Errors: usage, where this program does not show
/// the finding at all.
base::Result<model::Plan> starting_plan(const model::History& history, const FindingKind& kind) {
  for (const model::Plan& plan : {shrink::exact_schedule(history), history.header.plan}) {
    ERIS_TRY(const auto system, prepare_simulation(plan));
    if (try_plan(plan, *system, {}).shows(kind)) return plan;
  }
  return base::usage_error("this program does not show the finding when it does the run again", {},
                           "`eris replay` says where the two runs differ");
}

base::Result<int> shrink_run(const ShrinkVerb& verb, const model::History& history,
                             const FindingKind& kind) {
  ERIS_TRY(const model::Plan start, starting_plan(history, kind));
  const Size before = size_of(history);
  Shrunk shrunk;
  {
    ProgressLine line;
    shrunk = shrink_plan(start, kind, {.jobs = threads_for(verb.jobs)}, [&](const Shrunk& now) {
      line.show(fmt::format("{} runs | {} | {} | {} | {} of load", base::with_separators(now.runs),
                            base::count_of(now.plan.schedule.size(), "injection"),
                            base::count_of(now.plan.nodes, "node"),
                            base::count_of(now.plan.concurrency, "client"),
                            base::to_text(now.plan.time_limit)));
    });
  }
  shrunk.plan.name = shrink::regression_name(shrunk.plan, kind.anomaly);
  ERIS_TRY(const RunDirectory directory, create_run_directory(verb.out, shrunk.plan));
  ERIS_TRY(const model::History small, record(shrunk.plan, directory));
  ERIS_TRY(const model::Judgement judgement, judge_quietly(small, small.header.plan.check));
  ERIS_CHECK_OK(write_outcome(directory, small, judgement));
  const fs::path regression = directory.path / (shrunk.plan.name + ".toml");
  ERIS_CHECK_OK(write_file(
      regression,
      shrink::regression_file(shrunk.plan, kind.anomaly, origin_of(history.header.plan, kind))));
  if (verb.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"finding", to_text(kind)},
                                              {"runs", shrunk.runs},
                                              {"tried", to_json(shrunk.efforts)},
                                              {"minimal", shrunk.minimal},
                                              {"interrupted", shrunk.interrupted},
                                              {"before", to_json(before)},
                                              {"after", to_json(size_of(small))},
                                              {"run", directory.path.string()},
                                              {"regression", regression.string()}}
                           .dump(2));
    return model::exit_code(judgement.verdict);
  }
  fmt::print("still shows {}\n", to_text(kind));
  say_what_was_removed(before, size_of(small), shrunk.runs);
  say_what_was_tried(shrunk);
  fmt::print("\n");
  const int code = show_outcome(directory, small, judgement, false);
  fmt::print("\nTo keep it from coming back: cp {} ci/negative/\n",
             shell_quoted(regression.string()));
  return code;
}

base::Result<void> write_history(const RunDirectory& directory, const model::History& history) {
  ERIS_CHECK_OK(write_shrunk_journal(directory.journal(), history));
  std::string edn;
  ERIS_CHECK_OK(
      formats::write(history, formats::Format::edn, [&](std::string_view text) { edn += text; }));
  return write_file(directory.path / "history.edn", edn);
}

base::Result<int> shrink_recorded(const ShrinkVerb& verb, const model::History& history,
                                  const FindingKind& kind) {
  ShrunkHistory shrunk;
  {
    ProgressLine line;
    ERIS_TRY(shrunk, shrink_history(history, kind, [&](std::size_t operations, std::size_t checks) {
               line.show(fmt::format("{} left | {} made", base::count_of(operations, "operation"),
                                     base::count_of(checks, "check")));
             }));
  }
  model::Plan named = history.header.plan;
  named.name = shrink::regression_name(named, kind.anomaly);
  ERIS_TRY(const RunDirectory directory, create_run_directory(verb.out, named));
  ERIS_CHECK_OK(write_file(directory.plan(), model::to_toml(history.header.plan)));
  ERIS_CHECK_OK(write_history(directory, shrunk.history));
  ERIS_TRY(const model::History small, journal::read(directory.journal()));
  ERIS_TRY(const model::Judgement judgement, judge_quietly(small, small.header.plan.check));
  ERIS_CHECK_OK(write_outcome(directory, small, judgement));
  if (verb.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"finding", to_text(kind)},
                                              {"checks", shrunk.checks},
                                              {"before", history.operations.size()},
                                              {"after", small.operations.size()},
                                              {"run", directory.path.string()}}
                           .dump(2));
    return model::exit_code(judgement.verdict);
  }
  fmt::print(
      "still shows {}\n"
      "A live run cannot be done again, so its history was cut down, by steps that keep it a "
      "proof: "
      "{} → {} operations.\n\n",
      to_text(kind), base::with_separators(history.operations.size()),
      base::with_separators(small.operations.size()));
  return show_outcome(directory, small, judgement, false);
}

base::Result<int> shrink(const ShrinkVerb& verb) {
  ERIS_TRY(const fs::path journal, find_journal(verb.run));
  ERIS_TRY(const model::History history, journal::read(journal));
  ERIS_TRY(const model::Judgement judgement, judge_history(history, history.header.plan.check));
  ERIS_TRY(const FindingKind kind, chosen_kind(judgement, verb.finding, journal));
  if (history.header.plan.engine == "sim") return shrink_run(verb, history, kind);
  return shrink_recorded(verb, history, kind);
}

}  // namespace

void add_shrink(CLI::App& app, Session& session) {
  auto shrink_verb = std::make_shared<ShrinkVerb>();
  CLI::App* verb = app.add_subcommand(
      "shrink", "Make a run with a finding as small as it can be and still show it");
  verb->add_option("run", shrink_verb->run, "A run directory or its journal.jsonl")->required();
  verb->add_option("--finding", shrink_verb->finding,
                   "Which one to keep, as in \"stale read\"; default the first that clients see");
  verb->add_option("--out", shrink_verb->out, "Run directory of the result; default in eris-runs");
  verb->add_option("--jobs", shrink_verb->jobs, "Runs at once; one for each processor by default")
      ->check(CLI::Range(1u, 1024u));
  verb->add_flag("--json", shrink_verb->json, "For programs");
  verb->footer(
      "\nOf a simulated run: takes away quirks, injections, nodes, clients, keys, operations and\n"
      "time as long as the same checker finds the same anomaly, until no single step is left that\n"
      "does. What is left is written as a run directory and as "
      "a\n"
      "plan that the tests run when it lies in ci/negative. Of a live run: takes away operations "
      "of\n"
      "its history, by steps that keep it a proof. Exit code: that of the result's verdict.");
  verb->callback([&session, shrink_verb] {
    const auto code = shrink(*shrink_verb);
    session.exit_code = code ? *code : report_failure(code.error());
  });
}

}  // namespace eris::cli
