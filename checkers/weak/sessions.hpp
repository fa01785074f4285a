// Sessions: a history of registers as what each client did, one after the other, with the write
// that each read saw.
//
// Why: the weaker models speak of the order within a session and of who read from whom, never of
// time. All keys stand together, since none of these models is local: each key may be fine by
// itself and the whole still wrong.
//
// What a session is: a process, since the harness gives a client that lost an answer a fresh
// number, as Jepsen does. A process that acts again after an unknown outcome, or before its last
// operation ended (only histories from elsewhere do that), continues as another session: nothing is
// known of the order between the two.
//
// What becomes of operations:
//   - a failed operation is left out, so that whoever read its value read a value never written;
//   - a read without an answer is left out;
//   - a write without an answer counts, last in its session, when somebody saw its value; otherwise
//     it is left out. That is exact in each of the models: they all ask for orders of operations
//     in which every read sees the latest write before it (of those it may see), and a write that
//     nobody saw can be taken out of such an order, or put last into it, without changing a read;
//   - a successful cas is a read of the old value and then a write of the new one. Only sequential
//     consistency promises that nothing comes between;
//   - a cas that was refused and tells what it saw is a read of that.
// What cannot be said for certain is left out first: a read of a value that several wrote, a
// refused cas that does not tell what it saw, keys with other operations than these. Leaving out
// reads, or whole keys, never makes a history worse, so a violation of the rest is a violation of
// the whole; `uncertain` says that "no violation" then proves nothing. With Uncertain::guess such
// reads get the source that time suggests: a history that is fine with some sources is fine.
//
// Invariants: the events of a session are neighbours, in its order; a read's source is a write of
// the same key or `from_start`; the read of a cas stands right before its write.
// Thread rule: plain values once built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "checkers/objects/object.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::weak {

/// Index into Sessions::events.
using EventId = std::uint32_t;
/// No event; as a source: the initial value.
inline constexpr EventId from_start = std::numeric_limits<EventId>::max();
inline constexpr EventId no_event = from_start;

enum class EventKind : std::uint8_t {
  read,
  write,
  differs,  ///< a refused cas that does not tell: the value was not that of `source`
};

struct Event {
  std::uint32_t operation = 0;  ///< index into History::operations
  std::uint32_t session = 0;
  std::uint32_t key = 0;
  EventId source = from_start;  ///< of a read or differs
  EventKind kind = EventKind::read;
  bool joined = false;  ///< the write of a cas, whose read is the event before

  [[nodiscard]] bool is_write() const { return kind == EventKind::write; }
  [[nodiscard]] bool is_read() const { return kind == EventKind::read; }
};

/// What no order can explain, whatever the model.
struct Flaw {
  enum class Kind : std::uint8_t {
    never_written,    ///< saw a value that no operation wrote
    failed_write,     ///< saw the value of an operation that certainly failed
    wrongly_refused,  ///< a cas was refused seeing the very value it expected
  };
  Kind kind = Kind::never_written;
  std::uint32_t operation = 0;
  std::uint32_t culprit = 0;  ///< for failed_write: the operation that failed
};

struct Sessions {
  std::vector<Event> events;
  std::vector<EventId> begin{0};  ///< by session, and the end of the last
  std::size_t keys = 0;
  std::vector<Flaw> flaws;
  std::size_t uncertain = 0;   ///< reads and keys left out
  std::string uncertain_why;   ///< the first of them, in words
  std::size_t dropped = 0;     ///< writes without an answer that nobody saw
  std::size_t succeeded = 0;   ///< operations with status ok
  std::size_t operations = 0;  ///< that stand in `events`

  [[nodiscard]] std::size_t size() const { return begin.size() - 1; }
  [[nodiscard]] std::span<const Event> of(std::size_t session) const {
    return std::span(events).subspan(begin[session], begin[session + 1] - begin[session]);
  }
  [[nodiscard]] bool has_previous(EventId event) const {
    return event != begin[events[event].session];
  }
};

enum class Uncertain : std::uint8_t {
  leave_out,
  keep,   ///< a refused cas stays as `differs`; the rest is left out
  guess,  ///< everything gets a source
};

[[nodiscard]] Sessions sessions_of(const model::History& history, const SequentialObject& object,
                                   Uncertain uncertain = Uncertain::leave_out);

/// The part with these events only (ascending). A read whose source is not among them must not be.
[[nodiscard]] Sessions part_of(const Sessions& whole, std::span<const EventId> kept);

}  // namespace eris::checkers::weak
