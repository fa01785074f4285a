// SequentialObject: what one copy of an object does when one client uses it, one call at a time.
//
// Why apart from the checkers: the same register can be held against linearizability today and
// against weaker models later. An object knows nothing of time, processes or concurrency.
//
// To add one, write a class with name, initial and step, and hand it to the checker (or add a line
// to registry.cpp here). This is a whole one, a tank that holds at most ten:
//
//   class Tank : public SequentialObject {
//    public:
//     std::string_view name() const override { return "tank"; }
//     Value initial() const override { return Value(0); }
//     std::optional<Value> step(const Value& level, const Call& call) const override {
//       if (call.function == "read") return if_answered(call, level, level);
//       return Value(std::min<std::int64_t>(level.integer() + call.argument.integer(), 10));
//     }
//   };
//
// States are Values and are equal when those are, so a state that could be written in several ways
// (a set, in any order) is kept in one of them (sorted). All else is optional:
//   - `shape` says what is known of a call in any state; with it the checkers use their fast
//     algorithms for reads, overwrites and compare-and-set, and leave out what tells nothing;
//   - `part` splits the calls of one key into objects that do not know of each other;
//   - `minds_caller` is for locks and the like, where it matters who calls;
//   - `describe` puts a state into words.
// An object that may do one of several things is a NondeterministicObject (nondeterministic.hpp).
//
// Invariants: step is a pure function of its arguments, and `shape` agrees with it:
// checkers/objects/object_test.cpp has a check of that for any object.
// Thread rule: all functions are const and may be called from many threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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

/// A request with its answer, free of when it was made.
struct Call {
  model::Function function;
  model::Value argument;
  model::Value result;
  Answer answer = Answer::known;
  /// Who asked; told only to objects that mind, so that for all others equal calls are equal.
  base::ProcessId caller{};
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

  /// True where it matters who calls: then Call::caller is filled.
  [[nodiscard]] virtual bool minds_caller() const { return false; }
  /// The part of the object that this call is about, or nothing where it is about all of it. Calls
  /// about different parts must not notice each other. The checkers look at each part by itself
  /// (locality; Herlihy and Wing 1990, section 3) where every call of a key is about one.
  [[nodiscard]] virtual std::optional<model::Value> part(const Call& call) const;
  /// What one part is by itself.
  [[nodiscard]] virtual const SequentialObject& part_object() const { return *this; }
  /// A state as people say it: "the value is 5", "the queue holds 1 and 2".
  [[nodiscard]] virtual std::string describe(const model::Value& state) const;
};

/// `after` where the call can have had this result, nothing where it certainly had another.
[[nodiscard]] std::optional<model::Value> if_answered(const Call& call, const model::Value& result,
                                                      const model::Value& after);

/// The same for a result that not every system tells: nil may stand for any.
[[nodiscard]] std::optional<model::Value> if_told(const Call& call, const model::Value& result,
                                                  const model::Value& after);

/// "the queue is empty", "the queue holds 1, 2 and 3".
[[nodiscard]] std::string describe_elements(std::string_view noun, const model::Value& state);

/// Every object that Eris knows, by the names in registry.cpp.
[[nodiscard]] const std::vector<const SequentialObject*>& objects();

/// The object with this name, or nullptr.
[[nodiscard]] const SequentialObject* find_object(std::string_view name);

}  // namespace eris::checkers
