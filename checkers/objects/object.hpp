// SequentialObject: what one copy of an object does when one client uses it, one call at a time.
//
// Why apart from the checkers: the same register can be held against linearizability today and
// against weaker models later. An object knows nothing of time, processes or concurrency.
//
// To add one, write a class with name, initial and step, and hand it to the checker (or add a line
// to registry.cpp here). That is enough; overriding `shape` as well lets the checkers use their
// fast algorithms for reads, overwrites and compare-and-set.
//
// Invariants: step is a pure function of its arguments, and `shape` agrees with it:
// checkers/objects/object_test.cpp has a check of that for any object.
// Thread rule: all functions are const and may be called from many threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/model/operation.hpp"
#include "harness/model/value.hpp"

namespace eris::checkers {

/// How much a client learnt of its call.
enum class Answer : std::uint8_t {
  known,    ///< It took effect, with this result.
  unknown,  ///< It may take effect once, at any time from its start on, or never.
  refused,  ///< It was carried out and changed nothing: a comparison that failed.
};

/// A request with its answer, free of who asked and when.
struct Call {
  model::Function function;
  model::Value argument;
  model::Value result;
  Answer answer = Answer::known;
  bool operator==(const Call&) const = default;
};

/// What is known of a call whatever the state.
enum class ShapeKind : std::uint8_t {
  nothing,     ///< Tells nothing and changes nothing: it may be left out.
  malformed,   ///< Not a call of this object: unknown function, or an argument of the wrong form.
  impossible,  ///< Legal in no state.
  read,        ///< Legal where the state is `first`; changes nothing.
  differs,     ///< Legal where the state is not `first`; changes nothing.
  write,       ///< Legal everywhere; the state becomes `first`.
  swap,        ///< Legal where the state is `first`; it becomes `second`, another value.
  observe,     ///< Changes nothing in any state where it is legal; ask `step` where that is.
  effect,      ///< Anything else: ask `step`.
};

struct Shape {
  ShapeKind kind = ShapeKind::effect;
  model::Value first;
  model::Value second;
};

class SequentialObject {
 public:
  virtual ~SequentialObject() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  /// The state before the first call.
  [[nodiscard]] virtual model::Value initial() const { return {}; }
  /// The state after this call, or nothing where the call cannot have had this answer in this
  /// state. An unknown answer has the effect of any successful one.
  [[nodiscard]] virtual std::optional<model::Value> step(const model::Value& state,
                                                         const Call& call) const = 0;
  [[nodiscard]] virtual Shape shape(const Call& call) const;
};

/// Every object that Eris knows: "register" and "key-value".
[[nodiscard]] const std::vector<const SequentialObject*>& objects();

/// The object with this name, or nullptr.
[[nodiscard]] const SequentialObject* find_object(std::string_view name);

}  // namespace eris::checkers
