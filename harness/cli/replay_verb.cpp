// eris replay: does a simulated run again and compares the journals, byte for byte.
#include <fstream>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/text.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/session.hpp"
#include "harness/cli/simulated_run.hpp"
#include "harness/cli/trial.hpp"
#include "harness/cli/version.hpp"
#include "harness/journal/journal.hpp"

namespace eris::cli {

namespace {

namespace fs = std::filesystem;

struct ReplayVerb {
  std::string run;
  std::string out;
};

/// A journal that is made anew, beside no other, and removed when it was compared.
class Scratch {
 public:
  Scratch() : path_(fs::temp_directory_path() / fmt::format("eris-replay-{}.jsonl", ::getpid())) {
    remove();
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { remove(); }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  void remove() const {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }

  fs::path path_;
};

/// The first line in which two journals differ.
struct Difference {
  std::size_t line = 0;  ///< from 1: the header
  std::optional<std::string> recorded;
  std::optional<std::string> replayed;
};

struct Comparison {
  std::size_t lines = 0;
  std::uint64_t bytes = 0;
  std::optional<Difference> difference;
};

std::optional<std::string> next_line(std::ifstream& file) {
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

Comparison compare(const fs::path& recorded_path, const fs::path& replayed_path) {
  std::ifstream recorded(recorded_path, std::ios::binary);
  std::ifstream replayed(replayed_path, std::ios::binary);
  Comparison comparison;
  for (;;) {
    auto one = next_line(recorded);
    auto other = next_line(replayed);
    if (!one && !other) return comparison;
    ++comparison.lines;
    if (one != other) {
      comparison.difference = Difference{comparison.lines, std::move(one), std::move(other)};
      return comparison;
    }
    comparison.bytes += one->size() + 1;
  }
}

base::Result<void> refuse_live(const model::Plan& plan, const fs::path& journal) {
  if (plan.engine == "sim") return {};
  const fs::path run = journal.parent_path().empty() ? fs::path(".") : journal.parent_path();
  return base::usage_error(
      "a live run cannot be replayed: threads, networks and disks had a say in it", run.string(),
      fmt::format("`eris check {0}` judges what was recorded again, `eris shrink {0}` makes it "
                  "small, and `eris run {0}/plan.toml` runs the plan once more",
                  shell_quoted(run.string())));
}

std::string recorded_version(const model::Header& header) {
  const model::Value* found = model::find(header.versions, "eris");
  return found != nullptr && found->is_text() ? std::string(found->text()) : "unknown";
}

std::string excerpt(const std::optional<std::string>& line) {
  constexpr std::size_t shown_max = 300;
  if (!line) return "(the journal ends)";
  return line->size() <= shown_max ? *line : line->substr(0, shown_max) + "…";
}

void explain(const Difference& difference, const model::History& history) {
  const std::string recorded = recorded_version(history.header);
  if (difference.line == 1)
    fmt::print("They differ in their first line, which tells plan and versions.\n");
  else
    fmt::print("They differ at event {}.\n", difference.line - 2);
  fmt::print("  recorded: {}\n  replayed: {}\n", excerpt(difference.recorded),
             excerpt(difference.replayed));
  if (recorded != version)
    fmt::print("It was recorded by Eris {}, and this is {}: replay it with that one.\n", recorded,
               version);
  else if (!history.finished)
    fmt::print("The recorded run broke off before its end; up to there they are the same.\n");
  else
    fmt::print(
        "Both were made by Eris {}: either the program was changed in between, or this is a "
        "fault in Eris.\n",
        version);
}

base::Result<void> copy_new(const fs::path& from, const std::string& to) {
  std::error_code problem;
  if (fs::copy_file(from, to, problem)) return {};
  return base::usage_error(fmt::format("cannot write the replayed journal: {}", problem.message()),
                           to, "name a file that does not exist yet with --out");
}

base::Result<int> replay(const ReplayVerb& verb, const Session& session) {
  ERIS_TRY(const fs::path journal, find_journal(verb.run));
  ERIS_TRY(const model::History history, journal::read(journal));
  const model::Plan& plan = history.header.plan;
  ERIS_CHECK_OK(refuse_live(plan, journal));
  if (auto known = model::validate(plan, session.catalogue); !known) {
    known.error().where = journal.string();
    return std::unexpected(known.error());
  }
  ERIS_TRY(const auto system, prepare_simulation(plan));
  Scratch scratch;
  {
    ERIS_TRY(auto writer, journal::Writer::create(scratch.path(), simulated_header(plan)));
    ERIS_CHECK_OK(simulate(plan, *system, writer, {}));
    ERIS_CHECK_OK(writer.close());
  }
  if (!verb.out.empty()) ERIS_CHECK_OK(copy_new(scratch.path(), verb.out));
  const Comparison compared = compare(journal, scratch.path());
  if (!compared.difference) {
    fmt::print("The same again: {} lines, {} bytes, identical byte for byte.\n",
               base::with_separators(compared.lines), base::with_separators(compared.bytes));
    return 0;
  }
  explain(*compared.difference, history);
  if (verb.out.empty())
    fmt::print("To keep the replayed journal: eris replay {} --out FILE\n", shell_quoted(verb.run));
  return model::exit_code(model::Verdict::unknown);
}

}  // namespace

void add_replay(CLI::App& app, Session& session) {
  auto replay_verb = std::make_shared<ReplayVerb>();
  CLI::App* verb = app.add_subcommand(
      "replay", "Do a simulated run again, and compare the journals byte for byte");
  verb->add_option("run", replay_verb->run, "A run directory or its journal.jsonl")->required();
  verb->add_option("--out", replay_verb->out, "Keep the replayed journal in this new file");
  verb->footer(
      "\nExit code: 0 when they are identical; 2 when they differ, with the first event that does\n"
      "and why; 64 for a live run, which cannot be done again exactly.");
  verb->callback([&session, replay_verb] {
    const auto code = replay(*replay_verb, session);
    session.exit_code = code ? *code : report_failure(code.error());
  });
}

}  // namespace eris::cli
