// A list that is only appended to.
// Thread rule: stateless.
#pragma once

#include "checkers/objects/object.hpp"

namespace eris::checkers {

/// append of one element, read of all of them in order; nil is the empty list.
class List : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "list"; }
  [[nodiscard]] model::Value initial() const override;
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;
  [[nodiscard]] std::string describe(const model::Value& state) const override;
};

}  // namespace eris::checkers
