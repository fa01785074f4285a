// Sets: one that elements can leave, one that only grows, and the membership of one element.
// Thread rule: stateless.
#pragma once

#include "checkers/objects/object.hpp"

namespace eris::checkers {

/// Whether one element is in a set: what a set is to somebody who only speaks of that element.
class Membership : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "membership"; }
  [[nodiscard]] model::Value initial() const override { return model::Value(false); }
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;
  [[nodiscard]] std::string describe(const model::Value& state) const override;
};

/// add, discard and contains of one element, and read of all of them, listed in any order (nil is
/// none). add and discard may tell whether they changed anything. The state is the sorted list of
/// elements.
class Set : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "set"; }
  [[nodiscard]] model::Value initial() const override;
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;
  [[nodiscard]] std::optional<model::Value> part(const Call& call) const override;
  [[nodiscard]] const SequentialObject& part_object() const override { return membership_; }
  [[nodiscard]] std::string describe(const model::Value& state) const override;

 private:
  Membership membership_;
};

/// A set without discard.
class GrowOnlySet : public Set {
 public:
  [[nodiscard]] std::string_view name() const override { return "grow-only-set"; }
  [[nodiscard]] Shape shape(const Call& call) const override;
};

}  // namespace eris::checkers
