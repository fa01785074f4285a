// A lock that one process holds at a time.
// Thread rule: stateless.
#pragma once

#include "checkers/objects/object.hpp"

namespace eris::checkers {

/// acquire and release, by the process that calls. It is not reentrant, only its holder can release
/// it, and it does not expire. The state is its holder, or nil. An acquire or release that failed
/// says nothing: systems refuse for many reasons.
class Mutex : public SequentialObject {
 public:
  [[nodiscard]] std::string_view name() const override { return "mutex"; }
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;
  [[nodiscard]] bool minds_caller() const override { return true; }
  [[nodiscard]] std::string describe(const model::Value& state) const override;
};

/// A process as a value in the state of an object.
[[nodiscard]] model::Value value_of(base::ProcessId process);

}  // namespace eris::checkers
