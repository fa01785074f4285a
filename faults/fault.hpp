// Fault: decides what to do to a cluster; never does it (harness/live and harness/sim do).
// Thread rule: one owner. Includes no OS, thread or clock header.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/model/cluster_view.hpp"
#include "harness/model/fault.hpp"
#include "harness/model/schema.hpp"

namespace eris::faults {

/// One injection: what to do, and how to say it.
struct Injection {
  model::FaultAction action;
  std::string description;  ///< "isolate leader n3"
};

class Fault {
 public:
  virtual ~Fault() = default;
  /// Chooses targets. Nothing, with the reason, where there is nothing to do: no leader is known,
  /// every target is already down.
  [[nodiscard]] virtual std::expected<Injection, std::string> choose(const model::ClusterView& view,
                                                                     base::Rng& rng) const = 0;
};

/// A line of registry.cpp.
struct FaultType {
  model::EntrySchema schema;
  std::unique_ptr<Fault> (*make)(const model::Options& options);
};

/// Every fault that Eris knows.
[[nodiscard]] const std::vector<FaultType>& registry();

/// The fault with this name, or nullptr.
[[nodiscard]] std::unique_ptr<Fault> make_fault(std::string_view name,
                                                const model::Options& options);

}  // namespace eris::faults
