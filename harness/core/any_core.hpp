// AnyCore: a core whose type is not known to whoever drives it (the node program, the simulator).
// Thread rule: one owner.
#pragma once

#include <memory>
#include <utility>

#include "harness/core/core.hpp"

namespace eris::core {

class AnyCore {
 public:
  virtual ~AnyCore() = default;
  [[nodiscard]] virtual Outputs start(Instant now) = 0;
  [[nodiscard]] virtual Outputs step(Instant now, const Input& input) = 0;
  [[nodiscard]] virtual Beacon beacon() const = 0;
};

/// AnyCore over a core of type C. Whoever made it may look at the core itself.
template <Core C>
class Hosted final : public AnyCore {
 public:
  explicit Hosted(C hosted) : core_(std::move(hosted)) {}
  Outputs start(Instant now) override { return core_.start(now); }
  Outputs step(Instant now, const Input& input) override { return core_.step(now, input); }
  [[nodiscard]] Beacon beacon() const override { return core_.beacon(); }
  [[nodiscard]] const C& core() const { return core_; }

 private:
  C core_;
};

template <Core C>
[[nodiscard]] std::unique_ptr<AnyCore> host(C core) {
  return std::make_unique<Hosted<C>>(std::move(core));
}

}  // namespace eris::core
