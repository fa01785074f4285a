// ZoneTrack: follows a register whose written values are all different, by zones.
//
// Why it can stream: linearizability/zones.hpp tells why it is enough to look at pairs of blocks.
// Here every answer moves the F or the S of one block, which is then compared with the others, so a
// violation is seen with the answer that completes it. A block goes when nobody can read its values
// any more without contradicting another (Gibbons and Korach 1997 for the zones; which blocks may
// go, and that all of them must be chosen before the first goes, is argued at forget_the_dead()).
// What remains for ever is a value whose write has an unknown outcome and that nobody has seen.
//
// Comparisons that failed without telling what they saw are held against the one value that they
// name, which finds most of what is wrong with them and blames nothing wrongly; the check at the
// end decides the rest.
//
// A call that zones cannot take (a value written twice, say) ends the track with `unfit`. Whoever
// owns it goes on with what happened since the last standstill, where that is still known.
// Thread rule: one owner.
#pragma once

#include <deque>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/online/track.hpp"

namespace eris::checkers::online {

class ZoneTrack final : public Track {
 public:
  /// So many answers come between two looks at what can be forgotten; by default so often that
  /// little is kept for nothing, and so seldom that it costs nothing.
  explicit ZoneTrack(const SequentialObject& object, std::size_t answers_between_forgetting = 64);

  void invoked(Act act) override;
  void completed(const Act& act, model::EventIndex at) override;
  void look() override {}
  [[nodiscard]] Holdings holdings() const override;

 private:
  /// Moments are event indices shifted by one, so that 0 is before everything.
  using Moment = std::uint64_t;
  static constexpr Moment before_all = 0;
  static constexpr Moment after_all = model::never;
  static constexpr std::size_t no_block = ~std::size_t{0};

  /// Everybody who saw one value.
  struct Cluster {
    Number installer = nobody;
    Number earliest = nobody;  ///< whose answer is `first_end`
    Number latest = nobody;    ///< whose start is `last_start`
    Moment first_end = after_all;
    Moment last_start = before_all;
    /// The first end of a failed comparison with this value that began after `first_end`.
    Moment denied = after_all;
    Number denier = nobody;
    std::size_t block = no_block;          ///< none: nobody has seen the value, nor was it answered
    std::optional<model::Value> replaces;  ///< for a compare-and-set: what it expected
    bool replaced = false;                 ///< a compare-and-set that took effect built upon it
    bool unknown = false;                  ///< its installer's outcome stays unknown
  };
  using Clusters = boost::unordered_flat_map<model::Value, Cluster, std::hash<model::Value>>;

  /// Clusters that compare-and-sets join, in order. Those at the front that were replaced for
  /// certain are gone from `chain` and still count in F and S.
  struct Block {
    Moment first_end = after_all;
    Moment last_start = before_all;
    std::vector<Number> first;  ///< the installer and the reader that `first_end` is from
    std::vector<Number> last;
    std::deque<model::Value> chain;
  };

  struct Open {
    Number number;
    Moment started;
    bool operator==(const Open&) const = default;
  };

  void ended(const Act& act, Moment now);
  void failed(const Act& act);
  void saw(const model::Value& value, const Act& act, Moment now);
  bool take_effect(const model::Value& value, const Act& act);
  bool join(const model::Value& value, const Act& act);
  void denied(const model::Value& value, const Act& act, Moment now);
  void compare(const model::Value& value, const Act& act);
  void refuse(std::string anomaly, std::string sentence, std::vector<Number> operations);

  [[nodiscard]] Moment oldest_open(Moment otherwise) const;
  void forget_the_dead(Moment now);
  void shorten(Block& block, Moment oldest);
  void remove_block(std::size_t index);
  [[nodiscard]] StandStill stand_still() const;

  const SequentialObject& object_;
  Clusters clusters_;
  std::vector<Block> blocks_;
  std::vector<Open> open_;
  std::size_t answers_between_forgetting_;
  std::size_t until_forgetting_;
};

}  // namespace eris::checkers::online
