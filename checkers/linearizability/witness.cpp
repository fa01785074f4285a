#include "checkers/linearizability/witness.hpp"

#include <algorithm>
#include <unordered_map>

#include "checkers/linearizability/budget.hpp"
#include "checkers/linearizability/script.hpp"
#include "checkers/linearizability/search.hpp"
#include "checkers/linearizability/zones.hpp"

namespace eris::checkers::linearizability {

namespace {

// A trial that needs more than this is answered "keep it": the witness is then larger, never wrong.
constexpr std::uint64_t trial_nodes_max = 50'000;
constexpr std::size_t trials_max = 4'000;
constexpr std::uint64_t nodes_max = 20'000'000;  // of all trials together
constexpr std::size_t tries_max = 200;           // of earlier reads
constexpr std::size_t few = 64;

class Shrinker {
 public:
  Shrinker(const Problem& problem, const CheckContext& context)
      : problem_(problem), context_(context) {}

  Witness shrink(Witness witness) {
    std::size_t weight = 0;
    do {
      weight = weigh(witness);
      if (witness.picks.size() <= few) {
        drop_pure(witness);
        // Before any end is taken away: a compare-and-set that may be read as a write makes the
        // whole chain before it superfluous, and a plain stale read is left.
        overwrite_swaps(witness);
      }
      relax_chunks(witness);
      overwrite_swaps(witness);
      drop_unnoticeable(witness);
    } while (weigh(witness) < weight);
    return witness;
  }

  /// Takes the earliest operation that saw the same in place of the last one: people want to know
  /// when it first went wrong.
  void advance_last_read(Witness& witness) {
    if (witness.picks.empty()) return;
    const Entry last = problem_.entries[witness.picks.back().entry];
    if (last.kind != ShapeKind::read) return;
    std::size_t tries = 0;
    for (std::uint32_t i = 0; i < witness.picks.back().entry && tries < tries_max; ++i) {
      const Entry& entry = problem_.entries[i];
      if (entry.kind != ShapeKind::read || entry.first != last.first) continue;
      Witness earlier = witness;
      earlier.picks.back().entry = i;
      std::ranges::sort(earlier.picks, {}, &Pick::entry);
      const auto twice = std::ranges::adjacent_find(earlier.picks, {}, &Pick::entry);
      if (twice != earlier.picks.end()) continue;
      ++tries;
      if (!violated(earlier)) continue;
      witness = std::move(earlier);
      return;
    }
  }

  /// Nothing more will be tried.
  [[nodiscard]] bool exhausted() const {
    return trials_ >= trials_max || nodes_ > nodes_max || context_.out_of_time();
  }

  [[nodiscard]] bool violated(const Witness& witness) {
    if (exhausted()) return false;
    ++trials_;
    const Problem part = extract(problem_, witness);
    const ZoneResult zones = check_zones(part);
    if (zones.answer != ZoneAnswer::undecided) return zones.answer == ZoneAnswer::violated;
    Budget budget(context_.out_of_time, context_.memory_budget_bytes, trial_nodes_max);
    const bool refused = search(part, budget).answer == SearchAnswer::violated;
    nodes_ += budget.nodes();
    return refused;
  }

  void drop_unnoticeable(Witness& witness) const {
    const std::vector<bool> unseen = unnoticeable(extract(problem_, witness));
    std::vector<Pick> kept;
    for (std::size_t i = 0; i < witness.picks.size(); ++i)
      if (!unseen[i]) kept.push_back(witness.picks[i]);
    witness.picks = std::move(kept);
  }

 private:
  /// How far a witness is from the smallest that relaxations could make of it.
  static std::size_t weigh(const Witness& witness) {
    std::size_t weight = 0;
    for (const Pick& pick : witness.picks)
      weight += 4 - (pick.optional ? 1 : 0) - (pick.overwrite ? 1 : 0);
    return weight;
  }

  /// One by one, before anything else: a proof reads best when it is about writes.
  void drop_pure(Witness& witness) {
    for (std::size_t i = witness.picks.size(); i-- > 0;) {
      if (!problem_.entries[witness.picks[i].entry].pure()) continue;
      Witness without = witness;
      without.picks.erase(without.picks.begin() + static_cast<std::ptrdiff_t>(i));
      if (violated(without)) witness = std::move(without);
    }
  }

  /// Delta debugging (Zeller and Hildebrandt 2002) with relaxation in place of removal. From the
  /// end, so that what is kept is the earliest of several proofs.
  void relax_chunks(Witness& witness) {
    for (std::size_t size = (witness.picks.size() + 1) / 2; size > 0; size /= 2) {
      for (std::size_t end = witness.picks.size(); end > 0 && !exhausted();) {
        const std::size_t begin = end - std::min(end, size);
        Witness relaxed = relax(witness, begin, end);
        if (weigh(relaxed) < weigh(witness) && violated(relaxed)) witness = std::move(relaxed);
        end = std::min(begin, witness.picks.size());
      }
    }
  }

  [[nodiscard]] Witness relax(const Witness& witness, std::size_t begin, std::size_t end) const {
    Witness relaxed{{}, witness.unknown_start};
    for (std::size_t i = 0; i < witness.picks.size(); ++i) {
      Pick pick = witness.picks[i];
      if (i >= begin && i < end) {
        if (problem_.entries[pick.entry].pure()) continue;
        pick.optional = true;
      }
      relaxed.picks.push_back(pick);
    }
    drop_unnoticeable(relaxed);
    return relaxed;
  }

  void overwrite_swaps(Witness& witness) {
    for (std::size_t i = 0; i < witness.picks.size(); ++i) {
      Pick& pick = witness.picks[i];
      if (problem_.entries[pick.entry].kind != ShapeKind::swap || pick.overwrite) continue;
      pick.overwrite = true;
      if (!violated(witness)) pick.overwrite = false;
    }
  }

  const Problem& problem_;
  const CheckContext& context_;
  std::size_t trials_ = 0;
  std::uint64_t nodes_ = 0;
};

/// The history up to the response of `blocked`: what had not completed by then may never take
/// effect (but if it does, then with the answer that it had), what had not begun is not there.
Witness prefix(const Problem& problem, std::uint32_t blocked) {
  const model::EventIndex end = problem.entries[blocked].completed;
  Witness witness;
  for (std::uint32_t i = 0; i < problem.entries.size(); ++i) {
    const Entry& entry = problem.entries[i];
    if (entry.invoked > end) break;
    const bool open = entry.completed > end;
    if (open && entry.pure()) continue;
    witness.picks.push_back({i, open || entry.optional()});
  }
  return witness;
}

/// The same from `moment` on: what completed before is forgotten with the state it left; what was
/// open may or may not still take effect.
Witness suffix(const Problem& problem, const Witness& whole, model::EventIndex moment) {
  Witness witness{{}, true};
  for (Pick pick : whole.picks) {
    const Entry& entry = problem.entries[pick.entry];
    if (entry.completed < moment) continue;
    if (entry.invoked < moment) {
      if (entry.pure()) continue;
      pick.optional = true;
    }
    witness.picks.push_back(pick);
  }
  return witness;
}

/// The shortest suffix that is still a proof, found by doubling from the end and then halving;
/// cutting later only relaxes. The whole, with its known start, where no suffix is.
Witness shortest_suffix(const Problem& problem, Witness whole, Shrinker& shrinker) {
  if (!problem.plain()) return whole;
  const std::size_t count = whole.picks.size();
  const auto keeping = [&](std::size_t kept) {
    Witness part = suffix(problem, whole, problem.entries[whole.picks[count - kept].entry].invoked);
    shrinker.drop_unnoticeable(part);
    return part;
  };
  std::size_t kept = 1;
  while (!shrinker.violated(keeping(kept))) {
    if (kept == count) return whole;
    kept = std::min(kept * 2, count);
  }
  std::size_t too_few = kept / 2;
  while (kept - too_few > 1) {
    const std::size_t middle = too_few + (kept - too_few) / 2;
    (shrinker.violated(keeping(middle)) ? kept : too_few) = middle;
  }
  return keeping(kept);
}

}  // namespace

Problem extract(const Problem& problem, const Witness& witness) {
  Problem part{.object = problem.object, .unknown_start = witness.unknown_start};
  part.values.push_back(problem.values[initial_value]);
  std::unordered_map<ValueId, ValueId> renamed{{initial_value, initial_value}};
  const auto rename = [&](ValueId value) {
    const auto [found, is_new] =
        renamed.try_emplace(value, static_cast<ValueId>(part.values.size()));
    if (is_new) part.values.push_back(problem.values[value]);
    return found->second;
  };
  for (const Pick& pick : witness.picks) {
    Entry entry = problem.entries[pick.entry];
    if (pick.optional) entry.completed = model::never;
    if (pick.overwrite) {
      entry.kind = ShapeKind::write;
      entry.first = entry.second;
      entry.second = 0;
    }
    if (entry.kind == ShapeKind::effect || entry.kind == ShapeKind::observe) {
      part.calls.push_back(problem.calls[entry.call()]);
      entry.second = static_cast<std::uint32_t>(part.calls.size() - 1);
    } else {
      entry.first = rename(entry.first);
      if (entry.kind == ShapeKind::swap) entry.second = rename(entry.second);
    }
    part.entries.push_back(entry);
  }
  return part;
}

Witness witness_from_core(const Problem& problem, const std::vector<std::uint32_t>& core,
                          const CheckContext& context) {
  Witness witness;
  for (const std::uint32_t entry : core)
    witness.picks.push_back({entry, problem.entries[entry].optional()});
  // A comparison may have been refused because of any write that the core leaves out. Then it
  // proves something only together with those who saw the value before and after it.
  const bool compares = std::ranges::any_of(
      core, [&](std::uint32_t entry) { return problem.entries[entry].kind == ShapeKind::differs; });
  const auto changes = [](const std::vector<Entry>& entries) {
    return std::ranges::count(entries, false, &Entry::pure);
  };
  if (compares && changes(extract(problem, witness).entries) < changes(problem.entries))
    return witness;
  Shrinker shrinker(problem, context);
  witness = shrinker.shrink(std::move(witness));
  shrinker.advance_last_read(witness);
  return witness;
}

Witness witness_from_search(const Problem& problem, std::uint32_t blocked_entry,
                            const CheckContext& context) {
  Shrinker shrinker(problem, context);
  return shrinker.shrink(shortest_suffix(problem, prefix(problem, blocked_entry), shrinker));
}

}  // namespace eris::checkers::linearizability
