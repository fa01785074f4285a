// PlaybackScript: what a playback plays, in the form that the search plays it
// (linearizability/script.hpp), and how its slots and classes are called outside.
// Thread rule: plain value.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/linearizability/script.hpp"
#include "checkers/online/playback.hpp"

namespace eris::checkers::online {

struct PlaybackScript {
  static constexpr std::uint32_t no_class = 0xffffffff;

  linearizability::Problem problem;
  linearizability::Script script;
  std::vector<Number> numbers;  ///< by ScriptOperation::entry; nobody for what began before the cut
  std::vector<linearizability::StateId> states;  ///< of the ways of the cut to begin with
  boost::unordered_flat_map<Number, unsigned> slots_at_start;

  /// The first events only say what was open, or possible, at the cut to begin with.
  std::size_t events_open_at_start = 0;
  std::size_t events_before_cut = 0;
  model::EventIndex cut_at = 0;
  /// Unknown outcomes as they are at the new cut; those of the old one come first, in their order.
  std::vector<Possible> possible_at_cut;
  /// The class of each kind in possible_at_cut; no_class where nobody could notice it.
  std::vector<std::uint32_t> class_of_kind;

  [[nodiscard]] unsigned slot_of(Number number) const { return slots_at_start.at(number); }
};

[[nodiscard]] PlaybackScript make_playback_script(const SequentialObject& object, const Cut& from,
                                                  const std::deque<Act>& acts,
                                                  model::EventIndex cut_at);

}  // namespace eris::checkers::online
