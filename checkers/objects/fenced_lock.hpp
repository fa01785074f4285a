// A lock that gives a fencing token with every acquisition.
// Thread rule: stateless.
#pragma once

#include "checkers/objects/object.hpp"

namespace eris::checkers {

/// As a mutex; besides, acquire gives an integer above all that it gave before, and release may
/// name the token that it gives back. The state is a list of the holder (or nil), the least token
/// that can have been given last (or nil before the first known one), and whether that is the very
/// one. An acquisition whose token nobody saw took at least the next one: to assume the least
/// leaves most to those that follow, so nothing is lost by it.
class FencedLock : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "fenced-lock"; }
  [[nodiscard]] model::Value initial() const override;
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;
  [[nodiscard]] bool minds_caller() const override { return true; }
  [[nodiscard]] std::string describe(const model::Value& state) const override;
};

}  // namespace eris::checkers
