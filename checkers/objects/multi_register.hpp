// Several registers, read and written together in one atomic operation.
// Thread rule: stateless.
#pragma once

#include "checkers/objects/object.hpp"

namespace eris::checkers {

/// txn: a list of micro-operations, ["r" register nil] and ["w" register value], done in their
/// order. The result is the same list with what was read filled in. A register never written is
/// nil. The state is the list of [register value] that are not nil, sorted.
class MultiRegister : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "multi-register"; }
  [[nodiscard]] model::Value initial() const override;
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;
  /// One register, where each of a key's transactions is about a single one.
  [[nodiscard]] std::optional<model::Value> part(const Call& call) const override;
  [[nodiscard]] std::string describe(const model::Value& state) const override;
};

}  // namespace eris::checkers
