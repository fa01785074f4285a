// Reports: a run's record turned into something to read. Pure functions from values to text; the
// command line writes the files.
// Thread rule: pure. Includes no OS, thread or clock header.
#pragma once

#include <string>

#include "harness/model/history.hpp"
#include "harness/model/verdict.hpp"

namespace eris::reports {

/// Everything that a report shows.
struct ReportInput {
  const model::History& history;
  const model::Judgement& judgement;
  std::string reproduce;  ///< the command that does it again, and what it can promise
};

/// One self-contained page: no network, opens anywhere.
[[nodiscard]] std::string to_html(const ReportInput& input);
/// For a terminal or a log: at most about 40 lines.
[[nodiscard]] std::string to_plain_text(const ReportInput& input);
/// For programs: verdict, findings, witness operations in full, fault evidence, latencies.
[[nodiscard]] std::string to_json(const ReportInput& input);
/// For CI: one test case per checker; invalid is a failure, unknown, vacuous and environment are
/// errors, none is a skip.
[[nodiscard]] std::string to_junit(const ReportInput& input);

}  // namespace eris::reports
