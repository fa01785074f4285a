// eris report: shows a judged run in another form, on stdout.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/cli/judging.hpp"
#include "harness/cli/outcome_files.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/session.hpp"
#include "harness/journal/journal.hpp"
#include "harness/model/json.hpp"
#include "reports/report.hpp"

namespace eris::cli {

namespace {

struct ReportFlags {
  std::string path;
  std::string form = "text";
};

/// The judgement saved with the run; made anew where there is none (the harness was killed).
base::Result<model::Judgement> judgement_of(const RunDirectory& directory,
                                            const model::History& history) {
  std::error_code ignored;
  if (!std::filesystem::exists(directory.results(), ignored))
    return judge_history(history, history.header.plan.check);
  ERIS_TRY(const std::string text, read_file(directory.results()));
  return model::parse_judgement(text);
}

std::string rendered(const reports::ReportInput& input, const std::string& form) {
  if (form == "html") return reports::to_html(input);
  if (form == "json") return reports::to_json(input);
  if (form == "junit") return reports::to_junit(input);
  return reports::to_plain_text(input);
}

base::Result<int> report(const ReportFlags& flags) {
  ERIS_TRY(const std::filesystem::path journal, find_journal(flags.path));
  ERIS_TRY(const model::History history, journal::read(journal));
  const RunDirectory directory{journal.parent_path()};
  ERIS_TRY(const model::Judgement judgement, judgement_of(directory, history));
  fmt::print("{}\n", rendered({.history = history,
                               .judgement = judgement,
                               .reproduce = reproduction_of(history, directory)},
                              flags.form));
  return 0;
}

}  // namespace

void add_report(CLI::App& app, Session& session) {
  auto flags = std::make_shared<ReportFlags>();
  CLI::App* verb = app.add_subcommand("report", "Show a saved run as text, HTML, JSON or JUnit");
  verb->add_option("path", flags->path, "A run directory, as in eris-runs/latest")->required();
  verb->add_option("--as", flags->form, "text, html, json or junit; written to stdout")
      ->check(CLI::IsMember({"text", "html", "json", "junit"}))
      ->capture_default_str();
  verb->callback([&session, flags] {
    const auto code = report(*flags);
    session.exit_code = code ? *code : report_failure(code.error());
  });
}

}  // namespace eris::cli
