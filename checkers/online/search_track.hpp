// SearchTrack: follows any object by the just-in-time search.
//
// It keeps the operations since the last cut (playback.hpp) and, of everything before, only the
// ways in which it may have gone. That is exact, and bounded by how much is open at once. What can
// grow is the number of ways, the number of unknown outcomes and the object itself (a list); where
// one of them passes its limit the track is lost, and says why. An operation that stays open while
// thousands of others pass is taken for one without an answer: that may hide a violation from the
// track, never invent one.
// Thread rule: one owner.
#pragma once

#include <deque>

#include "checkers/online/playback.hpp"
#include "checkers/online/track.hpp"

namespace eris::checkers::online {

struct SearchLimits {
  PlaybackLimits playback;
  std::size_t acts_max = 4096;                         ///< kept one by one
  std::size_t possible_max = 1024;                     ///< unknown outcomes of different kinds
  std::size_t state_bytes_max = std::size_t{4} << 20;  ///< of all states that are kept
};

class SearchTrack final : public Track {
 public:
  SearchTrack(const SequentialObject& object, StandStill start, const SearchLimits& limits);

  void invoked(Act act) override;
  void completed(const Act& act, model::EventIndex at) override;
  void look() override;
  [[nodiscard]] Holdings holdings() const override;

  [[nodiscard]] Backlog backlog() const override { return {acts_.size(), unseen_answers_}; }
  [[nodiscard]] std::size_t taken_for_unknown() const override { return taken_for_unknown_; }

 private:
  void keep(Cut cut);
  void give_up_on_oldest();
  void lose(const PlaybackResult& played);
  [[nodiscard]] std::string words(Number number) const;

  const SequentialObject& object_;
  SearchLimits limits_;
  Cut cut_;
  std::deque<Act> acts_;  ///< ascending by number
  model::EventIndex now_ = 0;
  std::size_t unseen_answers_ = 0;
  std::size_t taken_for_unknown_ = 0;
  std::size_t state_bytes_ = 0;
};

}  // namespace eris::checkers::online
