// What a client asked and what it saw: Op (a request), Outcome (an answer), Operation (both, with
// their places on the timeline).
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "harness/base/inline_string.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"
#include "harness/model/value.hpp"

namespace eris::model {

/// The name of what an operation does, at most 15 characters: "read", "write", "cas".
using Function = base::InlineString<15>;

namespace function {
// Arguments and results in a history; "nil or" a result where not every system tells it.
// Registers, key-value stores:
inline constexpr Function read{"read"};            ///< argument nil; result: what is there
inline constexpr Function write{"write"};          ///< argument: the value; result nil
inline constexpr Function cas{"cas"};              ///< argument [old new]; result nil. A failed
                                                   ///< comparison is Status::fail; where the system
                                                   ///< tells what it saw, the result holds it.
inline constexpr Function append{"append"};        ///< argument: one element; result nil
inline constexpr Function remove{"delete"};        ///< argument nil; result nil
inline constexpr Function increment{"increment"};  ///< argument: delta; result nil or the new value
inline constexpr Function fetch_add{"fetch-add"};  ///< argument: delta; result: the old value
// Queues, stacks, priority queues; the result nil of a removal says that there was nothing:
inline constexpr Function enqueue{"enqueue"};  ///< argument: the element; result nil
inline constexpr Function dequeue{"dequeue"};  ///< argument nil; result: the oldest element or nil
inline constexpr Function push{"push"};        ///< argument: the element; result nil
inline constexpr Function pop{"pop"};          ///< argument nil; result: the newest element or nil
inline constexpr Function insert{"insert"};    ///< argument: the element; result nil
inline constexpr Function extract{"extract"};  ///< argument nil; result: the smallest or nil
inline constexpr Function drain{"drain"};  ///< argument nil; result: a list of dequeued elements
// Sets:
inline constexpr Function add{"add"};  ///< argument: the element; result: nil or "was new"
inline constexpr Function discard{
    "discard"};  ///< argument: the element; result: nil or "was there"
inline constexpr Function contains{"contains"};  ///< argument: the element; result: a boolean
// Locks; the owner is the process:
inline constexpr Function acquire{"acquire"};  ///< argument nil; result: nil or a fencing token
inline constexpr Function release{"release"};  ///< argument: nil or the token; result nil
// Several keys at once; see checkers/transactions/transaction.hpp:
inline constexpr Function transaction{"txn"};  ///< argument and result: a list of micro-operations
inline constexpr Function transfer{"transfer"};  ///< argument [from to amount]; result nil
// Logs of messages, in the manner of Kafka: as "txn", with micro-operations send and poll.
inline constexpr Function generate{"generate"};  ///< argument nil; result: an id never given before
}  // namespace function

/// A request, as a workload makes it.
struct Op {
  base::ProcessId process;
  Function function;
  Value key;       ///< nil where the object is the whole system
  Value argument;  ///< see namespace function
  bool operator==(const Op&) const = default;
};

enum class Status : std::uint8_t {
  ok,    ///< It took effect.
  fail,  ///< It certainly did not, and never will.
  info,  ///< Unknown: it may take effect now, later, or never.
};

/// What came of a request, as an adapter reports it.
struct Outcome {
  Status status = Status::info;
  Value result;
  std::string error;  ///< For fail and info: the system's own words or error code.
  bool operator==(const Outcome&) const = default;
};

/// Place in the journal. The order of events is the order of these, not of their times.
using EventIndex = std::uint64_t;
inline constexpr EventIndex never = std::numeric_limits<EventIndex>::max();

/// A request with its answer, as a history holds it.
/// Invariant: invoked < completed; completed == never exactly when the status is info.
struct Operation {
  base::ProcessId process;
  Function function;
  std::uint32_t key = 0;    ///< index into History::keys
  std::uint32_t error = 0;  ///< index into History::errors; 0 is "no error"
  Value argument;
  Value result;
  EventIndex invoked = 0;
  EventIndex completed = never;
  base::Instant invoked_at{};
  base::Instant completed_at{};  ///< for info: when the client gave up, or the end of the run
  Status status = Status::info;
};

[[nodiscard]] std::string_view to_text(Status status);

}  // namespace eris::model
