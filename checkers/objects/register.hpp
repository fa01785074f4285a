// The register: read, write and cas on one value, nil at the start.
// Thread rule: stateless.
#pragma once

#include "checkers/objects/object.hpp"

namespace eris::checkers {

/// Functions as described in harness/model/operation.hpp. A refused cas that tells what it saw is a
/// read of that value; one that does not is the knowledge that the value differed. "register" and
/// "cas-register" name the same object.
class Register : public SequentialObject {
 public:
  explicit Register(std::string_view name = "register") : name_(name) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;

 private:
  std::string_view name_;
};

/// What a call of this shape does to a state; `kind` must not be observe or effect.
[[nodiscard]] std::optional<model::Value> apply_shape(const Shape& shape,
                                                      const model::Value& state);

}  // namespace eris::checkers
