// Sample runs: small histories made by hand and large ones made from a seed, for the tests of every
// form of report.
// Thread rule: plain values.
#pragma once

#include <cstddef>
#include <string>

#include "harness/model/history.hpp"
#include "harness/model/verdict.hpp"
#include "reports/report.hpp"

namespace eris::reports::testing {

/// A history with what was said of it, and the input that refers to both.
struct SampleRun {
  model::History history;
  model::Judgement judgement;
  std::string reproduce = "eris run eris-runs/demo/plan.toml --seed 42";
  [[nodiscard]] ReportInput input() const { return {history, judgement, reproduce}; }
};

/// Three nodes, two keys, a partition and a kill; every read is right.
[[nodiscard]] SampleRun valid_run();
/// Leader n1 is cut off and goes on answering reads: a stale read during fault #1.
[[nodiscard]] SampleRun stale_read_run();
/// Three operations each of which must come before the next, in a circle.
[[nodiscard]] SampleRun circular_run();
/// The same, and n2's beacon says that it led term 1 as well: a cause beside what clients saw.
[[nodiscard]] SampleRun split_brain_run();
/// As valid_run, but the search ran out of time.
[[nodiscard]] SampleRun unknown_run();
/// Every operation failed and the one fault found nothing to do.
[[nodiscard]] SampleRun vacuous_run();
/// No operation at all: the cluster never became ready.
[[nodiscard]] SampleRun environment_run();
/// Keys, values, errors, names and evidence that try to break out of HTML, scripts, XML and text.
[[nodiscard]] SampleRun hostile_run();
/// A minute-long run of five nodes under 12 faults with about this many operations; invalid where
/// `with_finding`. The same seed gives the same run.
[[nodiscard]] SampleRun large_run(std::size_t operations, bool with_finding);

}  // namespace eris::reports::testing
