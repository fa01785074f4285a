// Track: one key (or one part of an object) as it is followed while the run goes on.
//
// What a track is asked is whether the history so far can still be linearizable, operations without
// an answer counting as ones that may happen at any time or never. A history that is linearizable
// is so up to each of its events, so a "no" stays true whatever follows.
// Invariants: `violation` never appears of a history that is linearizable; once it is there, or the
// track is lost, the track takes in nothing more. Memory depends on how many operations are open at
// once and on how many outcomes are unknown, not on how many operations there were.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checkers/objects/object.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/model/operation.hpp"

namespace eris::checkers::online {

/// Counts operations by their invocation, over all keys: the place in History::operations.
using Number = std::uint64_t;
inline constexpr Number nobody = ~Number{0};

/// What is known of how an operation ended.
enum class Ending : std::uint8_t {
  open,      ///< no answer yet
  answered,  ///< ok, or refused in a way that tells something; `call` holds the answer
  unknown,   ///< it may take effect for ever
  nothing,   ///< it certainly did nothing, and tells nothing
};

/// An operation as a track sees it.
struct Act {
  Number number = nobody;
  base::ProcessId process;
  model::EventIndex invoked = 0;
  model::EventIndex completed = model::never;  ///< `never` unless answered
  Ending ending = Ending::open;
  Call call;  ///< with Answer::unknown until there is an answer
};

/// Why a history cannot be linearizable.
struct Proof {
  std::string anomaly;
  std::string sentence;
  std::vector<Number> operations;  ///< that it names, ascending
};

/// What a track holds on to, for those who want to see that it stays within bounds.
struct Holdings {
  std::size_t acts = 0;            ///< operations kept one by one
  std::size_t clusters = 0;        ///< values with those who saw them, the unseen ones apart
  std::size_t unseen = 0;          ///< values written that nobody has seen, and unknown outcomes
  std::size_t configurations = 0;  ///< ways in which things may have gone
  std::size_t bytes = 0;           ///< about how much memory that is

  Holdings& operator+=(const Holdings& other) {
    acts += other.acts;
    clusters += other.clusters;
    unseen += other.unseen;
    configurations += other.configurations;
    bytes += other.bytes;
    return *this;
  }
};

/// An operation that may still take effect, and how many there are of its kind.
struct Possible {
  Call call;
  std::uint32_t count = 1;
};

/// What is known of a key at a moment when nobody has an operation open on it.
struct StandStill {
  std::vector<model::Value> states;  ///< that it may be in
  std::vector<Possible> possible;    ///< unknown outcomes that may still come
};

/// A standstill, and what happened since: what a key that turns out unfit can be gone back over.
struct Recent {
  static constexpr std::size_t events_max = 256;
  static constexpr std::size_t events_enough = 32;

  StandStill start;
  std::vector<Act> events;  ///< in order; an act that is open has been invoked, others have ended
};

/// What waits for a look.
struct Backlog {
  std::size_t acts = 0;     ///< operations that a look goes over
  std::size_t answers = 0;  ///< that no look has taken in
};

class Track {
 public:
  virtual ~Track() = default;

  /// A client is about to ask. The act is open.
  virtual void invoked(Act act) = 0;
  /// An operation that was invoked has ended by event `at`; `act` repeats it, with its ending.
  virtual void completed(const Act& act, model::EventIndex at) = 0;
  /// Looks at what has come since the last look. Cheap where nothing has.
  virtual void look() = 0;

  [[nodiscard]] virtual Holdings holdings() const = 0;
  /// Nothing waits where answers are looked at as they come.
  [[nodiscard]] virtual Backlog backlog() const { return {}; }
  /// How many operations were taken for ones without an answer because they stayed open too long.
  [[nodiscard]] virtual std::size_t taken_for_unknown() const { return 0; }

  /// True once a call has come that this kind of track cannot take; that call was not taken in.
  [[nodiscard]] bool unfit() const { return unfit_; }
  /// What a search can go on from where a track is unfit; not there when too much has happened.
  [[nodiscard]] const std::optional<Recent>& recent() const { return recent_; }

  [[nodiscard]] const std::optional<Proof>& violation() const { return violation_; }
  /// Why the track was given up, where it was.
  [[nodiscard]] const std::optional<std::string>& lost() const { return lost_; }

 protected:
  /// Notes an invocation or an ending. Too many of them are not worth going back over.
  void remember(const Act& act) {
    if (!recent_) return;
    if (recent_->events.size() >= Recent::events_max)
      recent_.reset();
    else
      recent_->events.push_back(act);
  }
  /// A standstill that comes now is the better one to begin from.
  [[nodiscard]] bool recent_is_stale() const {
    return !recent_ || recent_->events.size() >= Recent::events_enough;
  }

  std::optional<Proof> violation_;
  std::optional<std::string> lost_;
  bool unfit_ = false;
  std::optional<Recent> recent_;
};

}  // namespace eris::checkers::online
