// Locks, in O(n log n): mutexes, and locks with fencing tokens.
//
// Why it works: between the first answer F and the last start S of an acquisition and its release
// the lock is certainly held. That makes a hold a block as zones.hpp has them, and holds can be put
// in an order exactly when no two of them conflict. Where each acquisition gave a token, the tokens
// are the order, and it is enough to look whether the times agree with it (levels.hpp).
#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "checkers/linearizability/sweeps/levels.hpp"

namespace eris::checkers::linearizability {

namespace {

using model::EventIndex;
using model::Value;
namespace function = model::function;

using Found = std::optional<SweepResult>;

/// One acquisition with its release.
struct Hold {
  Index acquire = no_entry;
  Index release = no_entry;  ///< none: never released
};

class Locks {
 public:
  explicit Locks(const View& view) : view_(view) {}

  SweepResult run(bool fenced, Order* order) {
    if (Found found = find_holds()) return *std::move(found);
    if (!fenced) {
      if (Found found = find_conflict()) return *std::move(found);
      // As zones.hpp orders its blocks.
      std::ranges::sort(holds_, {}, [&](const Hold& hold) {
        return std::pair(std::min(first_end(hold), last_start(hold)), certain(hold));
      });
      return fits_in(order);
    }
    for (Hold& hold : holds_) {
      if (token(hold).is_nil()) return undecided();
      // A release that names another token did nothing, if nobody knows what came of it.
      const bool unsure = hold.release != no_entry && view_.entry(hold.release).optional();
      if (unsure && names_another_token(hold)) hold.release = no_entry;
    }
    if (Found found = find_foreign_release()) return *std::move(found);
    if (Found found = find_disorder()) return *std::move(found);
    return fits_in(order);
  }

 private:
  /// One hold after the other.
  [[nodiscard]] SweepResult fits_in(Order* order) const {
    if (order == nullptr) return fits();
    for (const Hold& hold : holds_) {
      order->push_back(hold.acquire);
      if (hold.release != no_entry) order->push_back(hold.release);
    }
    return fits();
  }

  [[nodiscard]] bool acquires(Index i) const {
    return view_.operation(i).function == function::acquire;
  }

  /// What each process did, in its order: a process does one thing after the other.
  [[nodiscard]] Found find_holds() {
    std::unordered_map<std::uint64_t, std::vector<Index>> by_process;
    for (Index i = 0; i < view_.size(); ++i)
      by_process[view_.operation(i).process.value].push_back(i);
    for (const auto& [process, entries] : by_process)
      if (Found found = find_holds(entries)) return found;
    std::ranges::sort(holds_, {}, &Hold::acquire);
    return std::nullopt;
  }

  [[nodiscard]] Found find_holds(const std::vector<Index>& entries) {
    Index held = no_entry;
    Index released = no_entry;
    for (std::size_t k = 0; k < entries.size(); ++k) {
      view_.allowance.step();
      const Index i = entries[k];
      const bool last = k + 1 == entries.size();
      // Only the last operation of a process can be of unknown outcome; others are not for us.
      if (view_.entry(i).optional() && !last) return undecided();
      if (k > 0 && view_.begin(i) <= view_.end(entries[k - 1])) return undecided();
      if (acquires(i)) {
        // Nobody need have got the lock by a last acquire without an answer.
        if (view_.entry(i).optional()) break;
        if (held != no_entry) return tell_acquired_again(held, i);
        held = i;
      } else if (held != no_entry) {
        holds_.push_back({held, i});
        released = i;
        held = no_entry;
      } else if (!view_.entry(i).optional()) {
        return tell_not_held(released, i);
      }
    }
    if (held != no_entry) holds_.push_back({held, no_entry});
    return std::nullopt;
  }

  // ---- one process by itself

  [[nodiscard]] SweepResult tell_acquired_again(Index first, Index second) const {
    Story story(view_, "lock held twice",
                fmt::format("{}, although it held the lock since {} and had not released it",
                            view_.did(second), since(first)));
    story.with(first).with(second);
    return told(std::move(story));
  }

  [[nodiscard]] SweepResult tell_not_held(Index released, Index again) const {
    Story story(view_, "released although not held",
                fmt::format("{}, although it {}", view_.did(again),
                            released == no_entry
                                ? std::string("had never acquired it")
                                : fmt::format("had released it at {} and not acquired it since",
                                              since(released))));
    for (const Hold& hold : holds_)
      if (released != no_entry && hold.release == released)
        story.with(hold.acquire).with(hold.release);
    story.with(again);
    return told(std::move(story));
  }

  [[nodiscard]] std::string since(Index i) const {
    return base::to_rounded_text(view_.operation(i).completed_at);
  }

  [[nodiscard]] SweepResult told(Story story) const {
    return story
        .because("Only one process holds the lock at a time, and only that one releases it.",
                 "No order of these operations is that of a lock, whatever other processes did.")
        .told();
  }

  // ---- holds at the same time

  /// The lock was held by now.
  [[nodiscard]] EventIndex first_end(const Hold& hold) const { return view_.end(hold.acquire); }
  /// The lock was still held.
  [[nodiscard]] EventIndex last_start(const Hold& hold) const {
    return hold.release == no_entry ? model::never : view_.begin(hold.release);
  }
  [[nodiscard]] bool certain(const Hold& hold) const { return first_end(hold) < last_start(hold); }

  [[nodiscard]] Found find_conflict() const {
    std::vector<const Hold*> certain_holds;
    for (const Hold& hold : holds_)
      if (certain(hold)) certain_holds.push_back(&hold);
    std::ranges::sort(certain_holds, {}, [&](const Hold* hold) { return first_end(*hold); });
    for (std::size_t i = 1; i < certain_holds.size(); ++i)
      if (first_end(*certain_holds[i]) < last_start(*certain_holds[i - 1]))
        return tell_conflict(*certain_holds[i - 1], *certain_holds[i]);
    for (const Hold& hold : holds_) {
      view_.allowance.step();
      if (certain(hold)) continue;
      const auto after = std::ranges::partition_point(
          certain_holds, [&](const Hold* other) { return first_end(*other) < last_start(hold); });
      if (after == certain_holds.begin()) continue;
      if (first_end(hold) < last_start(**std::prev(after)))
        return tell_conflict(**std::prev(after), hold);
    }
    return std::nullopt;
  }

  [[nodiscard]] SweepResult tell_conflict(const Hold& first, const Hold& second) const {
    const std::string released =
        first.release == no_entry
            ? std::string("never released it")
            : fmt::format("began to release it only at {}",
                          base::to_rounded_text(view_.operation(first.release).invoked_at));
    Story story(view_, "lock held twice",
                fmt::format("{}, although {}, and {}", view_.did(second.acquire),
                            view_.did(first.acquire), released));
    story.with(first.acquire, first.release == no_entry ? "never released" : "")
        .with(first.release)
        .with(second.acquire)
        .with(second.release);
    return told(std::move(story));
  }

  // ---- tokens

  [[nodiscard]] const Value& token(const Hold& hold) const {
    return view_.call(hold.acquire).result;
  }

  [[nodiscard]] bool names_another_token(const Hold& hold) const {
    const Value& named = view_.call(hold.release).argument;
    return !named.is_nil() && named != token(hold);
  }

  [[nodiscard]] Found find_foreign_release() const {
    for (const Hold& hold : holds_) {
      if (hold.release == no_entry || !names_another_token(hold)) continue;
      Story story(view_, "released with another token",
                  fmt::format("{}, although it had been given token {}", view_.did(hold.release),
                              to_text(token(hold))));
      story.with(hold.acquire).with(hold.release);
      return told(std::move(story));
    }
    return std::nullopt;
  }

  [[nodiscard]] Found find_disorder() {
    std::ranges::sort(holds_, {}, [&](const Hold& hold) { return token(hold); });
    std::vector<Placed> placed;
    for (std::uint32_t i = 0; i < holds_.size(); ++i) {
      view_.allowance.step();
      if (i > 0 && token(holds_[i]) == token(holds_[i - 1]))
        return tell_same_token(holds_[i - 1], holds_[i]);
      placed.push_back({i, holds_[i].acquire});
      if (holds_[i].release != no_entry) placed.push_back({i, holds_[i].release});
      // Whoever never began to release it has not released it before anything later.
      if (holds_[i].release == no_entry && i + 1 < holds_.size())
        return tell_disorder(holds_[i], holds_[i + 1]);
    }
    const auto inversion = find_inversion(view_, std::move(placed));
    if (!inversion) return std::nullopt;
    return tell_disorder(holds_[inversion->earlier.level], holds_[inversion->later.level]);
  }

  [[nodiscard]] SweepResult tell_same_token(const Hold& first, const Hold& second) const {
    Story story(
        view_, "fencing token given twice",
        fmt::format("{}, although {}", view_.did(second.acquire), view_.did(first.acquire)));
    story.with(first.acquire).with(second.acquire);
    return told(std::move(story));
  }

  /// `low` has the smaller token but was not over when `high` began.
  [[nodiscard]] SweepResult tell_disorder(const Hold& low, const Hold& high) const {
    if (!(view_.end(high.acquire) < view_.begin(low.acquire))) return tell_conflict(low, high);
    Story story(view_, "fencing token went backwards",
                fmt::format("{}, although {}", view_.did(low.acquire), view_.did(high.acquire)));
    story.with(high.acquire).with(low.acquire).with(high.release).with(low.release);
    return told(std::move(story));
  }

  const View& view_;
  std::vector<Hold> holds_;
};

}  // namespace

SweepResult sweep_mutex(const model::History& history, const Problem& problem,
                        const CheckContext& context, Order* order) {
  Allowance allowance(context);
  const View view{history, problem, allowance};
  return Locks(view).run(false, order);
}

SweepResult sweep_fenced_lock(const model::History& history, const Problem& problem,
                              const CheckContext& context, Order* order) {
  Allowance allowance(context);
  const View view{history, problem, allowance};
  return Locks(view).run(true, order);
}

}  // namespace eris::checkers::linearizability
