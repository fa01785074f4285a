// Workload: decides what clients ask, and what their answers are held against.
// Thread rule: one owner (the run loop). Includes no OS, thread or clock header.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/base/time.hpp"
#include "harness/model/operation.hpp"
#include "harness/model/schema.hpp"

namespace eris::workloads {

class Workload {
 public:
  virtual ~Workload() = default;

  /// The next operation for an idle process; nothing when there is nothing left to do.
  [[nodiscard]] virtual std::optional<model::Op> next(base::ProcessId process) = 0;
  /// Tells what came of an operation, in the order of the journal.
  virtual void completed(const model::Op& op, const model::Outcome& outcome) = 0;
  /// Reads to be done when the cluster has healed; their process is filled in by the run loop.
  [[nodiscard]] virtual std::vector<model::Op> final_reads() = 0;
};

/// A line of registry.cpp.
struct WorkloadType {
  model::EntrySchema schema;
  /// The sequential object that the operations are held against: "register", "key-value".
  std::string object;
  /// Functions that the system must understand, and of which at least one operation must succeed
  /// for the run to mean anything.
  std::vector<model::Function> (*functions)(const model::Options& options);
  std::unique_ptr<Workload> (*make)(const model::Options& options, base::Rng rng);
};

/// Every workload that Eris knows.
[[nodiscard]] const std::vector<WorkloadType>& registry();

/// The workload type with this name, or nullptr.
[[nodiscard]] const WorkloadType* find_workload(std::string_view name);

}  // namespace eris::workloads
