// Plan: everything that determines a run, as a value. A TOML file and the flags of `eris run`
// build the same Plan through the same validation; the resolved plan (every default spelled out)
// is saved with each run.
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/base/time.hpp"
#include "harness/model/fault.hpp"
#include "harness/model/schema.hpp"

namespace eris::model {

using namespace std::chrono_literals;

/// A named entry of the catalogue with its options, resolved.
struct Choice {
  std::string name;
  Options options;
  bool operator==(const Choice&) const = default;
};

/// When a fault strikes: every `every`, for `duration`, each shifted by up to ±jitter·itself.
struct FaultPlan {
  Choice fault;
  base::Duration start = 2s;     ///< quiet time before the first injection
  base::Duration every = 5s;     ///< from the beginning of one injection to that of the next
  base::Duration duration = 2s;  ///< `for` in the plan: how long one injection lasts
  double jitter = 0.25;          ///< share of `every` and `for` that the seed may add or take, 0…1
  bool operator==(const FaultPlan&) const = default;
};

/// One injection that strikes exactly then and there, whatever the seed: what `eris shrink` leaves
/// of a fault, and what a person writes who knows what to try.
struct PlannedInjection {
  std::string fault;          ///< of the catalogue, for reports: "partition"
  base::Duration at{};        ///< from the beginning of the load
  base::Duration duration{};  ///< `for` in the plan; the heal after the load ends it at the latest
  FaultAction action;         ///< never one that undoes another (heal, restart, resume)
  std::string description;    ///< "isolate leader n3"; empty: the action in words
  bool operator==(const PlannedInjection&) const = default;
};

struct CheckPlan {
  /// A level of Catalogue::checks ("linearizable"), or "promised": whatever the adapter promises.
  std::string consistency = "promised";
  base::Duration time_budget = 60s;
  std::uint64_t memory_budget_bytes = 2ull << 30;
  unsigned threads = 0;  ///< 0: as many as the machine has processors
  bool operator==(const CheckPlan&) const = default;
};

struct Plan {
  std::string name = "unnamed";
  std::uint64_t seed = 0;
  std::string engine = "live";  ///< "live" or "sim"
  Choice system;                ///< "raft", "etcd", …
  unsigned nodes = 5;
  Choice workload;
  unsigned concurrency = 10;              ///< logical processes that run at once
  double rate = 0;                        ///< operations a second over all processes; 0: no limit
  base::Duration time_limit = 20s;        ///< of the load phase, during which faults strike
  base::Duration operation_timeout = 1s;  ///< after this a client gives up: the outcome is unknown
  base::Duration ready_timeout = 30s;     ///< for all nodes to serve after their start
  base::Duration quiet_period = 2s;       ///< after the final heal, before the final reads
  /// In simulation: whether the world is a little off in ways that the seed chooses
  /// (sim/quirks.hpp).
  bool quirks = true;
  /// The run is held against its consistency while it goes on, and ends at the first violation.
  bool fail_fast = false;
  std::vector<FaultPlan> faults;
  std::vector<PlannedInjection> schedule;  ///< beside what `faults` draw from the seed
  CheckPlan check;
  bool operator==(const Plan&) const = default;
};

/// The options that every plan has, apart from its seed: those at the top ("nodes", "time-limit"),
/// those of a fault beside its own ("start", "every", "for", "jitter"), those of [check]. Defaults,
/// ranges and help are those of the struct's members, so flags and documents can be made of them.
[[nodiscard]] const std::vector<OptionSchema>& plan_schema();
[[nodiscard]] const std::vector<OptionSchema>& schedule_schema();
[[nodiscard]] const std::vector<OptionSchema>& check_schema();

/// The entry with this name and its options, read from text ("3", "250ms"). `kind` is for
/// messages: "system", "workload", "fault". Errors: usage, with "did you mean".
[[nodiscard]] base::Result<Choice> resolve(
    const std::vector<EntrySchema>& entries, std::string_view kind, std::string_view name,
    const std::vector<std::pair<std::string, std::string>>& options);

/// Reads a plan. `file` is for messages only. Unknown keys, wrong types, impossible values and
/// unknown names are usage errors with file:line:column and, where near, "did you mean".
[[nodiscard]] base::Result<Plan> parse_plan(std::string_view toml, std::string_view file,
                                            const Catalogue& catalogue);

/// The resolved plan as TOML; parse_plan reads it back to the same Plan.
[[nodiscard]] std::string to_toml(const Plan& plan);

/// Holds what must hold of a plan and across its parts (known names, concurrency ≥ 1, for ≤ every,
/// …); parse_plan calls it, and so does whoever builds a Plan by hand. Errors: usage.
[[nodiscard]] base::Result<void> validate(const Plan& plan, const Catalogue& catalogue);

}  // namespace eris::model
