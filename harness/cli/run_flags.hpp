// The flags of `eris run`, and the Plan that they and a plan file build together.
//
// The first argument names a system or a plan file, and decides which further flags exist: those of
// the system's own options. So the command line is looked at once before it is parsed.
// Thread rule: the main thread only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/model/plan.hpp"

namespace CLI {
class App;
}

namespace eris::cli {

struct RunFlags {
  std::string target;  ///< a system's name or a plan file
  std::optional<std::string> name;
  std::optional<std::uint64_t> seed;
  std::optional<std::string> engine;
  std::optional<unsigned> nodes;
  std::optional<unsigned> concurrency;
  std::optional<double> rate;
  std::optional<std::string> time, operation_timeout, ready_timeout, quiet_period;
  std::optional<std::string> workload;  ///< NAME[:OPTION=VALUE]…
  bool fail_fast = false;
  std::vector<std::string> faults;  ///< NAME[:OPTION=VALUE]…, or "none"
  std::optional<std::string> consistency, time_budget, memory_budget;
  std::optional<unsigned> threads;
  std::optional<bool> quirks;
  std::map<std::string, std::vector<std::string>> system_options;  ///< by option name
};

/// Adds the flags to `app`. `system` is the schema whose options become flags, or nullptr.
void add_run_flags(CLI::App& app, RunFlags& flags, const model::EntrySchema* system);

/// The system that the arguments speak of: named as such, or by the plan file among them. Nullptr
/// where there is none; the real parse will say what is wrong.
[[nodiscard]] const model::EntrySchema* find_system_in(const std::vector<std::string>& arguments,
                                                       const model::Catalogue& catalogue);

/// Errors: usage, with "did you mean".
[[nodiscard]] base::Result<model::Plan> build_plan(const RunFlags& flags,
                                                   const model::Catalogue& catalogue);

}  // namespace eris::cli
