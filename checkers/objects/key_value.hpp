// One key of a key-value store: what a register does, and append, delete and increment.
// Thread rule: stateless.
#pragma once

#include "checkers/objects/register.hpp"

namespace eris::checkers {

/// An absent key is nil. append makes a list of an absent key; increment takes it for 0. Neither
/// succeeds on a value of another kind, nor increment past the range of a 64-bit integer.
class KeyValue : public Register {
 public:
  [[nodiscard]] std::string_view name() const override { return "key-value"; }
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;
};

}  // namespace eris::checkers
