// What is wrong with a counter that only counts up.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "checkers/linearizability/era.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::linearizability {

namespace {

using model::EventIndex;
using model::Value;
namespace function = model::function;

using Found = std::optional<Contradiction>;
using Index = std::uint32_t;  // of an entry

// So that sums and differences of a few of them stay within 64 bits.
constexpr std::int64_t amount_max = std::int64_t{1} << 60;
// How many earlier answers an excess is measured from, to find the one that leaves least to tell.
constexpr std::size_t bases_max = 256;

/// An answer that showed the count.
struct Seer {
  Index entry = 0;
  std::int64_t shown = 0;
  std::int64_t own = 0;  ///< what it added itself: 0 for a read
  EventIndex invoked = 0;
  EventIndex completed = 0;

  [[nodiscard]] std::int64_t before() const { return shown - own; }
  [[nodiscard]] bool adds() const { return own > 0; }
};

/// How much was added, and by how many increments, by the place of one of their two events.
class Sums {
 public:
  void add(EventIndex event, std::int64_t amount) { sums_.push_back({event, amount, 1}); }

  void finish() {
    std::ranges::sort(sums_, {}, &Sum::event);
    for (std::size_t i = 1; i < sums_.size(); ++i) {
      sums_[i].amount += sums_[i - 1].amount;
      sums_[i].count += sums_[i - 1].count;
    }
  }

  struct Sum {
    EventIndex event = 0;
    std::int64_t amount = 0;
    std::size_t count = 0;
  };
  /// Of those whose event was before this one.
  [[nodiscard]] Sum before(EventIndex event) const {
    const auto after = std::ranges::lower_bound(sums_, event, {}, &Sum::event);
    return after == sums_.begin() ? Sum{} : *std::prev(after);
  }

 private:
  std::vector<Sum> sums_;
};

class Counters {
 public:
  explicit Counters(const Era& era) : era_(era) {
    for (const Index change : era.changes) {
      begun_.add(era.entry(change).invoked, amount(change));
      if (!era.entry(change).optional()) answered_.add(era.entry(change).completed, amount(change));
    }
    begun_.finish();
    answered_.finish();
    find_seers();
  }

  /// Answer by answer, so that the first one that went wrong is told of.
  [[nodiscard]] Found find() {
    for (std::size_t i = 0; i < seers_.size(); ++i) {
      seer_ = i;
      for (const auto rule : {&Counters::too_low, &Counters::same_twice, &Counters::too_high})
        if (Found found = (this->*rule)(seers_[i])) return found;
      if (seers_[i].adds()) by_count_.emplace(seers_[i].shown, &seers_[i]);
      if (highest_.empty() || seers_[i].shown > seers_[highest_.back()].shown)
        highest_.push_back(i);
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::int64_t amount(Index increment) const {
    return era_.argument(increment).integer();
  }

  void see(Index entry, const Value& shown, std::int64_t own) {
    const std::int64_t count = shown.is_nil() ? 0 : shown.integer();
    if (count < 0 || count > amount_max) return;
    seers_.push_back({entry, count, own, era_.entry(entry).invoked, era_.entry(entry).completed});
  }

  void find_seers() {
    for (const Index read : era_.reads)
      if (era_.seen(read).is_nil() || era_.seen(read).is_integer()) see(read, era_.seen(read), 0);
    for (const Index change : era_.changes) {
      const Entry& entry = era_.entry(change);
      if (entry.optional() || entry.completed >= era_.end) continue;
      const Value& result = era_.problem->calls[entry.call()].result;
      if (result.is_integer()) see(change, result, amount(change));
    }
    std::ranges::sort(seers_, {}, &Seer::completed);
  }

  [[nodiscard]] Contradiction make(std::string anomaly, std::string sentence,
                                   std::vector<Part> parts) const {
    Contradiction made{.anomaly = std::move(anomaly), .sentence = std::move(sentence)};
    made.premise =
        "Until this went wrong this key was only read and incremented by amounts above 0, so its "
        "count never "
        "goes down, and each increment counts once.";
    made.conclusion =
        "No order of these operations explains that, whatever else was added at any time.";
    made.bystanders = Bystanders{function::increment, {}};
    set_parts(made, era_, std::move(parts));
    return made;
  }

  [[nodiscard]] std::string noun(const Seer& seer) const {
    return std::string(era_.operation(seer.entry).function.view());
  }

  /// "3 increments", with their sum where that is another number.
  [[nodiscard]] static std::string increments(std::size_t count, std::int64_t sum) {
    std::string text = base::count_of(count, "increment");
    if (static_cast<std::int64_t>(count) != sum)
      text += fmt::format(", which {} to {},", count == 1 ? "comes" : "come", sum);
    return text;
  }

  // ---- less than there must have been

  /// Less than the count had been before it began, with what was added since.
  [[nodiscard]] Found too_low(const Seer& late) const {
    const auto after = std::ranges::partition_point(
        highest_, [&](std::size_t i) { return seers_[i].completed < late.invoked; });
    const Seer* base = after == highest_.begin() ? nullptr : &seers_[*std::prev(after)];
    if (base != nullptr && base->shown > late.before()) return outdated(late);
    if (base != nullptr)
      if (Found found = uncounted(late, base)) return found;
    return uncounted(late, nullptr);
  }

  /// Somebody had been given a higher count. Prefers increments to reads, then the latest.
  [[nodiscard]] Contradiction outdated(const Seer& late) const {
    const Seer* newer = nullptr;
    for (std::size_t i = 0; i < seer_; ++i) {
      const Seer& seer = seers_[i];
      if (seer.completed >= late.invoked || seer.shown <= late.before()) continue;
      if (newer == nullptr || seer.adds() >= newer->adds()) newer = &seer;
    }
    const std::string gap = gap_between(era_, newer->entry, late.entry);
    const std::string who = process_of(era_, newer->entry);
    std::vector<Part> parts{{newer->entry, {}}, {late.entry, {}}};
    if (!newer->adds() && !late.adds())
      return make("new-old inversion",
                  fmt::format("{}, although {} had already seen {}, {}", deed_of(era_, late.entry),
                              who, newer->shown, gap),
                  std::move(parts));
    std::string sentence =
        newer->adds() ? fmt::format("{}, although {}'s increment to {} had been acknowledged {}",
                                    deed_of(era_, late.entry), who, newer->shown, gap)
                      : fmt::format("{}, although {} had read {}, {}", deed_of(era_, late.entry),
                                    who, newer->shown, gap);
    return make(low_name(late, newer->shown, newer->completed), std::move(sentence),
                std::move(parts));
  }

  /// Increments that were acknowledged before it began, after `base` or ever, are too many.
  [[nodiscard]] Found uncounted(const Seer& late, const Seer* base) const {
    const std::int64_t since = base == nullptr ? 0 : base->shown;
    if (since + answered_.before(late.invoked).amount <= late.before()) return std::nullopt;
    const auto begin =
        base == nullptr ? era_.changes.begin()
                        : std::ranges::upper_bound(era_.changes, base->completed, {},
                                                   [&](Index i) { return era_.entry(i).invoked; });
    std::vector<Index> added;
    for (auto i = begin; i != era_.changes.end() && era_.entry(*i).invoked < late.invoked; ++i)
      if (era_.precedes(*i, late.entry)) added.push_back(*i);
    // The greatest first, so that few are enough.
    std::ranges::stable_sort(added, std::greater<>{}, [&](Index i) { return amount(i); });
    std::int64_t sum = 0;
    std::size_t enough = 0;
    while (enough < added.size() && since + sum <= late.before()) sum += amount(added[enough++]);
    if (since + sum <= late.before()) return std::nullopt;
    added.resize(enough);
    return name_uncounted(late, base, added, sum);
  }

  [[nodiscard]] Contradiction name_uncounted(const Seer& late, const Seer* base,
                                             const std::vector<Index>& added,
                                             std::int64_t sum) const {
    std::vector<Part> parts{{late.entry, {}}};
    EventIndex moment = 0;
    for (const Index each : added) {
      parts.push_back({each, {}});
      moment = std::max(moment, era_.entry(each).completed);
    }
    std::string start;
    if (base != nullptr) {
      parts.push_back({base->entry, {}});
      start = fmt::format("it was {} when {} had its answer at {}, and ", base->shown,
                          process_of(era_, base->entry),
                          base::to_rounded_text(era_.operation(base->entry).completed_at));
    }
    const std::int64_t due = sum + (base == nullptr ? 0 : base->shown);
    std::string sentence = fmt::format(
        "{}, although {}{} had been acknowledged {}before that {} began", deed_of(era_, late.entry),
        start, increments(added.size(), sum), base == nullptr ? "" : "after that and ", noun(late));
    return make(low_name(late, due, moment), std::move(sentence), std::move(parts));
  }

  /// Gone, or only not seen by one reader: gone where others counted on without it, or where nobody
  /// who looked later saw it and several missed it.
  [[nodiscard]] std::string low_name(const Seer& late, std::int64_t due, EventIndex since) const {
    std::set<base::ProcessId> missed;
    bool seen = false;
    for (const Seer& seer : seers_) {
      if (seer.invoked <= since) continue;
      if (seer.adds() && seer.before() < due) return "lost write";
      if (seer.before() < due)
        missed.insert(era_.operation(seer.entry).process);
      else if (seer.invoked > late.invoked)
        seen = true;
    }
    return !seen && missed.size() > 1 ? "lost write" : "stale read";
  }

  // ---- two counted from the same place

  /// Each increment takes the count over a stretch of its own.
  [[nodiscard]] Found same_twice(const Seer& seer) const {
    if (!seer.adds()) return std::nullopt;
    const auto above = by_count_.lower_bound(seer.shown);
    if (above != by_count_.end() && above->second->before() < seer.shown)
      return shared(seer, *above->second);
    if (above == by_count_.begin()) return std::nullopt;
    const Seer& below = *std::prev(above)->second;
    if (below.shown <= seer.before()) return std::nullopt;
    return shared(seer, below);
  }

  [[nodiscard]] Contradiction shared(const Seer& seer, const Seer& other) const {
    return make(
        "lost update",
        fmt::format("{}, and {} did increment {}, giving {} at {}: one of the two counted "
                    "without the other",
                    deed_of(era_, seer.entry), process_of(era_, other.entry), other.own,
                    other.shown, base::to_rounded_text(era_.operation(other.entry).completed_at)),
        {{seer.entry, {}}, {other.entry, {}}});
  }

  // ---- more than was asked for

  /// What may have been added between two answers, one of them perhaps the start.
  struct Window {
    const Seer* base = nullptr;  ///< none: the start
    EventIndex from = 0;         ///< increments that had their answer before are in the base
    std::int64_t amount = 0;
    std::size_t count = 0;
  };

  [[nodiscard]] Window window(const Seer& high, const Seer* base) const {
    const Sums::Sum begun = begun_.before(high.completed);
    Window made{base, 0, begun.amount - high.own, begun.count - (high.adds() ? 1 : 0)};
    if (base == nullptr) return made;
    made.from = std::min(base->invoked, high.invoked);
    const Sums::Sum in_base = answered_.before(made.from);
    made.amount -= in_base.amount + base->own;
    made.count -= in_base.count + (base->adds() ? 1 : 0);
    return made;
  }

  /// More than it had been, or 0, with everything that can have been added by then. Measured from
  /// several earlier answers, to name the fewest increments.
  [[nodiscard]] Found too_high(const Seer& high) const {
    std::optional<Window> best;
    const auto offer = [&](const Seer* base) {
      const std::int64_t least = base == nullptr ? 0 : base->shown;
      const Window made = window(high, base);
      if (high.before() - least <= made.amount) return;
      const std::size_t extra = base == nullptr ? 0 : 1;
      const bool fewer =
          !best || made.count + extra < best->count + (best->base == nullptr ? 0 : 1);
      if (fewer) best = made;
    };
    offer(nullptr);
    for (std::size_t i = seer_; i-- > 0 && seer_ - i <= bases_max;)
      if (seers_[i].shown < high.shown) offer(&seers_[i]);
    if (!best) return std::nullopt;
    return name_high(high, *best);
  }

  [[nodiscard]] Contradiction name_high(const Seer& high, const Window& window) const {
    std::vector<Part> parts{{high.entry, {}}};
    if (window.base != nullptr) parts.push_back({window.base->entry, {}});
    for (const Index i : era_.changes) {
      const Entry& entry = era_.entry(i);
      if (entry.invoked > high.completed || entry.completed < window.from) continue;
      if (i != high.entry && (window.base == nullptr || i != window.base->entry))
        parts.push_back({i, {}});
    }
    Contradiction made =
        make("operation applied twice",
             fmt::format("{}, although {}", deed_of(era_, high.entry), limit(high, window)),
             std::move(parts));
    made.bystanders.reset();
    made.conclusion = fmt::format(
        "Even if each of the increments counted, the count could not "
        "have come to {}.",
        high.shown);
    // What was open when the base was seen may be in it, and what was open in the end may have come
    // after it.
    for (Pick& pick : made.witness.picks) {
      const Entry& entry = era_.entry(pick.entry);
      pick.optional |= entry.invoked < window.from || entry.completed > high.completed;
    }
    made.witness.unknown_start = window.base != nullptr;
    return made;
  }

  [[nodiscard]] std::string limit(const Seer& high, const Window& window) const {
    const std::string others = increments(window.count, window.amount);
    const std::string besides = high.adds() ? " besides it" : "";
    if (window.base == nullptr) return fmt::format("only {} had begun by then{}", others, besides);
    const Seer& base = *window.base;
    const std::string then =
        fmt::format("{} {} {} at {}", process_of(era_, base.entry),
                    base.adds() ? "had brought it to" : "had read", base.shown,
                    base::to_rounded_text(era_.operation(base.entry).completed_at));
    if (window.count == 0)
      return fmt::format("{} and nothing{} can have come in between", then,
                         high.adds() ? " else" : "");
    return fmt::format("{} and only {} can have come in between{}", then, others, besides);
  }

  const Era& era_;
  Sums begun_;                                    ///< by invocation
  Sums answered_;                                 ///< by completion
  std::vector<Seer> seers_;                       ///< ascending by completion
  std::size_t seer_ = 0;                          ///< the one that is looked at
  std::vector<std::size_t> highest_;              ///< each above all that completed before it
  std::map<std::int64_t, const Seer*> by_count_;  ///< increments that completed before it
};

/// False where sums might not fit, or a read shows what no counter holds: that is not a counter's
/// business.
bool countable(const Era& era) {
  std::int64_t sum = 0;
  for (const Index change : era.changes) {
    const std::int64_t amount = era.argument(change).integer();
    if (amount > amount_max - sum) return false;
    sum += amount;
  }
  return true;
}

/// A read shows something that is no number, or below 0.
Found not_a_count(const Era& era) {
  for (const Index read : era.reads) {
    const Value& seen = era.seen(read);
    if (seen.is_nil() || (seen.is_integer() && seen.integer() >= 0)) continue;
    Contradiction made{
        .anomaly = "read of a value never written",
        .sentence =
            fmt::format("{}, but the key was only ever counted up from 0", deed_of(era, read)),
        .premise =
            "Until this went wrong this key was only read and incremented by amounts above 0.",
        .conclusion = "No increments make that of a counter, however many there were.",
        .bystanders = Bystanders{function::increment, {}}};
    set_parts(made, era, {{read, {}}});
    return made;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Contradiction> counter_contradiction(const Era& era) {
  if (Found found = not_a_count(era)) return found;
  return countable(era) ? Counters(era).find() : std::nullopt;
}

}  // namespace eris::checkers::linearizability
