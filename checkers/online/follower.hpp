// Follower: holds a run against linearizability while it goes on.
//
// It is told of every operation when it is asked and when it has its answer, and says when the
// answers can no longer be explained. Each key is followed by itself (locality; Herlihy and Wing
// 1990, section 3): registers by zones, queues by their sweep, sets that are only added to and read
// whole by levels, all these as long as no value comes twice; all else by the search. What it
// cannot follow within its limits it gives up, key by key, and says so; the check of the whole
// history after the run judges those keys as it judges all others.
//
// Invariants: it never reports a violation of a history that is linearizable. Where nothing was
// given up, relaxed or left unfollowed, and after catch_up(), it has reported one of every history
// that is not; see `Course` for the exceptions. Its memory does not depend on how long the run is.
// Thread rule: one owner. No clock: time is what the events say.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/objects/object.hpp"
#include "checkers/online/forgotten.hpp"
#include "checkers/online/queue_track.hpp"
#include "checkers/online/search_track.hpp"
#include "checkers/online/track.hpp"
#include "harness/base/time.hpp"
#include "harness/model/verdict.hpp"

namespace eris::checkers::online {

struct FollowerOptions {
  /// What will be asked, where that is known: it tells whether an object can be followed part by
  /// part.
  std::vector<model::Function> functions;
  std::size_t keys_max = 1u << 14;    ///< followed at once; the one idle for longest goes first
  std::size_t unseen_max = 1u << 18;  ///< values written that nobody saw, of all keys
  std::size_t answers_between_forgetting = 64;  ///< see ZoneTrack
  SearchLimits search;
  QueueLimits queue;
  /// How long an answer may wait for a look at its key, so that several are looked at together.
  base::Duration patience = std::chrono::milliseconds(10);
};

/// How the following went, for people and for those who want to see that it stays within bounds.
struct Course {
  std::uint64_t operations = 0;
  std::size_t keys = 0;             ///< followed at present
  std::uint64_t keys_given_up = 0;  ///< or parts of keys
  std::uint64_t keys_retired = 0;   ///< idle ones that had to make room
  /// Operations on keys that are not followed (any more).
  std::uint64_t operations_unfollowed = 0;
  /// Operations that stayed open for so long that they were taken for ones without an answer.
  std::uint64_t taken_for_unknown = 0;
  std::vector<std::string> remarks;  ///< the first few keys given up, and why
  Holdings holdings;
};

class Follower {
 public:
  explicit Follower(const SequentialObject& object, FollowerOptions options = {});
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  /// A client is about to ask. Events must come in the order of the journal.
  void invoked(const model::Op& op, model::EventIndex index, base::Instant time);
  /// It has its answer. An operation that was never invoked is not for this follower.
  void completed(const model::Op& op, const model::Outcome& outcome, model::EventIndex index,
                 base::Instant time);
  /// Looks at what has waited long enough by now. Call it now and then, also while nothing happens.
  void catch_up(base::Instant now);
  /// Looks at everything.
  void catch_up();

  /// The first violation that was found; its witness names the operations by their places in
  /// History::operations. It is short and need not be a whole proof.
  [[nodiscard]] const std::optional<model::Finding>& violation() const { return violation_; }
  [[nodiscard]] Course course() const;

 private:
  struct Followed;
  struct Key {
    model::Value key;
    model::Value part;  ///< nil where the object is followed as a whole
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const { return key.key.hash() * 31 + key.part.hash(); }
  };
  struct Open {
    Key key;
    Act act;
  };

  Followed* followed(const Key& key);
  Followed* begin(const Key& key);
  void make_room();
  void begin_act(const Key& key, Followed& here, Act act);
  void go_on_by_search(Followed& here);
  void limit_unseen();
  void take_in(const Key& key, Followed& here, base::Instant time);
  void look(const Key& key, Followed& here);
  void settle(const Key& key, Followed& here);
  void give_up(const Key& key, const std::string& why);
  void report(const Key& key, const Proof& proof);

  const SequentialObject& object_;
  FollowerOptions options_;
  bool by_parts_ = false;
  bool by_zones_ = false;
  bool by_queue_ = false;
  bool by_set_ = false;
  boost::unordered_flat_map<Key, std::unique_ptr<Followed>, KeyHash> keys_;
  boost::unordered_flat_map<base::ProcessId, Open, std::hash<base::ProcessId>> open_;
  std::deque<std::pair<base::Instant, Key>> waiting_;  ///< keys to look at, the longest first
  Forgotten forgotten_;
  std::uint64_t clock_ = 0;  ///< of uses, to find the key idle for longest
  Course course_;
  std::optional<model::Finding> violation_;
};

/// Whether a run held to this consistency can be followed; only linearizable ones can.
[[nodiscard]] bool can_follow(std::string_view consistency, const std::string& object);

}  // namespace eris::checkers::online
