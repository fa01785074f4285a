// Mix: draws what to do next in given proportions.
// Thread rule: immutable after construction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/rng.hpp"
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

/// The mix that these options describe, for the given functions.
[[nodiscard]] Mix mix_of(const model::Options& options,
                         const std::vector<model::Function>& functions);

}  // namespace eris::workloads
