#include "checkers/online/search_track.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::online {

using linearizability::Stop;
using model::Value;

namespace {

std::size_t bytes_of(const Value& value) {
  std::size_t bytes = sizeof(Value);
  if (value.is_text()) bytes += value.text().size();
  if (value.is_list())
    for (const Value& element : value.list()) bytes += bytes_of(element);
  return bytes;
}

/// True when leaving the call out changes nothing, however it ended.
bool is_idle(const SequentialObject& object, const Act& act) {
  if (act.ending == Ending::nothing) return true;
  if (act.ending == Ending::open) return false;
  const ShapeKind kind = object.shape(act.call).kind;
  const bool pure = kind == ShapeKind::read || kind == ShapeKind::differs ||
                    kind == ShapeKind::observe || kind == ShapeKind::impossible;
  return kind == ShapeKind::nothing || (pure && act.ending == Ending::unknown);
}

}  // namespace

SearchTrack::SearchTrack(const SequentialObject& object, StandStill start,
                         const SearchLimits& limits)
    : object_(object), limits_(limits) {
  for (Value& state : start.states) cut_.ways.push_back({std::move(state), {}, {}, {}});
  cut_.possible = std::move(start.possible);
}

void SearchTrack::invoked(Act act) {
  now_ = act.invoked;
  acts_.push_back(std::move(act));
  if (acts_.size() > limits_.acts_max) look();
  if (acts_.size() > limits_.acts_max && !violation_ && !lost_) give_up_on_oldest();
}

void SearchTrack::completed(const Act& act, model::EventIndex at) {
  now_ = at;
  const auto found = std::ranges::lower_bound(acts_, act.number, {}, &Act::number);
  // One that was taken for unknown may be gone already.
  if (found == acts_.end() || found->number != act.number || found->ending != Ending::open) return;
  if (object_.shape(act.call).kind == ShapeKind::malformed) {
    lost_ =
        fmt::format("{} is not an answer of the object '{}'", words(act.number), object_.name());
    return;
  }
  *found = act;
  if (is_idle(object_, act)) found->ending = Ending::nothing;
  ++unseen_answers_;
}

void SearchTrack::look() {
  if (unseen_answers_ == 0 || violation_ || lost_) return;
  unseen_answers_ = 0;
  std::erase_if(acts_, [](const Act& act) { return act.ending == Ending::nothing; });
  const auto oldest = std::ranges::find(acts_, Ending::open, &Act::ending);
  const model::EventIndex cut_at = oldest == acts_.end() ? now_ + 1 : oldest->invoked;
  PlaybackResult played = play(object_, cut_, acts_, cut_at, limits_.playback);
  if (played.end == PlaybackEnd::lost) return lose(played);
  if (played.end == PlaybackEnd::impossible) {
    violation_ = Proof{"no order explains the answers",
                       fmt::format("{} cannot be explained by any order of what was asked so far",
                                   words(played.stuck)),
                       {played.stuck}};
    return;
  }
  keep(std::move(played.cut));
}

/// Lets go of the operations that the new cut covers.
void SearchTrack::keep(Cut cut) {
  cut_ = std::move(cut);
  std::erase_if(acts_, [&](const Act& act) {
    if (act.invoked >= cut_.at) return false;
    return act.ending == Ending::unknown || act.completed < cut_.at;
  });
  state_bytes_ = 0;
  for (const Way& way : cut_.ways) state_bytes_ += bytes_of(way.state);
  if (cut_.possible.size() > limits_.possible_max)
    lost_ = fmt::format("{} of different kinds may still take effect",
                        base::count_of(cut_.possible.size(), "unknown outcome"));
  else if (state_bytes_ > limits_.state_bytes_max)
    lost_ = fmt::format("its possible states take {} bytes", state_bytes_);
}

void SearchTrack::give_up_on_oldest() {
  const auto oldest = std::ranges::find(acts_, Ending::open, &Act::ending);
  ERIS_ASSERT(oldest != acts_.end(), "what is not open was let go of by the look before");
  oldest->ending = Ending::unknown;
  if (is_idle(object_, *oldest)) oldest->ending = Ending::nothing;
  ++taken_for_unknown_;
  ++unseen_answers_;
  look();
}

void SearchTrack::lose(const PlaybackResult& played) {
  const char* const what = played.stop == Stop::width ? "more operations were open than it can hold"
                           : played.stop == Stop::memory ? "the memory for it ran out"
                                                         : "there were too many ways to order them";
  std::size_t unknown = 0;
  for (const Possible& possible : cut_.possible) unknown += possible.count;
  for (const Act& act : acts_) unknown += act.ending == Ending::unknown ? 1 : 0;
  lost_ = fmt::format("{} at {}, with {} open and {} that may still take effect", what,
                      words(played.stuck), base::count_of(played.open, "operation"),
                      base::count_of(unknown, "unknown outcome"));
}

std::string SearchTrack::words(Number number) const {
  const auto found = std::ranges::lower_bound(acts_, number, {}, &Act::number);
  if (found == acts_.end() || found->number != number) return "the last answer";
  const Call& call = found->call;
  const std::string argument =
      call.argument.is_nil() ? std::string() : " " + to_text(call.argument);
  return fmt::format("process {}'s {}{} → {}", found->process.value, call.function.view(), argument,
                     to_text(call.result));
}

Holdings SearchTrack::holdings() const {
  Holdings held{.acts = acts_.size(), .configurations = cut_.ways.size()};
  for (const Possible& possible : cut_.possible) held.unseen += possible.count;
  held.bytes = acts_.size() * sizeof(Act) + cut_.possible.capacity() * sizeof(Possible) +
               cut_.ways.capacity() * sizeof(Way) + state_bytes_;
  for (const Way& way : cut_.ways)
    held.bytes += (way.needed.capacity() + way.used.capacity() + way.consumed.capacity()) * 8;
  return held;
}

}  // namespace eris::checkers::online
