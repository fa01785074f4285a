// Mix: draws what to do next in given proportions.
// Thread rule: immutable after construction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/model/operation.hpp"
#include "harness/model/schema.hpp"

namespace eris::workloads {

struct Share {
  model::Function function;
  std::int64_t weight = 0;  ///< 0: never
};

class Mix {
 public:
  /// At least one weight must be positive; the option schemas see to that.
  explicit Mix(std::vector<Share> shares);

  [[nodiscard]] model::Function draw(base::Rng& rng) const;
  /// Those with a positive weight, in the order given.
  [[nodiscard]] std::vector<model::Function> functions() const;

 private:
  std::vector<Share> shares_;
  std::uint64_t total_ = 0;
};

/// An option with the function's name that holds its weight. `minimum` 1 for reads: a run that
/// never reads sees nothing.
[[nodiscard]] model::OptionSchema weight_option(const model::Function& function,
                                                std::int64_t default_weight,
                                                std::int64_t minimum = 0);

/// An option "readers": how many of ten processes only read. A client that reads and writes leaves
/// a node that is cut off from the others with its first write there, which never ends; one that
/// only reads stays, and so it is the one that sees what an old leader still tells.
[[nodiscard]] model::OptionSchema readers_option();

/// Whether this process is one of those. They are spread evenly over the numbers; process 0 never
/// is one, so that a single client does everything.
[[nodiscard]] bool only_reads(base::ProcessId process, std::int64_t readers_of_ten);

/// The mix that these options describe, for the given functions.
[[nodiscard]] Mix mix_of(const model::Options& options,
                         const std::vector<model::Function>& functions);

/// The functions that a workload with these options and that mix asks for: those with a weight, and
/// write where compare-and-set has one, as a compare-and-set gives way to a write until a value is
/// known.
[[nodiscard]] std::vector<model::Function> functions_used(
    const model::Options& options, const std::vector<model::Function>& functions);

}  // namespace eris::workloads
