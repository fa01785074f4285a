#include "checkers/linearizability/linearizability.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <numeric>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "checkers/allowance.hpp"
#include "checkers/extent.hpp"
#include "checkers/linearizability/collections.hpp"
#include "checkers/linearizability/digest.hpp"
#include "checkers/linearizability/drains.hpp"
#include "checkers/linearizability/narrative.hpp"
#include "checkers/linearizability/parts.hpp"
#include "checkers/linearizability/problem.hpp"
#include "checkers/linearizability/search.hpp"
#include "checkers/linearizability/small_proof.hpp"
#include "checkers/linearizability/sweeps/sweep.hpp"
#include "checkers/linearizability/witness.hpp"
#include "checkers/linearizability/zones.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::linearizability {

using model::CheckResult;
using model::Finding;
using model::History;
using model::Status;
using model::Value;
using model::Verdict;

namespace {

struct KeyResult {
  Verdict verdict = Verdict::unknown;
  bool swept = false;
  bool zones = false;
  bool searched = false;
  bool contradicted = false;
  bool out_of_memory = false;  ///< why it is unknown
  std::size_t entries = 0;
  std::uint64_t nodes = 0;
  std::uint64_t search_bytes = 0;
  std::string reason;
  /// For unknown: whatever was answered before this event is linearizable; 0: nothing is known.
  model::EventIndex proven_until = 0;
  std::optional<Finding> finding;
};

std::string what_ran_out(Stop stop) {
  switch (stop) {
    case Stop::time:
      return "the time for checking ran out";
    case Stop::memory:
      return "the memory for checking ran out";
    case Stop::width:
      return fmt::format("more than {} operations were open at once", open_operations_max);
    default:
      return "the search gave up";
  }
}

std::string advice(const SearchResult& found) {
  if (found.stop == Stop::width) return "use fewer clients for each key, or more keys";
  if (found.unknown_outcomes > found.open.size())
    return "use more keys or rotate them sooner, so that each collects fewer unknown outcomes; or "
           "allow more time for checking";
  return "use fewer clients for each key, more keys, or different values in every write; or allow "
         "more time for checking";
}

/// Which window blocked, what is proven, and what to change.
std::string blocked(const History& history, const Problem& problem, const SearchResult& found) {
  const model::Operation& at = history.operations[problem.entries[found.blocked_entry].operation];
  const std::uint32_t first =
      found.open.empty() ? found.blocked_entry : problem.entries[found.open.front()].operation;
  return fmt::format(
      "key {}: {} at process {}'s {} (event {}, {}), with {} open (the oldest is operation {}) and "
      "{} that may still take effect; the first {} of the key's completed operations, answered "
      "before {}, are linearizable; {}",
      to_text(history.key_of(at)), what_ran_out(found.stop), at.process.value, at.function.view(),
      at.invoked, base::to_rounded_text(at.invoked_at),
      base::count_of(found.open.size(), "operation"), first,
      base::count_of(found.unknown_outcomes, "unknown outcome"), found.proven_operations,
      base::to_rounded_text(at.completed_at), advice(found));
}

/// How large a key is, where an algorithm that looks at all of it at once was cut short.
std::string unlooked_at(const History& history, std::span<const std::uint32_t> operations,
                        const OutOfBudget& stop) {
  return fmt::format(
      "{} before all of it could be looked at: {}; none of it is proven; give it more {}, use more "
      "keys, or run for a shorter time",
      stop.what(), to_text(extent_of(history, operations)),
      stop.ran_out == OutOfBudget::What::time ? "time" : "memory");
}

class KeyCheck {
 public:
  KeyCheck(const History& history, std::span<const std::uint32_t> operations,
           const SequentialObject& object, const CheckContext& context,
           const Digest* digest = nullptr)
      : history_(history),
        operations_(operations),
        object_(object),
        context_(context),
        digest_(digest) {}

  KeyResult run() {
    try {
      check();
    } catch (const OutOfBudget& stop) {
      result_.out_of_memory = stop.ran_out == OutOfBudget::What::memory;
      give_up(unlooked_at(history_, operations_, stop));
    } catch (const std::bad_alloc&) {
      give_up(
          "memory ran out while it was checked; use more keys, or give the checker more memory");
    } catch (const std::exception& problem) {
      give_up(fmt::format("the check failed: {}", problem.what()));
    }
    return std::move(result_);
  }

 private:
  void check() {
    const Allowance allowance(context_);
    allowance.ask();
    // As entries and values, in the order of their answers, and once more in the algorithm's form.
    allowance.hold(operations_.size() * (2 * sizeof(Entry) + 2 * sizeof(Value)));
    auto prepared = prepared_key();
    if (!prepared) {
      result_.reason = to_text(prepared.error());
      return;
    }
    const Problem& problem = *prepared;
    result_.entries = problem.entries.size();
    allowance.ask();
    const SweepResult swept = sweep(history_, problem, context_);
    result_.swept = swept.answer != SweepAnswer::undecided;
    if (swept.answer == SweepAnswer::linearizable) result_.verdict = Verdict::valid;
    if (swept.answer == SweepAnswer::violated) refuse(problem, *swept.contradiction);
    if (result_.swept) return;
    allowance.ask();
    if (const auto contradiction = find_contradiction(history_, problem)) {
      result_.contradicted = true;
      return refuse(problem, *contradiction);
    }
    const Parts parts = parts_of(history_, operations_, object_);
    if (!parts.empty()) return check_parts(parts);
    check_by_order(problem);
  }

  [[nodiscard]] base::Result<Problem> prepared_key() const {
    if (digest_ != nullptr)
      if (auto problem = digest_->problem(key())) return *std::move(problem);
    return prepare(history_, operations_, object_);
  }

  /// The first part that is wrong is told of.
  void check_parts(const Parts& parts) {
    result_.verdict = Verdict::valid;
    for (const auto& [part, operations] : parts) {
      KeyResult found = KeyCheck(history_, operations, object_.part_object(), context_).run();
      result_.zones |= found.zones;
      result_.searched |= found.searched;
      result_.nodes += found.nodes;
      result_.search_bytes = std::max(result_.search_bytes, found.search_bytes);
      result_.out_of_memory |= found.out_of_memory;
      result_.verdict = merge(result_.verdict, found.verdict);
      if (found.verdict == Verdict::unknown) {
        const bool first = result_.reason.empty();
        result_.proven_until =
            first ? found.proven_until : std::min(result_.proven_until, found.proven_until);
        if (first) result_.reason = std::move(found.reason);
      }
      if (!found.finding) continue;
      result_.finding = std::move(found.finding);
      return;
    }
  }

  void check_by_order(const Problem& problem) {
    const ZoneResult zones = check_zones(problem);
    result_.zones = zones.answer != ZoneAnswer::undecided;
    if (zones.answer == ZoneAnswer::linearizable) result_.verdict = Verdict::valid;
    if (zones.answer == ZoneAnswer::violated)
      refuse(problem, witness_from_core(problem, zones.core, context_));
    if (zones.answer == ZoneAnswer::undecided) check_by_search(problem);
  }

  void check_by_search(const Problem& problem) {
    result_.searched = true;
    Budget budget(context_.out_of_time, context_.memory_budget_bytes);
    const SearchResult found = search(problem, budget);
    result_.nodes = found.nodes;
    result_.search_bytes = budget.most_held();
    result_.out_of_memory = found.stop == Stop::memory;
    if (found.answer == SearchAnswer::linearizable) result_.verdict = Verdict::valid;
    if (found.answer == SearchAnswer::violated)
      refuse(problem, witness_from_search(problem, found.blocked_entry, context_));
    if (found.answer == SearchAnswer::unknown) {
      result_.reason = blocked(history_, problem, found);
      const Entry& at = problem.entries[found.blocked_entry];
      if (found.proven_operations > 0)
        result_.proven_until = at.optional() ? at.invoked : at.completed;
    }
  }

  void refuse(const Problem& problem, const Witness& witness) {
    result_.verdict = Verdict::invalid;
    result_.finding = tell(history_, problem, witness);
    if (witness.picks.size() > handful) refuse_by_fewer(problem, witness);
  }

  /// In place of a large witness, where there is one: a small one of those that `verify` follows.
  void refuse_by_fewer(const Problem& problem, const Witness& witness) {
    std::vector<model::EventIndex> picks;
    for (const Pick& pick : witness.picks) picks.push_back(problem.entries[pick.entry].invoked);
    const auto proof = find_small_proof(history_, operations_, object_, picks, context_);
    if (proof && proof->picks.size() < picks.size())
      result_.finding = tell(history_, problem, *proof);
  }

  void refuse(const Problem& problem, const Contradiction& contradiction) {
    result_.verdict = Verdict::invalid;
    result_.finding = tell(history_, problem, contradiction);
  }

  void give_up(const std::string& why) {
    result_.verdict = Verdict::unknown;
    result_.finding.reset();
    result_.reason = fmt::format("key {}: {}", to_text(history_.keys[key()]), why);
  }

  [[nodiscard]] std::uint32_t key() const { return history_.operations[operations_.front()].key; }

  const History& history_;
  std::span<const std::uint32_t> operations_;
  const SequentialObject& object_;
  const CheckContext& context_;
  const Digest* digest_;  ///< of the whole history; nullptr for a part of a key, or one key
  KeyResult result_;
};

class LinearizabilityChecker : public Checker {
 public:
  explicit LinearizabilityChecker(const SequentialObject& object) : object_(object) {}

  [[nodiscard]] std::string name() const override { return "linearizability"; }

  [[nodiscard]] CheckResult check(const History& history,
                                  const CheckContext& context) const override {
    if (&object_ == find_object("queue"))
      if (const auto expanded = expand_drains(history))
        return of_original(check_expanded(expanded->history, context), expanded->original);
    return check_expanded(history, context);
  }

 private:
  [[nodiscard]] CheckResult check_expanded(const History& history,
                                           const CheckContext& context) const {
    const KeyIndex index(history);
    std::vector<std::size_t> order;
    for (std::size_t key = 0; key < index.keys(); ++key)
      if (!index.operations(key).empty()) order.push_back(key);
    // Largest first, so that no thread is left with a large one at the end.
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return index.operations(a).size() > index.operations(b).size();
    });
    const auto digest = order.size() > 1 ? digest_of(history, index, context) : std::nullopt;
    std::vector<KeyResult> results(order.size());
    // Keys that are looked at at the same time share the memory. One for which its share was too
    // little is looked at again, by itself.
    const CheckContext share = share_of(context, order.size());
    const bool shared = share.memory_budget_bytes < context.memory_budget_bytes;
    context.parallel_for(order.size(), [&](std::size_t i) {
      results[i] =
          KeyCheck(history, index.operations(order[i]), object_, share, digest ? &*digest : nullptr)
              .run();
    });
    for (std::size_t i = 0; i < order.size() && shared; ++i)
      if (results[i].out_of_memory && results[i].verdict == Verdict::unknown &&
          !context.out_of_time())
        results[i] = KeyCheck(history, index.operations(order[i]), object_, context,
                              digest ? &*digest : nullptr)
                         .run();
    const bool succeeded = std::ranges::any_of(
        history.operations, [](auto& operation) { return operation.status == Status::ok; });
    return sum_up(std::move(results), succeeded);
  }

 private:
  /// Nothing where time or memory do not allow it: then each key says so by itself.
  [[nodiscard]] std::optional<Digest> digest_of(const History& history, const KeyIndex& index,
                                                const CheckContext& context) const {
    try {
      return Digest(history, index, object_, Allowance(context));
    } catch (const OutOfBudget&) {
      return std::nullopt;
    } catch (const std::bad_alloc&) {
      return std::nullopt;
    }
  }

  /// Names the drains in place of the dequeues that they stand for.
  static CheckResult of_original(CheckResult result, const std::vector<std::uint32_t>& original) {
    for (Finding& finding : result.findings) {
      for (model::WitnessStep& step : finding.witness) step.operation = original[step.operation];
      const auto [first, last] =
          std::ranges::unique(finding.witness, {}, &model::WitnessStep::operation);
      finding.witness.erase(first, last);
      finding.searched_operations = original.back() + 1;
    }
    if (result.verdict == Verdict::unknown)
      result.reason += "; operations and events are counted as if each drain were its dequeues";
    return result;
  }

  [[nodiscard]] CheckResult sum_up(std::vector<KeyResult> results, bool succeeded) const {
    CheckResult sum{.checker = name(), .verdict = Verdict::valid};
    const KeyResult* stuck = nullptr;
    for (KeyResult& result : results) {
      sum.verdict = merge(sum.verdict, result.verdict);
      // Where one was looked into, it tells more than one whose turn never came.
      const bool stops = result.verdict == Verdict::unknown;
      if (stops && (stuck == nullptr || stuck->proven_until == 0)) stuck = &result;
      if (result.finding) sum.findings.push_back(std::move(*result.finding));
    }
    std::stable_sort(sum.findings.begin(), sum.findings.end(),
                     [](const Finding& a, const Finding& b) {
                       return a.witness.back().operation < b.witness.back().operation;
                     });
    sum.statistics = statistics(results);
    sum.reason = reason(sum, results.size(), stuck);
    if (sum.verdict == Verdict::unknown) sum.reason += proven_of_all(results);
    if (sum.verdict == Verdict::valid && !succeeded) {
      sum.verdict = Verdict::vacuous;
      sum.reason = "no operation succeeded, so there was nothing to check";
    }
    return sum;
  }

  [[nodiscard]] static std::string reason(const CheckResult& sum, std::size_t keys,
                                          const KeyResult* stuck) {
    if (sum.verdict == Verdict::invalid)
      return fmt::format("{} of {} not linearizable", sum.findings.size(),
                         base::count_of(keys, "key"));
    if (stuck != nullptr) return stuck->reason;
    return fmt::format("{} linearizable", keys == 1 ? "the key is" : "each key is");
  }

  /// What is known of all keys together when some stay open.
  [[nodiscard]] static std::string proven_of_all(const std::vector<KeyResult>& results) {
    std::size_t open = 0;
    model::EventIndex until = model::never;
    for (const KeyResult& result : results) {
      if (result.verdict != Verdict::unknown) continue;
      ++open;
      until = std::min(until, result.proven_until);
    }
    const std::string keys =
        fmt::format("{} of {} undecided", open, base::count_of(results.size(), "key"));
    if (until == 0) return fmt::format(" ({})", keys);
    return fmt::format(" ({}; on every key, what was answered before event {} is linearizable)",
                       keys, until);
  }

  [[nodiscard]] Value object_name() const { return Value(object_.name()); }

  [[nodiscard]] model::Fields statistics(const std::vector<KeyResult>& results) const {
    std::int64_t operations = 0, by_sweep = 0, by_zones = 0, by_search = 0, contradicted = 0,
                 undecided = 0, nodes = 0;
    std::uint64_t bytes = 0;
    for (const KeyResult& result : results) {
      operations += static_cast<std::int64_t>(result.entries);
      by_sweep += result.swept ? 1 : 0;
      by_zones += result.zones ? 1 : 0;
      by_search += result.searched ? 1 : 0;
      contradicted += result.contradicted ? 1 : 0;
      undecided += result.verdict == Verdict::unknown ? 1 : 0;
      nodes += static_cast<std::int64_t>(result.nodes);
      bytes = std::max(bytes, result.search_bytes);
    }
    return {{"object", object_name()},
            {"operations", operations},
            {"keys", static_cast<std::int64_t>(results.size())},
            {"keys by sweep", by_sweep},
            {"keys by zones", by_zones},
            {"keys by search", by_search},
            {"keys by contradiction", contradicted},
            {"keys undecided", undecided},
            {"search nodes", nodes},
            {"search bytes of a key", static_cast<std::int64_t>(bytes)}};
  }

  const SequentialObject& object_;
};

}  // namespace

std::unique_ptr<Checker> make_linearizability_checker(const SequentialObject& object) {
  return std::make_unique<LinearizabilityChecker>(object);
}

std::unique_ptr<Checker> make_linearizability_checker(const std::string& object) {
  const SequentialObject* known = find_object(object);
  if (known == nullptr) return nullptr;
  return make_linearizability_checker(*known);
}

}  // namespace eris::checkers::linearizability
