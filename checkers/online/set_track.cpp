#include "checkers/online/set_track.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace eris::checkers::online {

using model::EventIndex;
using model::Value;
namespace function = model::function;

namespace {

/// A larger set is not worth going back over.
constexpr std::size_t recent_elements_max = 32;

std::string words(const Act& act) {
  return fmt::format("process {}'s {}", act.process.value, act.call.function.view());
}

}  // namespace

SetTrack::SetTrack(const SequentialObject& object, std::size_t answers_between_settling,
                   const SetLimits& limits)
    : object_(object),
      answers_between_settling_(answers_between_settling),
      until_settling_(answers_between_settling),
      limits_(limits) {
  recent_ = Recent{.start = stand_still(), .events = {}};
}

void SetTrack::invoked(Act act) {
  now_ = act.invoked;
  if (open_.empty() && recent_is_stale()) {
    recent_.reset();
    if (elements_.size() <= recent_elements_max)
      recent_ = Recent{.start = stand_still(), .events = {}};
  }
  const bool adds = act.call.function == function::add;
  if ((!adds && act.call.function != function::read) ||
      (adds && elements_.contains(act.call.argument))) {
    unfit_ = true;
    return;
  }
  remember(act);
  open_.push_back({act.number, act.invoked});
  if (!adds) return;
  if (elements_.size() >= limits_.elements_max) {
    lost_ = fmt::format("it holds more than {} elements", limits_.elements_max);
    return;
  }
  Element& element = elements_[act.call.argument];
  element = {.adder = act.number, .added_from = act.invoked};
  unsettled_.push_back(&element);
}

void SetTrack::completed(const Act& act, EventIndex at) {
  now_ = at;
  remember(act);
  // One that was taken for unknown stays so.
  if (std::erase_if(open_, [&](const Open& open) { return open.number == act.number; }) == 0)
    return;
  if (act.call.function == function::add)
    added(act);
  else if (act.ending == Ending::answered && act.call.answer == Answer::known)
    read(act);
  if (violation_ || lost_ || --until_settling_ > 0) return;
  until_settling_ = answers_between_settling_;
  settle();
  for (; reads_.size() > limits_.reads_max && !open_.empty(); settle()) {
    open_.erase(open_.begin());
    ++taken_for_unknown_;
  }
}

void SetTrack::added(const Act& act) {
  const auto found = elements_.find(act.call.argument);
  Element& element = found->second;
  if (act.ending == Ending::unknown) {
    element.unknown = true;
  } else if (act.ending == Ending::nothing || act.call.answer == Answer::refused) {
    if (element.seen != nobody)
      return refuse("element of a failed operation",
                    fmt::format("{} of {} failed, and the element was seen before", words(act),
                                to_text(act.call.argument)),
                    {act.number, element.seen});
    std::erase(unsettled_, &element);
    elements_.erase(found);
  } else if (object_.shape(act.call).kind == ShapeKind::malformed) {
    lost_ = fmt::format("{} → {} is not an answer of the object '{}'", words(act),
                        to_text(act.call.result), object_.name());
  } else if (act.call.result == Value(false)) {
    refuse("phantom element",
           fmt::format("{} of {} was told that it was there, but nobody else had added it",
                       words(act), to_text(act.call.argument)),
           {act.number});
  } else {
    element.added_by = act.completed;
    if (act.completed < element.there_by)
      element.there_by = act.completed, element.shown_by = act.number;
  }
}

void SetTrack::read(const Act& act) {
  const ShapeKind kind = object_.shape(act.call).kind;
  if (kind == ShapeKind::impossible)
    return refuse("duplicate element", words(act) + " shows an element twice", {act.number});
  if (kind == ShapeKind::malformed) {
    lost_ = fmt::format("{} → {} is not an answer of the object '{}'", words(act),
                        to_text(act.call.result), object_.name());
    return;
  }
  Read read{.number = act.number, .completed = act.completed};
  if (!note_shown(act, read) || !note_missing(act, read)) return;
  compare(act, read);
  if (!violation_) reads_.push_back(std::move(read));
}

/// False where it shows what it cannot, or misses what is settled.
bool SetTrack::note_shown(const Act& act, Read& read) {
  std::size_t settled = 0;
  const Value::Elements shown =
      act.call.result.is_list() ? act.call.result.list() : Value::Elements{};
  for (const Value& value : shown) {
    const auto found = elements_.find(value);
    if (found == elements_.end()) {
      refuse("phantom element",
             fmt::format("{} shows {}, which nobody had begun to add", words(act), to_text(value)),
             {act.number});
      return false;
    }
    Element& element = found->second;
    element.seen = act.number;
    if (element.settled) {
      ++settled;
      continue;
    }
    read.shown.push_back(&element);
    if (act.completed < element.there_by)
      element.there_by = act.completed, element.shown_by = act.number;
  }
  std::ranges::sort(read.shown);
  if (settled == settled_) return true;
  for (const auto& [value, element] : elements_) {
    if (!element.settled || element.seen == act.number) continue;
    refuse("element vanished",
           fmt::format("{} misses {}, which was there before it began", words(act), to_text(value)),
           {element.adder, element.shown_by, act.number});
    break;
  }
  return false;
}

/// False where it misses what was there before it began, or before what it shows began to come.
bool SetTrack::note_missing(const Act& act, const Read& read) {
  const Element* latest = nullptr;
  for (const Element* element : read.shown)
    if (latest == nullptr || element->added_from > latest->added_from) latest = element;
  for (const Element* element : unsettled_) {
    if (element->seen == act.number) continue;
    if (element->there_by < act.invoked) {
      refuse("stale read", words(act) + " misses an element that was there before it began",
             {element->adder, element->shown_by, act.number});
      return false;
    }
    if (latest != nullptr && element->added_by < latest->added_from) {
      refuse("incompatible order",
             words(act) + " shows an element without one that had been added before",
             {element->adder, latest->adder, act.number});
      return false;
    }
  }
  return true;
}

/// It shows all that is settled. Of two reads one shows all that the other does.
void SetTrack::compare(const Act& act, const Read& read) {
  for (const Read& other : reads_) {
    if (std::ranges::includes(read.shown, other.shown)) continue;
    if (!other.misses_settled && std::ranges::includes(other.shown, read.shown)) continue;
    return refuse("incompatible order",
                  words(act) + " and another read each show an element that the other misses",
                  {other.number, act.number});
  }
}

void SetTrack::settle() {
  const EventIndex oldest = open_.empty() ? now_ + 1 : open_.front().invoked;
  std::erase_if(reads_, [&](const Read& read) { return read.completed < oldest; });
  const auto settles = [&](const Element* element) { return element->there_by < oldest; };
  const auto all = static_cast<std::size_t>(std::ranges::count_if(unsettled_, settles));
  if (all == 0) return;
  for (Read& read : reads_) read.misses_settled |= std::erase_if(read.shown, settles) < all;
  settled_ += std::erase_if(unsettled_, [&](Element* element) {
    element->settled = settles(element);
    return element->settled;
  });
}

void SetTrack::refuse(std::string anomaly, std::string sentence, std::vector<Number> operations) {
  std::erase(operations, nobody);
  std::ranges::sort(operations);
  const auto [first, last] = std::ranges::unique(operations);
  operations.erase(first, last);
  violation_ = Proof{std::move(anomaly), std::move(sentence), std::move(operations)};
}

/// Nobody has an operation open: what was acknowledged or seen is there.
StandStill SetTrack::stand_still() const {
  StandStill still;
  Value::List there;
  for (const auto& [value, element] : elements_) {
    if (element.there_by != model::never)
      there.push_back(value);
    else
      still.possible.push_back({{function::add, value, {}, Answer::unknown}});
  }
  std::ranges::sort(there);
  still.states.emplace_back(std::move(there));
  return still;
}

Holdings SetTrack::holdings() const {
  Holdings held{.acts = open_.size() + reads_.size() + (recent_ ? recent_->events.size() : 0)};
  for (const Element* element : unsettled_) held.unseen += element->unknown ? 1 : 0;
  held.bytes = elements_.size() * (sizeof(Element) + sizeof(Value)) +
               elements_.bucket_count() * sizeof(void*) + unsettled_.capacity() * sizeof(Element*) +
               open_.capacity() * sizeof(Open) +
               (recent_ ? recent_->events.capacity() * sizeof(Act) : 0);
  for (const Read& read : reads_) held.bytes += sizeof(Read) + read.shown.capacity() * 8;
  return held;
}

}  // namespace eris::checkers::online
