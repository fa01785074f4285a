// Problem: the sub-history of one key, in the form that the algorithms work on.
//
// Why: linearizability is local (Herlihy and Wing 1990, section 3), so every key is checked by
// itself. Values become small integers here, calls become shapes, and everything that the
// conventions say about failed and unknown operations is settled once:
//   - order is by EventIndex alone: a precedes b when a.completed < b.invoked;
//   - a failed operation is left out, so that whoever read its value read a value nobody wrote;
//   - a failed cas is a read of the value that it saw, or, if it does not tell, the knowledge that
//     the value was not the expected one. It is left out when an error text says that something
//     other than the comparison failed: then nothing is known of the value;
//   - a read without an answer is left out;
//   - any other operation without a known outcome is optional, and never completes.
// Invariants: entries ascend by `invoked`; values[0] is the initial value.
// Thread rule: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "checkers/objects/object.hpp"
#include "harness/base/result.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::linearizability {

/// Names a value within one Problem.
using ValueId = std::uint32_t;
inline constexpr ValueId initial_value = 0;
inline constexpr ValueId no_value = 0xffffffff;

/// Never changes the state.
[[nodiscard]] constexpr bool is_pure(ShapeKind kind) {
  return kind == ShapeKind::read || kind == ShapeKind::differs || kind == ShapeKind::observe ||
         kind == ShapeKind::impossible;
}

struct Entry {
  model::EventIndex invoked = 0;
  model::EventIndex completed = model::never;  ///< `never` exactly when the entry is optional
  std::uint32_t operation = 0;                 ///< index into History::operations
  ValueId first = 0;                           ///< see Shape
  ValueId second = 0;                          ///< see Shape; or what call() says
  ShapeKind kind = ShapeKind::read;

  /// For observe and effect: index into Problem::calls.
  [[nodiscard]] std::uint32_t call() const { return second; }

  [[nodiscard]] bool optional() const { return completed == model::never; }
  bool operator==(const Entry&) const = default;

  /// Never changes the state.
  [[nodiscard]] bool pure() const { return is_pure(kind); }
  /// The value it leaves behind whatever came before it, or no_value.
  [[nodiscard]] ValueId installed() const {
    if (kind == ShapeKind::write) return first;
    return kind == ShapeKind::swap ? second : no_value;
  }
  /// The value that it proves to have been there, or no_value.
  [[nodiscard]] ValueId observed() const {
    return kind == ShapeKind::read || kind == ShapeKind::swap ? first : no_value;
  }
};

class ValueTable;

struct Problem {
  const SequentialObject* object = nullptr;
  std::vector<Entry> entries;
  std::vector<model::Value> values;  ///< by ValueId
  std::vector<Call> calls;
  /// Nothing is known of the state before the first entry. Set only for parts of a history.
  bool unknown_start = false;

  /// Every entry is a read, differs, write, swap or impossible, so that states are ValueIds.
  [[nodiscard]] bool plain() const { return calls.empty(); }
};

/// The operations of each key, ascending by invocation: one span per key of the history.
class KeyIndex {
 public:
  explicit KeyIndex(const model::History& history);
  [[nodiscard]] std::size_t keys() const { return begin_.size() - 1; }
  /// How many operations the keys before it have.
  [[nodiscard]] std::size_t begin(std::size_t key) const { return begin_[key]; }
  [[nodiscard]] std::span<const std::uint32_t> operations(std::size_t key) const {
    return std::span(operations_).subspan(begin_[key], begin_[key + 1] - begin_[key]);
  }

 private:
  std::vector<std::uint32_t> begin_;
  std::vector<std::uint32_t> operations_;
};

/// Errors: usage, when an operation is not one that the object knows.
[[nodiscard]] base::Result<Problem> prepare(const model::History& history,
                                            std::span<const std::uint32_t> operations,
                                            const SequentialObject& object);

/// The call that an operation made.
[[nodiscard]] Call call_of(const model::Operation& operation);

/// An operation as the object sees it.
struct Seen {
  Call call;
  Shape shape;  ///< `nothing` where the conventions above leave it out
};
[[nodiscard]] Seen see(const model::Operation& operation, const SequentialObject& object);

/// The shape says all that there is to say, and it is an operation of the object.
[[nodiscard]] bool is_plain(ShapeKind kind);

/// Its values have the ids that the table gives them; of one that is not plain they stay open.
[[nodiscard]] Entry entry_of(const model::Operation& operation, std::uint32_t index,
                             const Shape& shape, ValueTable& table,
                             std::vector<model::Value>& values);

}  // namespace eris::checkers::linearizability
