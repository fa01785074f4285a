#include <algorithm>
#include <map>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "checkers/lossless/lossless.hpp"
#include "checkers/lossless/report.hpp"
#include "harness/base/time.hpp"

namespace eris::checkers::lossless {

using model::CheckResult;
using model::History;
using model::Operation;
using model::Status;
using model::Value;

namespace {

constexpr std::size_t none = ~std::size_t{0};

/// What is known of one element.
struct Element {
  std::size_t add = none;                  ///< the add that did not fail; else one that did
  bool failed = true;                      ///< every add of it failed
  model::EventIndex known = model::never;  ///< from then on it must be there
  std::size_t known_by = none;
  std::vector<std::uint32_t> reads;  ///< those that show it, as places in the order of reads
};

/// One set: the operations of one key.
class SetCheck {
 public:
  SetCheck(const History& history, const std::vector<std::size_t>& operations, Report& report,
           Allowance& allowance)
      : history_(history), operations_(operations), report_(report), allowance_(allowance) {}

  void run() {
    for (const std::size_t i : operations_) {
      allowance_.step();
      const Operation& operation = history_.operations[i];
      if (operation.function == model::function::add) note_add(i);
      if (operation.function == model::function::read && operation.status == Status::ok)
        reads_.push_back(i);
    }
    std::ranges::sort(reads_, {}, [&](std::size_t i) { return history_.operations[i].invoked; });
    for (std::uint32_t place = 0; place < reads_.size(); ++place) note_read(place);
    for (auto& [value, element] : elements_) {
      allowance_.step();
      judge(*value, element);
    }
  }

  std::size_t stable = 0, stale = 0, lost = 0, never_read = 0, unanswered = 0;
  base::Duration stale_longest{};
  [[nodiscard]] std::size_t reads() const { return reads_.size(); }

 private:
  struct Hash {
    std::size_t operator()(const Value* value) const noexcept { return value->hash(); }
  };
  struct Same {
    bool operator()(const Value* a, const Value* b) const { return *a == *b; }
  };

  void note_add(std::size_t i) {
    const Operation& operation = history_.operations[i];
    Element& element = elements_[&operation.argument];
    if (element.add == none || operation.status != Status::fail) element.add = i;
    if (operation.status != Status::fail) element.failed = false;
    if (operation.status == Status::ok) know(element, operation.completed, i);
  }

  static void know(Element& element, model::EventIndex when, std::size_t by) {
    if (when >= element.known) return;
    element.known = when;
    element.known_by = by;
  }

  void note_read(std::uint32_t place) {
    const std::size_t i = reads_[place];
    const Operation& operation = history_.operations[i];
    if (operation.result.is_nil()) return;
    for (const Value& value : operation.result.list()) {
      allowance_.step();
      const auto found = elements_.find(&value);
      if (found == elements_.end() || found->second.failed) {
        unexpected(i, value, found == elements_.end() ? none : found->second.add);
        continue;
      }
      Element& element = found->second;
      if (!element.reads.empty() && element.reads.back() == place) {
        report_.violation(
            "duplicate elements", key(),
            fmt::format("{} read {} more than once from a set", report_.who(i), to_text(value)),
            {{i, fmt::format("read {} twice", to_text(value))}});
        continue;
      }
      element.reads.push_back(place);
      know(element, operation.completed, i);
    }
  }

  /// An element is lost when it was known to be there, and the last read misses it, having begun
  /// after all that show it had ended. One that comes back was only stale.
  void judge(const Value& value, Element& element) {
    if (element.failed) return;
    if (element.known == model::never) {
      ++unanswered;
      return;
    }
    std::size_t absent = reads_.size();  // one past the last read without it
    for (auto last = element.reads.rbegin(); last != element.reads.rend(); ++last)
      if (*last + 1 == absent) --absent;
    const bool missing =
        absent > 0 && history_.operations[reads_[absent - 1]].invoked > element.known;
    // Where a read that shows it was still going on, it may have been there all the time.
    model::EventIndex shown = 0;
    for (const std::uint32_t place : element.reads)
      shown = std::max(shown, history_.operations[reads_[place]].completed);
    if (missing && history_.operations[reads_[absent - 1]].invoked > shown) {
      ++lost;
      tell_lost(value, element, reads_[absent - 1]);
    } else if (missing) {
      ++stale;
      note_stale(element, reads_[absent - 1]);
    } else if (element.reads.empty()) {
      ++never_read;
    } else {
      ++stable;
    }
  }

  void note_stale(const Element& element, std::size_t read) {
    const base::Duration late =
        history_.operations[read].invoked_at - history_.operations[element.known_by].completed_at;
    stale_longest = std::max(stale_longest, late);
  }

  void tell_lost(const Value& value, const Element& element, std::size_t read) {
    const Operation& known = history_.operations[element.known_by];
    const bool acknowledged = known.function == model::function::add;
    const std::string text = to_text(value);
    std::vector<model::WitnessStep> witness{
        {element.known_by,
         acknowledged ? fmt::format("added {}", text) : fmt::format("read {} among others", text)},
        {read, fmt::format("read everything, without {}", text)}};
    report_.violation(
        "lost element", key(),
        fmt::format(
            "{} was {} {} by {}, but {} no longer saw it, {} later", text,
            acknowledged ? "acknowledged" : "seen", acknowledged ? "when added" : "in a read",
            report_.who(element.known_by), report_.who(read),
            base::to_rounded_text(history_.operations[read].invoked_at - known.completed_at)),
        std::move(witness));
  }

  void unexpected(std::size_t read, const Value& value, std::size_t failed) {
    const std::string text = to_text(value);
    std::vector<model::WitnessStep> witness{{read, fmt::format("read {} among others", text)}};
    if (failed != none)
      witness.push_back({failed, fmt::format("tried to add {}, and failed", text)});
    report_.violation(
        failed == none ? "read of a value never written" : "read of a failed write", key(),
        fmt::format("{} read {}, {}", report_.who(read), text,
                    failed == none ? "which nobody ever added" : "although adding it had failed"),
        std::move(witness));
  }

  [[nodiscard]] const Value& key() const {
    return history_.key_of(history_.operations[operations_.front()]);
  }

  const History& history_;
  const std::vector<std::size_t>& operations_;
  Report& report_;
  Allowance& allowance_;
  std::vector<std::size_t> reads_;
  boost::unordered_flat_map<const Value*, Element, Hash, Same> elements_;
};

}  // namespace

CheckResult check_set(const History& history, Allowance& allowance) {
  Report report(history);
  std::map<std::uint32_t, std::vector<std::size_t>> by_key;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    allowance.step();
    const Operation& operation = history.operations[i];
    const bool read = operation.function == model::function::read;
    if (!read && operation.function != model::function::add)
      return report.unfit(i, fmt::format("a set that is only added to does not know {}",
                                         operation.function.view()));
    if (read && operation.status == Status::ok && !operation.result.is_nil() &&
        !operation.result.is_list())
      return report.unfit(i, "a read of a set shows a list of its elements");
    by_key[operation.key].push_back(i);
  }
  std::size_t stable = 0, stale = 0, lost = 0, never_read = 0, unanswered = 0, reads = 0;
  base::Duration longest{};
  for (const auto& [key, operations] : by_key) {
    SetCheck check(history, operations, report, allowance);
    check.run();
    stable += check.stable;
    stale += check.stale;
    lost += check.lost;
    never_read += check.never_read;
    unanswered += check.unanswered;
    reads += check.reads();
    longest = std::max(longest, check.stale_longest);
  }
  report.count("reads", reads);
  report.count("stable elements", stable);
  report.count("stale elements", stale);
  report.count("stale at most (ms)",
               static_cast<std::size_t>(
                   std::chrono::duration_cast<std::chrono::milliseconds>(longest).count()));
  report.count("lost elements", lost);
  report.count("acknowledged and never looked for", never_read);
  report.count("unknown and never seen", unanswered);
  return report.finish(reads > 0);
}

}  // namespace eris::checkers::lossless
