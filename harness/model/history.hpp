// History: a journal read back, with each request joined to its answer.
// Invariants: `operations` ascend by `invoked`; a process has at most one operation open at a time.
// Size: an operation takes under 200 bytes, text and lists apart.
// Thread rule: plain value; safe to read from many threads once built.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/model/event.hpp"
#include "harness/model/operation.hpp"
#include "harness/model/plan.hpp"
#include "harness/model/value.hpp"

namespace eris::model {

/// The first line of a journal: where the run came from.
struct Header {
  Plan plan;
  std::string started;  ///< wall-clock start, ISO 8601, UTC
  Fields versions;      ///< eris, the tested system, libraries
  Fields environment;   ///< kernel, processors, root or rootless, …
};

template <typename T>
struct Timed {
  EventIndex index = 0;
  base::Instant time{};
  T event;
};

struct History {
  Header header;
  std::vector<Operation> operations;
  std::vector<Value> keys;              ///< by Operation::key
  std::vector<std::string> errors{""};  ///< by Operation::error
  std::vector<Timed<FaultEvent>> faults;
  std::vector<Timed<NodeEvent>> nodes;
  std::vector<Timed<Note>> notes;
  EventIndex events = 0;             ///< how many events the journal held
  base::Instant end{};               ///< time of the last event
  bool finished = false;             ///< the run reached its end (a Note "end" is there)
  std::vector<std::string> remarks;  ///< what the reader noticed: "dropped a torn last line", …

  [[nodiscard]] const Value& key_of(const Operation& operation) const {
    return keys[operation.key];
  }
  [[nodiscard]] const std::string& error_of(const Operation& operation) const {
    return errors[operation.error];
  }
};

/// Joins events to operations one by one; the journal reader and the tests build on it.
class HistoryBuilder {
 public:
  HistoryBuilder();
  ~HistoryBuilder();
  HistoryBuilder(const HistoryBuilder&) = delete;
  HistoryBuilder& operator=(const HistoryBuilder&) = delete;

  /// Errors: usage, when the event contradicts what came before (completion without invocation,
  /// second invocation of a busy process, index that does not ascend).
  [[nodiscard]] base::Result<void> add(Event event);
  /// Makes room for this many operations at once, where that is known beforehand.
  void reserve(std::size_t operations);
  void set_header(Header header);
  void remark(std::string text);
  /// Operations still open become info. The builder is empty afterwards.
  [[nodiscard]] History finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "process 3 read x → 5 [ok]".
[[nodiscard]] std::string to_text(const History& history, const Operation& operation);

}  // namespace eris::model
