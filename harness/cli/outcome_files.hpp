// What a judged run leaves in its directory and shows on stdout; shared by run, check and report.
// Thread rule: the main thread only.
#pragma once

#include <string>

#include "harness/base/result.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/model/history.hpp"
#include "harness/model/verdict.hpp"

namespace eris::cli {

/// The command that does this run again, and what it can promise.
[[nodiscard]] std::string reproduction_of(const model::History& history,
                                          const RunDirectory& directory);

/// Writes results.json, report.html, report.txt, report.json and junit.xml.
[[nodiscard]] base::Result<void> write_outcome(const RunDirectory& directory,
                                               const model::History& history,
                                               const model::Judgement& judgement);

/// Prints the plain or JSON report, and for people where the files are. Gives the exit code.
[[nodiscard]] int show_outcome(const RunDirectory& directory, const model::History& history,
                               const model::Judgement& judgement, bool json);

}  // namespace eris::cli
