#include "checkers/online/playback_script.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <tuple>

namespace eris::checkers::online {

using linearizability::Deed;
using linearizability::no_value;
using linearizability::ScriptOperation;
using linearizability::ValueId;
using model::Value;

namespace {

/// Calls that are alike in everything are one deed.
using CallKey = std::tuple<model::Function, Value, Value, Answer, base::ProcessId>;

CallKey key_of(const Call& call) {
  return {call.function, call.argument, call.result, call.answer, call.caller};
}

class Writer {
 public:
  Writer(const SequentialObject& object, const Cut& from, const std::deque<Act>& acts,
         model::EventIndex cut_at)
      : object_(object), from_(from), acts_(acts) {
    play_.problem.object = &object;
    play_.cut_at = cut_at;
    value(object.initial());
  }

  PlaybackScript write() {
    for (const Way& way : from_.ways) play_.states.push_back(value(way.state));
    for (const Possible& possible : from_.possible) kinds_.push_back(deed(possible.call));
    for (const Act& act : acts_) act_deeds_.push_back(deed(act.call));
    find_what_is_looked_at();
    add_possible();
    add_acts();
    play_.script.values = play_.problem.values.size();
    return std::move(play_);
  }

 private:
  // ---- deeds

  ValueId value(const Value& of) {
    const auto [found, is_new] =
        values_.try_emplace(of, static_cast<ValueId>(play_.problem.values.size()));
    if (is_new) play_.problem.values.push_back(of);
    return found->second;
  }

  std::uint32_t deed(const Call& call) {
    const auto fresh = static_cast<std::uint32_t>(play_.script.deeds.size());
    const auto [found, is_new] = deeds_.try_emplace(key_of(call), fresh);
    if (!is_new) return found->second;
    const Shape shape = object_.shape(call);
    Deed made{.kind = shape.kind};
    if (shape.kind == ShapeKind::effect || shape.kind == ShapeKind::observe) {
      made.call = static_cast<std::uint32_t>(play_.problem.calls.size());
      play_.problem.calls.push_back(call);
    } else if (shape.kind != ShapeKind::impossible && shape.kind != ShapeKind::nothing) {
      made.first = value(shape.first);
      if (shape.kind == ShapeKind::swap) made.second = value(shape.second);
    }
    play_.script.deeds.push_back(made);
    return fresh;
  }

  [[nodiscard]] const Deed& deed_at(std::uint32_t deed) const { return play_.script.deeds[deed]; }

  // ---- what matters

  /// Which values somebody looks at in this playback; of no use where the object is asked, or where
  /// a failed comparison tells of what was not there.
  void find_what_is_looked_at() {
    all_matter_ = !play_.problem.plain();
    looked_at_.assign(play_.problem.values.size(), false);
    std::vector<const Deed*> optional_swaps;
    for (const std::uint32_t kind : kinds_)
      if (deed_at(kind).kind == ShapeKind::swap) optional_swaps.push_back(&deed_at(kind));
    for (std::size_t i = 0; i < acts_.size(); ++i) {
      const Deed& done = deed_at(act_deeds_[i]);
      all_matter_ |= done.kind == ShapeKind::differs;
      if (acts_[i].ending != Ending::answered) {
        if (done.kind == ShapeKind::swap) optional_swaps.push_back(&done);
      } else if (done.kind == ShapeKind::read || done.kind == ShapeKind::swap) {
        looked_at_[done.first] = true;
      }
    }
    for (bool grown = true; grown;) {
      grown = false;
      for (const Deed* swap : optional_swaps) {
        if (!looked_at_[swap->second] || looked_at_[swap->first]) continue;
        looked_at_[swap->first] = true;
        grown = true;
      }
    }
  }

  /// Whether anybody could notice that an operation of this kind did not happen.
  [[nodiscard]] bool matters(std::uint32_t deed) const {
    const Deed& done = deed_at(deed);
    if (all_matter_ || done.kind == ShapeKind::effect) return true;
    if (done.kind == ShapeKind::write) return looked_at_[done.first];
    return done.kind == ShapeKind::swap && looked_at_[done.second];
  }

  // ---- operations and events

  std::uint32_t class_of(std::uint32_t deed) {
    const auto fresh = static_cast<std::uint32_t>(play_.script.classes.size());
    const auto [found, is_new] = classes_.try_emplace(deed, fresh);
    if (is_new) {
      play_.script.classes.push_back(deed);
      play_.script.supplies.push_back(0);
      class_operations_.push_back(operation({.deed = deed, .slot = fresh, .optional = true}));
    }
    return found->second;
  }

  /// One more operation of this class may happen from here on.
  void add_optional(std::uint32_t its_class) {
    play_.script.events.push_back({class_operations_[its_class], false});
    ++play_.script.supplies[its_class];
  }

  std::uint32_t operation(ScriptOperation made, Number number = nobody) {
    made.entry = static_cast<std::uint32_t>(play_.numbers.size());
    play_.numbers.push_back(number);
    play_.script.operations.push_back(made);
    return static_cast<std::uint32_t>(play_.script.operations.size() - 1);
  }

  void add_possible() {
    std::vector<bool> consumed(kinds_.size(), false);
    for (const Way& way : from_.ways)
      for (const auto& [kind, count] : way.consumed) consumed[kind] = true;
    play_.possible_at_cut = from_.possible;
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
      kind_of_deed_.emplace(kinds_[kind], kind);
      const bool kept = consumed[kind] || matters(kinds_[kind]);
      play_.class_of_kind.push_back(kept ? class_of(kinds_[kind]) : PlaybackScript::no_class);
      if (!kept) continue;
      for (std::uint32_t i = 0; i < from_.possible[kind].count; ++i)
        add_optional(play_.class_of_kind.back());
    }
  }

  /// What begins before the new cut and has no answer stays possible from there on.
  void add_possible_at_cut(std::size_t act, std::uint32_t its_class) {
    const auto [found, is_new] =
        kind_of_deed_.try_emplace(act_deeds_[act], play_.possible_at_cut.size());
    if (!is_new) {
      ++play_.possible_at_cut[found->second].count;
      return;
    }
    play_.possible_at_cut.push_back({acts_[act].call, 1});
    play_.class_of_kind.push_back(its_class);
  }

  struct Moment {
    model::EventIndex at;
    std::size_t act;
    bool response;
  };

  void add_acts() {
    std::vector<Moment> moments;
    for (std::size_t i = 0; i < acts_.size(); ++i) {
      if (acts_[i].ending == Ending::answered) moments.push_back({acts_[i].completed, i, true});
      if (acts_[i].invoked >= from_.at)
        moments.push_back({acts_[i].invoked, i, false});
      else
        begin(i);
    }
    for (const auto& [number, index] : operation_of_)
      play_.slots_at_start[number] = play_.script.operations[index].slot;
    play_.events_open_at_start = play_.script.events.size();
    std::ranges::sort(moments, {}, &Moment::at);
    std::size_t before_cut = moments.size();
    for (std::size_t i = 0; i < moments.size(); ++i) {
      if (moments[i].at >= play_.cut_at && before_cut == moments.size()) {
        before_cut = i;
        play_.events_before_cut = play_.script.events.size();
      }
      if (moments[i].response)
        end(moments[i].act);
      else
        begin(moments[i].act);
    }
    if (before_cut == moments.size()) play_.events_before_cut = play_.script.events.size();
  }

  void begin(std::size_t index) {
    const Act& act = acts_[index];
    if (act.ending != Ending::answered) return begin_possible(index);
    if (free_slots_.empty()) free_slots_.push(play_.script.slots++);
    const std::uint32_t made = operation({.deed = act_deeds_[index],
                                          .slot = free_slots_.top(),
                                          .optional = false,
                                          .completed = act.completed},
                                         act.number);
    free_slots_.pop();
    operation_of_.emplace(act.number, made);
    play_.script.events.push_back({made, false});
  }

  void begin_possible(std::size_t index) {
    const ShapeKind kind = deed_at(act_deeds_[index]).kind;
    const bool changes =
        kind == ShapeKind::write || kind == ShapeKind::swap || kind == ShapeKind::effect;
    if (!changes) return;
    std::uint32_t its_class = PlaybackScript::no_class;
    if (matters(act_deeds_[index]) || classes_.contains(act_deeds_[index])) {
      its_class = class_of(act_deeds_[index]);
      add_optional(its_class);
    }
    if (acts_[index].invoked < play_.cut_at) add_possible_at_cut(index, its_class);
  }

  void end(std::size_t index) {
    const auto made = operation_of_.find(acts_[index].number);
    play_.script.events.push_back({made->second, true});
    free_slots_.push(play_.script.operations[made->second].slot);
    operation_of_.erase(made);
  }

  const SequentialObject& object_;
  const Cut& from_;
  const std::deque<Act>& acts_;
  PlaybackScript play_;
  boost::unordered_flat_map<Value, ValueId, std::hash<Value>> values_;
  std::map<CallKey, std::uint32_t> deeds_;
  std::vector<std::uint32_t> kinds_;      ///< deeds of from_.possible
  std::vector<std::uint32_t> act_deeds_;  ///< by act
  bool all_matter_ = false;
  std::vector<bool> looked_at_;                     ///< by value
  std::map<std::uint32_t, std::uint32_t> classes_;  ///< by deed
  std::vector<std::uint32_t> class_operations_;     ///< by class
  std::map<std::uint32_t, std::size_t> kind_of_deed_;
  std::map<Number, std::uint32_t> operation_of_;  ///< open ones that will have an answer
  std::priority_queue<unsigned, std::vector<unsigned>, std::greater<>> free_slots_;
};

}  // namespace

PlaybackScript make_playback_script(const SequentialObject& object, const Cut& from,
                                    const std::deque<Act>& acts, model::EventIndex cut_at) {
  return Writer(object, from, acts, cut_at).write();
}

}  // namespace eris::checkers::online
