#include "checkers/linearizability/narrative.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "checkers/linearizability/words.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::linearizability {

using model::Finding;
using model::History;
using model::Operation;
using model::Status;
using model::Value;

namespace {

/// An operation of the witness, whole and as the proof uses it.
struct Step {
  Pick pick;
  Entry entry;  ///< of the whole problem
  const Operation* operation = nullptr;

  [[nodiscard]] bool observer() const {
    return !pick.optional && !pick.overwrite && entry.observed() != no_value;
  }
  /// The value that was current when it took effect, afterwards for writes; or no_value.
  [[nodiscard]] ValueId shows() const {
    return entry.installed() != no_value ? entry.installed() : entry.observed();
  }
};

bool before(const Step& a, const Step& b) {
  return !a.pick.optional && a.entry.completed < b.entry.invoked;
}

class Narrator {
 public:
  Narrator(const History& history, const Problem& problem, const Witness& witness)
      : history_(history), problem_(problem), witness_(witness) {
    for (const Pick& pick : witness.picks) {
      const Entry& entry = problem.entries[pick.entry];
      steps_.push_back({pick, entry, &history.operations[entry.operation]});
    }
  }

  Finding tell() {
    begin();
    const bool named = impossible_comparison() || unknown_value() || refused_comparison() ||
                       split_history() || outdated_observation() || returned_value();
    if (!named) no_order();
    add_steps();
    return std::move(finding_);
  }

  Finding tell(const Contradiction& contradiction) {
    begin();
    finding_.anomaly = contradiction.anomaly;
    finding_.sentence = key() + contradiction.sentence;
    finding_.explanation.push_back(contradiction.premise);
    add_steps(&contradiction);
    return std::move(finding_);
  }

 private:
  void begin() {
    finding_.property = "linearizable";
    finding_.key = history_.key_of(*steps_.front().operation);
    finding_.searched_operations = problem_.entries.size();
  }

  // ---- words

  [[nodiscard]] std::string value(ValueId id) const { return to_text(problem_.values[id]); }
  /// What a sentence begins with; nothing where the object is the whole system.
  [[nodiscard]] std::string key() const {
    return finding_.key.is_nil() ? "" : fmt::format("key {}: ", to_text(finding_.key));
  }
  [[nodiscard]] static std::string process(const Step& step) {
    return fmt::format("process {}", step.operation->process.value);
  }
  [[nodiscard]] static std::string at(base::Instant time) { return base::to_rounded_text(time); }

  /// "process 2's write of 18".
  [[nodiscard]] std::string possessive(const Step& step) const {
    const Operation& operation = *step.operation;
    if (operation.function == model::function::read)
      return fmt::format("{}'s read of {}", process(step), to_text(operation.result));
    if (operation.function == model::function::remove) return process(step) + "'s delete";
    if (operation.function == model::function::cas && operation.status != Status::fail)
      return fmt::format(
          "{}'s cas to {}", process(step),
          value(step.entry.installed() == no_value ? step.entry.first : step.entry.installed()));
    return fmt::format("{}'s {} of {}", process(step), operation.function.view(),
                       to_text(operation.argument));
  }

  [[nodiscard]] static std::string gap(const Step& earlier, const Step& later) {
    return base::to_rounded_text(later.operation->invoked_at - earlier.operation->completed_at);
  }

  [[nodiscard]] std::string did_at(const Step& step) const {
    return fmt::format("{}{} {} at {}", key(), process(step), deed_of(*step.operation),
                       at(step.operation->completed_at));
  }

  // ---- shapes, the plainest first; each returns true when it fits

  bool impossible_comparison() {
    const auto found = std::find_if(steps_.begin(), steps_.end(), [](const Step& step) {
      return step.entry.kind == ShapeKind::impossible;
    });
    if (found == steps_.end()) return false;
    finding_.anomaly = "cas refused although the value was the expected one";
    finding_.sentence = did_at(*found) + ", the very value it expected";
    return true;
  }

  /// Somebody saw a value that nobody can have installed by then.
  bool unknown_value() {
    for (const Step& step : steps_) {
      const ValueId seen = step.observer() ? step.entry.observed() : no_value;
      if (seen == no_value || seen == initial_value) continue;
      const Entry* installer = nullptr;
      for (const Entry& entry : problem_.entries) {
        if (entry.installed() != seen) continue;
        if (entry.invoked < step.entry.completed) return false;
        if (installer == nullptr) installer = &entry;
      }
      if (!problem_.plain() || witness_.picks.size() > 2) continue;
      name_unknown_value(step, installer);
      return true;
    }
    return false;
  }

  void name_unknown_value(const Step& step, const Entry* installer) {
    const std::string noun = step.entry.kind == ShapeKind::swap ? "cas from" : "read of";
    if (installer != nullptr) {
      const Operation& later = history_.operations[installer->operation];
      finding_.anomaly = noun + " a value not yet written";
      finding_.sentence = fmt::format("{}, but process {} began to write {} only {} later",
                                      did_at(step), later.process.value, value(step.entry.first),
                                      at(later.invoked_at - step.operation->completed_at));
      return;
    }
    if (const Operation* failed = failed_writer(step)) {
      finding_.anomaly = noun + " a failed write";
      finding_.sentence = fmt::format("{}, although process {}'s {} had failed at {}{}",
                                      did_at(step), failed->process.value, failed->function.view(),
                                      at(failed->completed_at), failed_with(*failed));
      return;
    }
    finding_.anomaly = noun + " a value never written";
    finding_.sentence =
        fmt::format("{}, but no operation ever wrote {}", did_at(step), value(step.entry.first));
  }

  [[nodiscard]] std::string failed_with(const Operation& failed) const {
    const std::string& error = history_.error_of(failed);
    return error.empty() ? std::string() : fmt::format(" ({})", error);
  }

  [[nodiscard]] const Operation* failed_writer(const Step& step) const {
    const Value& seen = problem_.values[step.entry.first];
    for (const Operation& operation : history_.operations) {
      if (operation.key != step.operation->key || operation.status != Status::fail) continue;
      if (operation.function == model::function::write && operation.argument == seen)
        return &operation;
      if (operation.function == model::function::cas && operation.argument.list()[1] == seen)
        return &operation;
    }
    return nullptr;
  }

  /// A comparison refused, without saying what it saw, against the value that was there.
  bool refused_comparison() {
    for (const Step& refused : steps_)
      for (const Step& shown : steps_) {
        if (refused.entry.kind != ShapeKind::differs || !before(shown, refused)) continue;
        if (shown.shows() != refused.entry.first) continue;
        finding_.anomaly = "cas refused although the value was the expected one";
        finding_.sentence = fmt::format(
            "{}, although after {}, {} before that cas began, the value "
            "was {}",
            did_at(refused), possessive(shown), gap(shown, refused), value(refused.entry.first));
        return true;
      }
    return false;
  }

  bool split_history() {
    for (const Step& a : steps_)
      for (const Step& b : steps_) {
        if (a.pick.entry >= b.pick.entry || !a.observer() || !b.observer()) continue;
        if (a.entry.kind != ShapeKind::swap || b.entry.kind != ShapeKind::swap) continue;
        if (a.entry.first != b.entry.first || installers_of(a.entry.first) > 1) continue;
        finding_.anomaly = "split history (two successful cas from the same value)";
        finding_.sentence = fmt::format("{}, and {} {} at {}, although {} was there only once",
                                        did_at(a), process(b), deed_of(*b.operation),
                                        at(b.operation->completed_at), value(a.entry.first));
        return true;
      }
    return false;
  }

  /// How often a value can have become current.
  [[nodiscard]] std::size_t installers_of(ValueId value) const {
    const auto count = std::count_if(problem_.entries.begin(), problem_.entries.end(),
                                     [&](const Entry& e) { return e.installed() == value; });
    return static_cast<std::size_t>(count) + (value == initial_value ? 1 : 0);
  }

  /// Somebody saw a value although another had taken its place before that operation began.
  bool outdated_observation() {
    for (auto late = steps_.rbegin(); late != steps_.rend(); ++late) {
      if (!late->observer()) continue;
      const Step* newer = nullptr;
      for (const Step& step : steps_)
        if (replaced(step, *late) && (newer == nullptr || is_better(step, *newer))) newer = &step;
      if (newer == nullptr) continue;
      name_outdated(*newer, *late);
      return true;
    }
    return false;
  }

  /// Prefers writes to reads, then the latest.
  static bool is_better(const Step& a, const Step& b) {
    const bool a_writes = a.entry.installed() != no_value;
    const bool b_writes = b.entry.installed() != no_value;
    if (a_writes != b_writes) return a_writes;
    return a.entry.completed > b.entry.completed;
  }

  /// True when `newer` shows another value, after everything in the proof that could install what
  /// `late` saw, and before `late` began.
  [[nodiscard]] bool replaced(const Step& newer, const Step& late) const {
    const ValueId seen = late.entry.observed();
    if (newer.shows() == no_value || newer.shows() == seen || !before(newer, late)) return false;
    const auto installs = [&](const Step& step) { return step.entry.installed() == seen; };
    // A compare-and-set that replaced the value itself came after its only installer.
    const bool replaces_it = newer.observer() && newer.entry.observed() == seen;
    if (replaces_it && std::count_if(steps_.begin(), steps_.end(), installs) == 1) return true;
    return std::all_of(steps_.begin(), steps_.end(), [&](const Step& step) {
      return !installs(step) || known_before(step, newer);
    });
  }

  /// True when `step` took effect before `newer` did: by its answer, because its value was seen, or
  /// because the value that it replaced was gone for good by then.
  [[nodiscard]] bool known_before(const Step& step, const Step& newer) const {
    if (before(step, newer)) return true;
    if (replaced_what_was_gone(step, newer)) return true;
    return std::any_of(steps_.begin(), steps_.end(), [&](const Step& reader) {
      return reader.observer() && reader.entry.observed() == step.entry.installed() &&
             before(reader, newer);
    });
  }

  /// True when `step` is a compare-and-set from a value that nothing can have brought back after
  /// `newer`, which shows another one.
  [[nodiscard]] bool replaced_what_was_gone(const Step& step, const Step& newer) const {
    if (step.entry.kind != ShapeKind::swap || step.pick.overwrite) return false;
    const ValueId replaced = step.entry.first;
    if (newer.shows() == replaced) return false;
    return std::all_of(steps_.begin(), steps_.end(), [&](const Step& other) {
      // An installer later than `step` in the list may depend on it: then nothing is known.
      return other.entry.installed() != replaced ||
             (other.pick.entry < step.pick.entry && known_before(other, newer));
    });
  }

  void name_outdated(const Step& newer, const Step& late) {
    if (newer.entry.installed() == no_value) {
      finding_.anomaly = "new-old inversion";
      finding_.sentence = fmt::format(
          "{}, although {} had already seen the newer {}, {} before that {} began", did_at(late),
          process(newer), value(newer.shows()), gap(newer, late), late.operation->function.view());
      return;
    }
    if (late.entry.kind == ShapeKind::swap)
      finding_.anomaly = "cas from a value that could not have been current";
    else
      finding_.anomaly = is_lost(newer, late) ? "lost write" : "stale read";
    finding_.sentence =
        fmt::format("{}, although {} had been acknowledged {} before that {} began", did_at(late),
                    possessive(newer), gap(newer, late), late.operation->function.view());
    if (finding_.anomaly == "lost write")
      finding_.sentence += fmt::format(", and nobody ever saw {}", value(newer.shows()));
  }

  /// An acknowledged value that nobody ever saw, while its predecessor was built upon, or seen by
  /// several: then it was not one reader that lagged, the write is gone. Where a later write may
  /// have taken its place before anyone looked, that it was never seen says nothing.
  [[nodiscard]] bool is_lost(const Step& newer, const Step& late) const {
    std::set<base::ProcessId> readers;
    for (const Entry& entry : problem_.entries) {
      if (entry.installed() != no_value && entry.invoked > newer.entry.invoked &&
          entry.invoked < late.entry.invoked)
        return false;
      if (entry.optional()) continue;
      if (entry.observed() == newer.shows()) return false;
      if (entry.observed() != late.entry.observed() || entry.invoked < newer.entry.completed)
        continue;
      if (entry.kind == ShapeKind::swap) return true;
      readers.insert(history_.operations[entry.operation].process);
    }
    return readers.size() > 1;
  }

  /// A value seen, then another, then the first again, though it was written once.
  bool returned_value() {
    for (const Step& first : steps_)
      for (const Step& middle : steps_)
        for (const Step& last : steps_) {
          if (!last.observer() || !middle.observer() || first.shows() == no_value) continue;
          if (first.shows() != last.entry.observed() || first.shows() == middle.entry.observed())
            continue;
          if (!before(first, middle) || !before(middle, last)) continue;
          if (installers_of(first.shows()) > 1) continue;
          finding_.anomaly = "value reverted";
          finding_.sentence = fmt::format(
              "{}, although it had been {} before and {} saw {} in between", did_at(last),
              value(first.shows()), process(middle), value(middle.entry.observed()));
          return true;
        }
    return false;
  }

  void no_order() {
    const Step& last =
        *std::max_element(steps_.begin(), steps_.end(),
                          [](const Step& a, const Step& b) { return end_of(a) < end_of(b); });
    finding_.anomaly = "not linearizable";
    finding_.sentence =
        fmt::format("{}, but no order of {} that respects {} times explains it", did_at(last),
                    operations(), steps_.size() == 1 ? "its" : "their");
  }

  static model::EventIndex end_of(const Step& step) {
    return step.pick.optional ? 0 : step.entry.completed;
  }

  [[nodiscard]] std::string operations() const {
    return steps_.size() == 1 ? "this one operation"
                              : fmt::format("these {} operations", steps_.size());
  }

  // ---- the argument, step by step

  void add_steps(const Contradiction* contradiction = nullptr) {
    if (witness_.unknown_start)
      finding_.explanation.push_back(
          "What follows holds whatever the value was before the first of these operations.");
    else
      finding_.explanation.push_back(fmt::format(
          "At the start {}.", problem_.object->describe(problem_.values[initial_value])));
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      std::string part = role(steps_[i]);
      if (contradiction != nullptr && !contradiction->remarks[i].empty())
        part += ", " + contradiction->remarks[i];
      finding_.explanation.push_back(line(steps_[i], part));
      finding_.witness.push_back({steps_[i].entry.operation, std::move(part)});
    }
    finding_.explanation.push_back(
        contradiction != nullptr
            ? contradiction->conclusion
            : fmt::format("No order of {} puts each between its start and its end and lets each "
                          "one see the value that the one before it left.",
                          operations()));
  }

  [[nodiscard]] std::string role(const Step& step) const {
    std::string text = deed_of(*step.operation);
    if (step.pick.overwrite) text += " (what it replaced does not matter)";
    if (step.pick.optional && step.operation->status == Status::info)
      text += " (outcome unknown)";
    else if (step.pick.optional)
      text += " (when it ended does not matter)";
    return text;
  }

  [[nodiscard]] std::string line(const Step& step, const std::string& part) const {
    const Operation& operation = *step.operation;
    const std::string span = operation.status == Status::info
                                 ? fmt::format("from {} on", at(operation.invoked_at))
                                 : fmt::format("from {}, taking {}", at(operation.invoked_at),
                                               at(operation.completed_at - operation.invoked_at));
    return fmt::format("{} {}, {}.", process(step), part, span);
  }

  const History& history_;
  const Problem& problem_;
  const Witness& witness_;
  std::vector<Step> steps_;
  Finding finding_;
};

}  // namespace

Finding tell(const History& history, const Problem& problem, const Witness& witness) {
  return Narrator(history, problem, witness).tell();
}

Finding tell(const History& history, const Problem& problem, const Contradiction& contradiction) {
  return Narrator(history, problem, contradiction.witness).tell(contradiction);
}

Finding tell(const History& history, const Problem& problem, const SmallProof& proof) {
  Contradiction contradiction{.anomaly = "not linearizable"};
  const Operation* last = nullptr;
  for (const model::EventIndex pick : proof.picks) {
    const auto entry = std::ranges::lower_bound(problem.entries, pick, {}, &Entry::invoked);
    const bool optional = entry->completed > proof.until;
    contradiction.witness.picks.push_back(
        {static_cast<std::uint32_t>(entry - problem.entries.begin()), optional});
    const Operation& operation = history.operations[entry->operation];
    if (!optional && (last == nullptr || last->completed < operation.completed)) last = &operation;
  }
  contradiction.remarks.resize(proof.picks.size());
  contradiction.sentence = fmt::format(
      "process {} {} at {}, but no order of these {} operations explains it, whatever the others "
      "did wherever their times allow",
      last->process.value, deed_of(*last), base::to_rounded_text(last->completed_at),
      proof.picks.size());
  contradiction.premise =
      "All other operations on the key may have happened, any number of times, wherever their own "
      "starts and ends allow.";
  contradiction.conclusion =
      "Even so, no order of these operations puts each between its start and its end and lets each "
      "one see what came before it.";
  return tell(history, problem, contradiction);
}

}  // namespace eris::checkers::linearizability
