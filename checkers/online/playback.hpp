// Playback: plays what has come since the last cut through the search, beginning with every way in
// which things may have gone until then.
//
// A cut is the start of the oldest operation that is still open. Everything that began before it
// has its answer, so whatever the search finds possible at that point is exact and can be kept
// instead of the operations themselves. Behind the cut, operations without an answer may happen at
// any time or never; what the search finds there is only good for a "no", and is played again when
// more is known.
//
// Unknown outcomes stay possible for ever. Of writes, one whose value nobody looks at between two
// cuts may as well be thought to come later, so it takes part only in the playback of those that
// matter.
// Thread rule: pure function of its arguments.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "checkers/linearizability/budget.hpp"
#include "checkers/objects/object.hpp"
#include "checkers/online/track.hpp"

namespace eris::checkers::online {

/// One way in which things may have gone up to a cut. See linearizability/configuration.hpp for
/// what an operation is that is needed or used.
struct Way {
  model::Value state;
  std::vector<Number> needed;  ///< ascending, as the next
  std::vector<Number> used;
  /// How many of each kind of unknown outcome have come: index into Cut::possible, count.
  /// Ascending.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> consumed;
};

struct Cut {
  model::EventIndex at = 0;  ///< events before this one have been played
  std::vector<Way> ways;
  std::vector<Possible> possible;  ///< unknown outcomes that began before `at`, no two alike
};

/// How far a playback may go.
struct PlaybackLimits {
  std::uint64_t nodes_before_cut = 200'000;
  std::uint64_t nodes_after_cut = 20'000;
  std::size_t ways_max = 4096;
  std::uint64_t memory_bytes = std::uint64_t{64} << 20;
};

enum class PlaybackEnd : std::uint8_t {
  possible,    ///< some order explains everything
  impossible,  ///< none does
  tired,       ///< it was too much to say, behind the cut
  lost,        ///< it was too much before the cut; nothing can be kept
};

struct PlaybackResult {
  PlaybackEnd end = PlaybackEnd::lost;
  Number stuck = nobody;  ///< for impossible: at whose answer; for lost: where it gave up
  Cut cut;                ///< the new one, unless lost or impossible before it
  linearizability::Stop stop = linearizability::Stop::no;
  std::size_t open = 0;  ///< for lost: operations open there
  std::size_t ways = 0;  ///< the most at once
};

/// `acts` ascend by invocation. They are those that are open across `from.at`, all of which have
/// their answer by now unless they stay unknown, and those that began since. `cut_at` is the new
/// cut.
[[nodiscard]] PlaybackResult play(const SequentialObject& object, const Cut& from,
                                  const std::deque<Act>& acts, model::EventIndex cut_at,
                                  const PlaybackLimits& limits);

}  // namespace eris::checkers::online
