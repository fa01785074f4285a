// What is wrong with a list that is only appended to.
#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "checkers/linearizability/era.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::linearizability {

namespace {

using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

using Found = std::optional<Contradiction>;
using Index = std::uint32_t;  // of an entry

std::string times(std::size_t count) {
  if (count == 1) return "once";
  return count == 2 ? "twice" : fmt::format("{} times", count);
}

class Lists {
 public:
  explicit Lists(const Era& era) : era_(era) {
    for (const Index append : era.changes) appends_[era.argument(append)].push_back(append);
  }

  /// Read by read, so that the first one that went wrong is told of; of its faults the plainest.
  [[nodiscard]] Found find() {
    for (const Index read : era_.reads) {
      counts_.clear();
      for (const Value& element : elements(read)) ++counts_[element];
      for (const auto rule : {&Lists::not_a_list, &Lists::surplus, &Lists::missing,
                              &Lists::misplaced, &Lists::disagreement, &Lists::shrunk})
        if (Found found = (this->*rule)(read)) return found;
      remember(read);
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] Value::Elements elements(Index read) const {
    const Value& seen = era_.seen(read);
    return seen.is_list() ? seen.list() : Value::Elements();
  }

  [[nodiscard]] bool holds(Index read, const Value& element) const {
    return std::ranges::find(elements(read), element) != elements(read).end();
  }

  [[nodiscard]] std::size_t count(const Value& element) const {
    const auto found = counts_.find(element);
    return found == counts_.end() ? 0 : found->second;
  }

  /// The appends of an element that can have taken effect before the answer to a read.
  [[nodiscard]] std::vector<Index> begun(const Value& element, Index read) const {
    std::vector<Index> begun;
    const auto found = appends_.find(element);
    if (found == appends_.end()) return begun;
    for (const Index append : found->second)
      if (era_.entry(append).invoked < era_.entry(read).completed) begun.push_back(append);
    return begun;
  }

  [[nodiscard]] Contradiction make(std::string anomaly, std::string sentence,
                                   std::vector<Part> parts, std::vector<Value> except) const {
    Contradiction made{.anomaly = std::move(anomaly), .sentence = std::move(sentence)};
    made.premise =
        "Until this went wrong this key was only read and appended to. An append puts its value at "
        "the end, "
        "once, and nothing takes one away.";
    made.conclusion = fmt::format(
        "No order of these operations explains that, whatever {} "
        "appended at any time.",
        except.empty() ? "else was" : "other values were");
    made.bystanders = Bystanders{function::append, std::move(except)};
    set_parts(made, era_, std::move(parts));
    return made;
  }

  // ---- the rules

  [[nodiscard]] Found not_a_list(Index read) const {
    const Value& seen = era_.seen(read);
    if (seen.is_list() || seen.is_nil()) return std::nullopt;
    return make("read of a value never written",
                fmt::format("{}, but the key was only ever appended to, so that it holds a list",
                            deed_of(era_, read)),
                {{read, "not a list"}}, {});
  }

  /// An element is there more often than it had been appended by then.
  [[nodiscard]] Found surplus(Index read) const {
    for (const Value& element : elements(read)) {
      const std::vector<Index> appends = begun(element, read);
      if (count(element) <= appends.size()) continue;
      return appends.empty() ? unwritten(read, element) : doubled(read, element, appends);
    }
    return std::nullopt;
  }

  [[nodiscard]] Contradiction doubled(Index read, const Value& element,
                                      const std::vector<Index>& appends) const {
    const std::string there = times(count(element));
    std::vector<Part> parts{{read, fmt::format("with {} there {}", to_text(element), there)}};
    for (const Index append : appends) parts.push_back({append, {}});
    const std::string by =
        appends.size() == 1 ? ", by " + process_of(era_, appends.front()) : std::string();
    return make(
        "duplicate append",
        fmt::format("{}, where {} stands {} although it was appended {}{}", deed_of(era_, read),
                    to_text(element), there, times(appends.size()), by),
        std::move(parts), {element});
  }

  /// Nobody had begun to append it.
  [[nodiscard]] Contradiction unwritten(Index read, const Value& element) const {
    const std::string name = to_text(element);
    std::vector<Part> parts{{read, fmt::format("with {} in it", name)}};
    const auto later = appends_.find(element);
    if (later != appends_.end()) {
      const Index append = later->second.front();
      parts.push_back({append, {}});
      return make("read of a value not yet written",
                  fmt::format("{}, with {} in it, but {} began to append {} only {} later",
                              deed_of(era_, read), name, process_of(era_, append), name,
                              base::to_rounded_text(era_.operation(append).invoked_at -
                                                    era_.operation(read).completed_at)),
                  std::move(parts), {element});
    }
    if (const Operation* failed = failed_append(read, element))
      return make(
          "read of a failed write",
          fmt::format("{}, with {} in it, although process {}'s append of it had failed at {}{}",
                      deed_of(era_, read), name, failed->process.value,
                      base::to_rounded_text(failed->completed_at), error_of(*failed)),
          std::move(parts), {element});
    return make("read of a value never written",
                fmt::format("{}, with {} in it, but no operation ever appended {}",
                            deed_of(era_, read), name, name),
                std::move(parts), {element});
  }

  [[nodiscard]] const Operation* failed_append(Index read, const Value& element) const {
    for (const Operation& operation : era_.history->operations)
      if (operation.key == era_.operation(read).key && operation.status == Status::fail &&
          operation.function == function::append && operation.argument == element)
        return &operation;
    return nullptr;
  }

  [[nodiscard]] std::string error_of(const Operation& failed) const {
    const std::string& error = era_.history->error_of(failed);
    return error.empty() ? std::string() : fmt::format(" ({})", error);
  }

  /// An append was acknowledged before the read began, and is not there.
  [[nodiscard]] Found missing(Index read) const {
    std::unordered_map<Value, std::vector<Index>> due;
    for (const Index append : era_.changes) {
      if (!era_.precedes(append, read)) continue;
      const Value& element = era_.argument(append);
      std::vector<Index>& appends = due[element];
      appends.push_back(append);
      if (appends.size() <= count(element)) continue;
      return absent(read, element, appends);
    }
    return std::nullopt;
  }

  [[nodiscard]] Contradiction absent(Index read, const Value& element,
                                     const std::vector<Index>& appends) const {
    const Index append = appends.back();
    const bool once = appends.size() == 1;
    const bool lost = once && is_lost(append, read);
    const std::string fault =
        once ? fmt::format("without {}", to_text(element))
             : fmt::format("with {} there only {}", to_text(element), times(count(element)));
    std::string sentence = fmt::format(
        "{}, {}, although {}'s append of {} had been acknowledged {}", deed_of(era_, read), fault,
        process_of(era_, append), to_text(element), gap_between(era_, append, read));
    if (lost)
      sentence += seen_since(append) ? ", and nobody saw it again" : ", and nobody ever saw it";
    std::vector<Part> parts{{read, fault}};
    for (const Index each : appends) parts.push_back({each, {}});
    return make(lost ? "lost write" : "stale read", std::move(sentence), std::move(parts), {});
  }

  [[nodiscard]] bool seen_since(Index append) const {
    return std::ranges::any_of(era_.reads, [&](Index read) {
      return era_.precedes(append, read) && holds(read, era_.argument(append));
    });
  }

  /// Gone for everybody, not behind for one reader: no later read shows it, and either none ever
  /// did after the acknowledgment, or several processes missed it.
  [[nodiscard]] bool is_lost(Index append, Index missed) const {
    std::set<base::ProcessId> without;
    for (const Index read : era_.reads) {
      if (!era_.precedes(append, read)) continue;
      if (!holds(read, era_.argument(append)))
        without.insert(era_.operation(read).process);
      else if (era_.entry(read).invoked > era_.entry(missed).invoked)
        return false;
    }
    return !seen_since(append) || without.size() > 1;
  }

  /// Two elements stand in another order than their appends were made in.
  [[nodiscard]] Found misplaced(Index read) const {
    std::optional<Index> newest;
    for (const Value& element : elements(read)) {
      const std::vector<Index> appends = begun(element, read);
      if (appends.size() != 1) continue;
      const Index append = appends.front();
      if (newest && era_.precedes(append, *newest)) return reordered(read, append, *newest);
      if (!newest || era_.entry(append).invoked > era_.entry(*newest).invoked) newest = append;
    }
    return std::nullopt;
  }

  [[nodiscard]] Contradiction reordered(Index read, Index first, Index second) const {
    const Value& one = era_.argument(first);
    const Value& other = era_.argument(second);
    return make(
        "reordered writes",
        fmt::format("{}, where {} stands before {} although {}'s append of {} had been "
                    "acknowledged {}",
                    deed_of(era_, read), to_text(other), to_text(one), process_of(era_, first),
                    to_text(one), gap_between(era_, first, second)),
        {{first, {}},
         {second, {}},
         {read, fmt::format("with {} before {}", to_text(other), to_text(one))}},
        {one, other});
  }

  /// Of two reads of one list, the shorter is the beginning of the longer.
  [[nodiscard]] Found disagreement(Index read) const {
    if (longest_.empty()) return std::nullopt;
    const Index before = longest_.back();
    const auto [there, here] = std::ranges::mismatch(elements(before), elements(read));
    if (there == elements(before).end() || here == elements(read).end()) return std::nullopt;
    const auto place = there - elements(before).begin() + 1;
    const auto remark = [&](const Value& element) {
      return fmt::format("with {} in place {}", to_text(element), place);
    };
    return make(
        "incompatible order",
        fmt::format("{}, with {} in place {} of the list, where {} had read {} at {}",
                    deed_of(era_, read), to_text(*here), place, process_of(era_, before),
                    to_text(*there), base::to_rounded_text(era_.operation(before).completed_at)),
        {{before, remark(*there)}, {read, remark(*here)}}, {});
  }

  /// A read shows less of the list than another that had ended before it began.
  [[nodiscard]] Found shrunk(Index read) const {
    const auto after = std::ranges::partition_point(
        longest_, [&](Index earlier) { return era_.precedes(earlier, read); });
    if (after == longest_.begin()) return std::nullopt;
    const Index before = *std::prev(after);
    const std::size_t length = elements(read).size();
    if (elements(before).size() <= length) return std::nullopt;
    const std::string newer = to_text(elements(before)[length]);
    return make("new-old inversion",
                fmt::format("{}, without {}, although {} had already seen {} in it, {}",
                            deed_of(era_, read), newer, process_of(era_, before), newer,
                            gap_between(era_, before, read)),
                {{before, fmt::format("with {}", newer)}, {read, fmt::format("without {}", newer)}},
                {});
  }

  void remember(Index read) {
    if (longest_.empty() || elements(read).size() > elements(longest_.back()).size())
      longest_.push_back(read);
  }

  const Era& era_;
  std::unordered_map<Value, std::vector<Index>> appends_;  ///< by element, by invocation
  std::unordered_map<Value, std::size_t> counts_;          ///< in the read that is looked at
  std::vector<Index> longest_;  ///< each longer than all reads that completed before it
};

}  // namespace

std::optional<Contradiction> list_contradiction(const Era& era) {
  return Lists(era).find();
}

}  // namespace eris::checkers::linearizability
