// A stack: last in, first out.
// Thread rule: stateless.
#pragma once

#include "checkers/objects/object.hpp"

namespace eris::checkers {

/// push and pop; a pop that gives nil found it empty. The state is the list of elements, the newest
/// last. Elements are not nil.
class Stack : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "stack"; }
  [[nodiscard]] model::Value initial() const override;
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;
  [[nodiscard]] std::string describe(const model::Value& state) const override;
};

}  // namespace eris::checkers
