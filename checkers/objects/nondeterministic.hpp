// Objects that may do one of several things.
//
// Why an adaptor: the checkers play one state at a time. The set of all states that the object may
// be in, given the answers so far, is a state as well, and follows from the calls (the powerset
// construction; Rabin and Scott 1959). A sequence of calls is one that the object allows exactly
// when that set is never empty, so nothing is lost and nothing invented.
// Thread rule: as SequentialObject.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checkers/objects/object.hpp"

namespace eris::checkers {

/// What to write for an object whose steps are not settled by its state and the call: a cache that
/// may forget, a queue that may deliver twice.
class NondeterministicObject {
 public:
  virtual ~NondeterministicObject() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::vector<model::Value> initial_states() const = 0;
  /// All states that this call with this answer may lead to from this state; none where it cannot
  /// have had this answer.
  [[nodiscard]] virtual std::vector<model::Value> steps(const model::Value& state,
                                                        const Call& call) const = 0;
  [[nodiscard]] virtual bool minds_caller() const { return false; }
};

/// A nondeterministic object as a sequential one. Its state is the sorted list of states that the
/// object may be in; it stays as short as the answers leave few of them.
class Powerset : public SequentialObject {
 public:
  explicit Powerset(std::shared_ptr<const NondeterministicObject> object)
      : object_(std::move(object)) {}

  [[nodiscard]] std::string_view name() const override { return object_->name(); }
  [[nodiscard]] model::Value initial() const override;
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] bool minds_caller() const override { return object_->minds_caller(); }
  [[nodiscard]] std::string describe(const model::Value& state) const override;

 private:
  std::shared_ptr<const NondeterministicObject> object_;
};

}  // namespace eris::checkers
