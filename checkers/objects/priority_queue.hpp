// A priority queue: the smallest first.
// Thread rule: stateless.
#pragma once

#include "checkers/objects/object.hpp"

namespace eris::checkers {

/// insert and extract; an extract that gives nil found it empty. The order is that of Value, so an
/// element may be a list [priority payload]. The state is the sorted list of elements. Elements are
/// not nil.
class PriorityQueue : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "priority-queue"; }
  [[nodiscard]] model::Value initial() const override;
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;
  [[nodiscard]] std::string describe(const model::Value& state) const override;
};

}  // namespace eris::checkers
