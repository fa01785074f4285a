#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "checkers/lossless/lossless.hpp"
#include "checkers/lossless/report.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::lossless {

using model::CheckResult;
using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

namespace {

/// What happened to one value, which may be put in more than once.
struct Element {
  std::vector<std::size_t> acknowledged, unknown, failed;  ///< enqueues
  std::vector<std::size_t> taken;                          ///< dequeues and drains that show it
};

class QueueCheck {
 public:
  QueueCheck(const History& history, Report& report, Allowance& allowance)
      : history_(history), report_(report), allowance_(allowance) {}

  void add(std::size_t i) {
    const Operation& operation = history_.operations[i];
    key_ = operation.key;
    if (operation.function == function::enqueue) {
      Element& element = elements_[operation.argument];
      (operation.status == Status::ok     ? element.acknowledged
       : operation.status == Status::info ? element.unknown
                                          : element.failed)
          .push_back(i);
      return;
    }
    if (operation.status == Status::info) {
      (operation.function == function::drain ? unknown_drains_ : unknown_dequeues_).push_back(i);
      return;
    }
    if (operation.status != Status::ok) return;
    ++removals_;
    if (operation.function == function::drain || operation.result.is_nil()) empties_.push_back(i);
    if (operation.function == function::drain && operation.result.is_list()) {
      for (const Value& value : operation.result.list()) {
        allowance_.step();
        elements_[value].taken.push_back(i);
      }
    } else if (!operation.result.is_nil()) {
      elements_[operation.result].taken.push_back(i);
    }
  }

  void judge() {
    for (const auto& [value, element] : elements_) {
      allowance_.step();
      const std::size_t possible = element.acknowledged.size() + element.unknown.size();
      if (!element.taken.empty() && possible == 0) {
        unexpected(value, element);
      } else if (element.taken.size() > possible) {
        duplicated(value, element);
      } else if (element.taken.size() > element.acknowledged.size()) {
        recovered += element.taken.size() - element.acknowledged.size();
      }
    }
    judge_missing();
  }

  /// Acknowledged, never taken, and perhaps still there.
  std::size_t left = 0, recovered = 0;
  [[nodiscard]] std::size_t removals() const { return removals_; }

 private:
  /// What was acknowledged before the queue was found empty, and taken by nobody that is known, was
  /// taken by a removal of unknown outcome or is lost.
  void judge_missing() {
    std::size_t empty = none;
    for (const std::size_t i : empties_)
      if (empty == none || history_.operations[i].invoked > history_.operations[empty].invoked)
        empty = i;
    std::vector<std::size_t> missing;
    for (const auto& [value, element] : elements_) {
      allowance_.step();
      // Of equal values those are left that may be, and of those that must be gone the latest.
      std::vector<std::size_t> gone;
      for (const std::size_t enqueue : element.acknowledged)
        if (empty != none &&
            history_.operations[enqueue].completed < history_.operations[empty].invoked)
          gone.push_back(enqueue);
      const std::size_t taken = element.taken.size();
      if (gone.size() > taken)
        missing.insert(missing.end(), gone.begin() + static_cast<std::ptrdiff_t>(taken),
                       gone.end());
      const std::size_t all = element.acknowledged.size();
      if (all > taken) left += all - std::max(taken, gone.size());
    }
    // What was asked for only after the queue was found empty took nothing of it.
    const auto may_have_taken = [&](std::size_t i) {
      return history_.operations[i].invoked < history_.operations[empty].completed;
    };
    if (missing.empty()) return;
    if (std::ranges::any_of(unknown_drains_, may_have_taken)) {
      left += missing.size();
      return;
    }
    const auto excused =
        static_cast<std::size_t>(std::ranges::count_if(unknown_dequeues_, may_have_taken));
    if (missing.size() <= excused) return;
    std::ranges::sort(missing);
    for (std::size_t i = 0; i < missing.size() - excused; ++i) lost(missing[i], empty, excused);
  }

  void lost(std::size_t enqueue, std::size_t empty, std::size_t excused) {
    const std::string text = to_text(history_.operations[enqueue].argument);
    std::string sentence = fmt::format(
        "{} was acknowledged when {} enqueued it, but nobody took it, and {} found the queue empty",
        text, report_.who(enqueue), report_.who(empty));
    if (excused > 0)
      sentence += fmt::format(" ({} of unknown outcome may have taken others that are missing)",
                              base::count_of(excused, "dequeue"));
    report_.violation(
        "lost element", key(), sentence,
        {{enqueue, fmt::format("enqueued {}", text)}, {empty, "found the queue empty afterwards"}});
  }

  void unexpected(const Value& value, const Element& element) {
    const std::string text = to_text(value);
    std::vector<model::WitnessStep> witness{{element.taken.front(), fmt::format("took {}", text)}};
    const bool failed = !element.failed.empty();
    if (failed)
      witness.push_back(
          {element.failed.front(), fmt::format("tried to enqueue {}, and failed", text)});
    report_.violation(
        failed ? "read of a failed write" : "read of a value never written", key(),
        fmt::format("{} took {}, {}", report_.who(element.taken.front()), text,
                    failed ? "although enqueueing it had failed" : "which nobody ever enqueued"),
        std::move(witness));
  }

  void duplicated(const Value& value, const Element& element) {
    const std::string text = to_text(value);
    const std::size_t possible = element.acknowledged.size() + element.unknown.size();
    std::vector<model::WitnessStep> witness;
    for (const auto* enqueues : {&element.acknowledged, &element.unknown})
      for (const std::size_t i : *enqueues)
        witness.push_back({i, fmt::format("enqueued {}", text)});
    for (const std::size_t i : element.taken)
      if (witness.empty() || witness.back().operation != i)
        witness.push_back({i, fmt::format("took {}", text)});
    report_.violation(
        "duplicate elements", key(),
        fmt::format("{} was taken {}, last by {}, but enqueued only {}", text,
                    base::count_of(element.taken.size(), "time"), report_.who(element.taken.back()),
                    base::count_of(possible, "time")),
        std::move(witness));
  }

  [[nodiscard]] const Value& key() const { return history_.keys[key_]; }

  static constexpr std::size_t none = ~std::size_t{0};
  const History& history_;
  Report& report_;
  Allowance& allowance_;
  std::uint32_t key_ = 0;
  std::map<Value, Element> elements_;
  std::vector<std::size_t> empties_, unknown_dequeues_, unknown_drains_;
  std::size_t removals_ = 0;
};

}  // namespace

CheckResult check_queue(const History& history, Allowance& allowance) {
  Report report(history);
  std::map<std::uint32_t, QueueCheck> by_key;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    allowance.step();
    const Operation& operation = history.operations[i];
    if (operation.function != function::enqueue && operation.function != function::dequeue &&
        operation.function != function::drain)
      return report.unfit(i, fmt::format("a queue does not know {}", operation.function.view()));
    by_key.try_emplace(operation.key, history, report, allowance).first->second.add(i);
  }
  std::size_t left = 0, recovered = 0, removals = 0;
  for (auto& [key, queue] : by_key) {
    queue.judge();
    left += queue.left;
    recovered += queue.recovered;
    removals += queue.removals();
  }
  report.count("dequeues", removals);
  report.count("unknown enqueues that were seen", recovered);
  report.count("acknowledged and perhaps still there", left);
  std::string open;
  if (left > 1)
    open = fmt::format(
        "{} elements were acknowledged and never taken, and nothing shows if they "
        "are still there; end runs with a drain",
        left);
  else if (left == 1)
    open =
        "one element was acknowledged and never taken, and nothing shows if it is still there; "
        "end runs with a drain";
  return report.finish(removals > 0, open);
}

}  // namespace eris::checkers::lossless
