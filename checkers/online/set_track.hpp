// SetTrack: follows a set that is only added to, each element once, with reads of all of it.
//
// Why it can stream: linearizability/sweeps/growth.hpp tells why levels are enough: of two reads
// one shows all that the other shows; what was acknowledged, or shown, before a read began is in
// it; and no read shows an element without one whose addition was over before that one's began.
// Each of these is completed by the answer to a read, so one look at each read is enough. An
// element that was there before anything that is open began has to be in every read to come: then
// it is settled. A read is forgotten when all that it shows is settled. What remains is the set
// itself. An operation that stays open while thousands of reads pass is taken for one without an
// answer; that may hide a violation from the track, never invent one.
//
// Another call (a removal, a question for one element), or an element added twice, ends the track
// with `unfit`, as in ZoneTrack.
// Thread rule: one owner.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "checkers/online/track.hpp"

namespace eris::checkers::online {

struct SetLimits {
  std::size_t elements_max = 1u << 20;
  std::size_t reads_max = 1u << 12;  ///< not forgotten yet
};

class SetTrack final : public Track {
 public:
  /// So many answers come between two looks at what is settled; see ZoneTrack.
  explicit SetTrack(const SequentialObject& object, std::size_t answers_between_settling = 64,
                    const SetLimits& limits = {});

  void invoked(Act act) override;
  void completed(const Act& act, model::EventIndex at) override;
  void look() override {}
  [[nodiscard]] Holdings holdings() const override;
  [[nodiscard]] std::size_t taken_for_unknown() const override { return taken_for_unknown_; }

 private:
  struct Element {
    Number adder = nobody;
    model::EventIndex added_from = 0;
    model::EventIndex added_by = model::never;
    model::EventIndex there_by = model::never;  ///< what begins later must see it
    Number shown_by = nobody;                   ///< whose answer that is from
    Number seen = nobody;                       ///< the last read that showed it
    bool settled = false;
    bool unknown = false;  ///< the outcome of its addition is
  };
  /// By value; elements stay where they are.
  using Elements = std::unordered_map<model::Value, Element>;

  struct Read {
    Number number = nobody;
    model::EventIndex completed = 0;
    std::vector<const Element*> shown;  ///< of those that are not settled, sorted
    bool misses_settled = false;
  };
  struct Open {
    Number number = nobody;
    model::EventIndex invoked = 0;
  };

  void added(const Act& act);
  void read(const Act& act);
  [[nodiscard]] bool note_shown(const Act& act, Read& read);
  [[nodiscard]] bool note_missing(const Act& act, const Read& read);
  void compare(const Act& act, const Read& read);
  void settle();
  void refuse(std::string anomaly, std::string sentence, std::vector<Number> operations);
  [[nodiscard]] StandStill stand_still() const;

  const SequentialObject& object_;
  std::size_t answers_between_settling_;
  std::size_t until_settling_;
  SetLimits limits_;
  Elements elements_;
  std::size_t settled_ = 0;  ///< how many elements are
  std::vector<Element*> unsettled_;
  std::vector<Read> reads_;
  std::vector<Open> open_;  ///< ascending
  std::size_t taken_for_unknown_ = 0;
  model::EventIndex now_ = 0;
};

}  // namespace eris::checkers::online
