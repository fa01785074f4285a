// A generator of ids, each given once.
// Thread rule: stateless.
#pragma once

#include "checkers/objects/object.hpp"

namespace eris::checkers {

/// generate gives an id that was never given before. One whose answer nobody saw may have used any,
/// so it tells nothing. The state is the sorted list of ids given.
class UniqueIds : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "unique-ids"; }
  [[nodiscard]] model::Value initial() const override;
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;
  [[nodiscard]] std::string describe(const model::Value& state) const override;
};

}  // namespace eris::checkers
