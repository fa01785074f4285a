#include "harness/cli/outcome_files.hpp"

#include <fmt/format.h>

#include "harness/cli/session.hpp"
#include "harness/model/json.hpp"
#include "reports/report.hpp"

namespace eris::cli {

namespace {

std::string shown(const std::filesystem::path& path) {
  std::error_code problem;
  const auto relative = std::filesystem::relative(path, problem);
  if (problem || relative.empty() || relative.string().size() > path.string().size())
    return path.string();
  return relative.string();
}

reports::ReportInput report_input(const model::History& history, const model::Judgement& judgement,
                                  const RunDirectory& directory) {
  return {
      .history = history, .judgement = judgement, .reproduce = reproduction_of(history, directory)};
}

}  // namespace

std::string reproduction_of(const model::History& history, const RunDirectory& directory) {
  const model::Plan& plan = history.header.plan;
  if (plan.engine == "sim") {
    const std::string run = shell_quoted(shown(directory.path));
    return fmt::format(
        "eris replay {0}\n"
        "A simulated run is deterministic: its plan and seed give this very journal again, byte "
        "for "
        "byte. `eris shrink {0}` makes a run with a finding as small as it can be.",
        run);
  }
  return fmt::format(
      "eris run {} --seed {}\n"
      "A live run is not deterministic: the same seed makes the same choices, not the same timing. "
      "`eris check` judges this very history again, `eris shrink` cuts it down to what proves a "
      "finding.",
      shell_quoted(shown(directory.plan())), plan.seed);
}

base::Result<void> write_outcome(const RunDirectory& directory, const model::History& history,
                                 const model::Judgement& judgement) {
  const reports::ReportInput input = report_input(history, judgement, directory);
  ERIS_CHECK_OK(write_file(directory.results(), model::to_json(judgement) + "\n"));
  ERIS_CHECK_OK(write_file(directory.html(), reports::to_html(input)));
  ERIS_CHECK_OK(write_file(directory.text(), reports::to_plain_text(input)));
  ERIS_CHECK_OK(write_file(directory.json(), reports::to_json(input)));
  return write_file(directory.junit(), reports::to_junit(input));
}

int show_outcome(const RunDirectory& directory, const model::History& history,
                 const model::Judgement& judgement, bool json) {
  const reports::ReportInput input = report_input(history, judgement, directory);
  if (json) {
    fmt::print("{}\n", reports::to_json(input));
  } else {
    // The text ends with the command that does the run again, so the report's place goes above it.
    fmt::print("report     {}\n{}\n", shown(directory.html()), reports::to_plain_text(input));
  }
  return model::exit_code(judgement.verdict);
}

}  // namespace eris::cli
