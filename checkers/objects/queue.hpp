// A queue: first in, first out.
// Thread rule: stateless.
#pragma once

#include "checkers/objects/object.hpp"

namespace eris::checkers {

/// enqueue and dequeue; a dequeue that gives nil found it empty. The state is the list of elements,
/// the oldest first. Elements are not nil. A drain is none of its calls but several dequeues, and
/// linearizability/drains.hpp puts these in its place.
class Queue : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "queue"; }
  [[nodiscard]] model::Value initial() const override;
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;
  [[nodiscard]] std::string describe(const model::Value& state) const override;
};

/// The shape of a call that puts an element somewhere, or takes one out and gives it (nil: there
/// was none, so that the state is the empty list).
[[nodiscard]] Shape container_shape(const Call& call, model::Function put, model::Function take);

}  // namespace eris::checkers
