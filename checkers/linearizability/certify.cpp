#include "checkers/linearizability/certify.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "checkers/certificates/deed.hpp"
#include "checkers/certificates/verify.hpp"
#include "checkers/linearizability/drains.hpp"
#include "checkers/linearizability/order.hpp"
#include "checkers/linearizability/parts.hpp"
#include "checkers/linearizability/problem.hpp"
#include "checkers/linearizability/search.hpp"
#include "checkers/linearizability/small_proof.hpp"
#include "checkers/linearizability/sweeps/sweep.hpp"
#include "checkers/linearizability/zones.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::linearizability {

using certificates::Certificate;
using certificates::KeyCertificate;
using model::EventIndex;
using model::Finding;
using model::History;
using model::Verdict;

namespace {

// Of one attempt at a shorter history.
constexpr std::uint64_t trial_steps_max = 200'000;
// Beyond this many operations no shorter history is tried.
constexpr std::size_t tried_operations_max = 256;

/// Indices of the history.
using Operations = std::vector<std::uint32_t>;

/// As the checker decides: by a sweep, by zones, by parts, by a search.
std::optional<Operations> find_order(const History& history,
                                     std::span<const std::uint32_t> operations,
                                     const SequentialObject& object, const CheckContext& context,
                                     Budget& budget);

/// Orders of the parts, put into one: each operation as soon as it and all before it in its part
/// have begun. That is by its end, since nothing before it began later.
std::optional<Operations> order_of_parts(const History& history, const Parts& parts,
                                         const SequentialObject& part_object,
                                         const CheckContext& context, Budget& budget) {
  std::vector<std::pair<EventIndex, std::uint32_t>> placed;
  for (const auto& [part, operations] : parts) {
    const auto order = find_order(history, operations, part_object, context, budget);
    if (!order) return std::nullopt;
    EventIndex moment = 0;
    for (const std::uint32_t i : *order) {
      moment = std::max(moment, history.operations[i].invoked);
      placed.emplace_back(moment, i);
    }
  }
  std::ranges::stable_sort(placed, {}, &std::pair<EventIndex, std::uint32_t>::first);
  Operations merged;
  merged.reserve(placed.size());
  for (const auto& [moment, i] : placed) merged.push_back(i);
  return merged;
}

std::optional<Operations> find_order(const History& history,
                                     std::span<const std::uint32_t> operations,
                                     const SequentialObject& object, const CheckContext& context,
                                     Budget& budget) {
  const auto prepared = prepare(history, operations, object);
  if (!prepared) return std::nullopt;
  std::optional<Order> order(std::in_place);
  // Of no sweep, or one that did not fit: then the order is empty.
  if (sweep(history, *prepared, context, &*order).answer != SweepAnswer::linearizable ||
      order->empty())
    order = order_by_zones(*prepared);
  if (!order) {
    const Parts parts = parts_of(history, operations, object);
    if (!parts.empty())
      return order_of_parts(history, parts, object.part_object(), context, budget);
    order = order_by_search(*prepared, budget);
  }
  if (!order) return std::nullopt;
  for (std::uint32_t& entry : *order) entry = prepared->entries[entry].operation;
  return order;
}

class KeyCertifier {
 public:
  KeyCertifier(const History& history, std::span<const std::uint32_t> operations,
               const SequentialObject& object, const CheckContext& context)
      : history_(history), operations_(operations), object_(object), context_(context) {
    certificate_.key = history.keys[history.operations[operations.front()].key];
  }

  /// Certificates point at operations, and the dequeues of a drain are none.
  KeyCertificate of_drains() {
    give_up("a drain stands for several dequeues, and of these there are no certificates");
    return std::move(certificate_);
  }

  /// Of an order.
  KeyCertificate valid() {
    try {
      write_order();
    } catch (const std::exception& problem) {
      give_up(fmt::format("the search for an order failed: {}", problem.what()));
    }
    return std::move(certificate_);
  }

  /// Of a violation that was found.
  KeyCertificate invalid(const Finding& finding) {
    std::vector<EventIndex> picks;
    for (const model::WitnessStep& step : finding.witness)
      picks.push_back(history_.operations[step.operation].invoked);
    std::ranges::sort(picks);
    // The witness that the report shows, where it is a handful.
    const bool few = picks.size() <= handful;
    const bool proven = (few && prove(picks)) || prove_by_fewer(picks) || (!few && prove(picks));
    if (!proven)
      give_up(
          fmt::format("not linearizable, but without a short proof: the search had to follow "
                      "{}, of which {} are left when all that is known to be superfluous is "
                      "taken away, and the order of all these is at fault",
                      base::count_of(finding.searched_operations, "operation"), picks.size()));
    if (proven) certificate_.text = finding.sentence;
    if (!proven) certificate_.log = dead_ends();
    return std::move(certificate_);
  }

 private:
  void give_up(std::string why) {
    certificate_.verdict = Verdict::unknown;
    certificate_.operations.clear();
    certificate_.text = std::move(why);
  }

  // ---- orders

  void write_order() {
    const auto prepared = prepare(history_, operations_, object_);
    if (!prepared) return give_up(to_text(prepared.error()));
    Budget budget(context_.out_of_time, context_.memory_budget_bytes);
    const auto order = find_order(history_, operations_, object_, context_, budget);
    if (!order) return give_up(why_no_order(*prepared));
    for (const std::uint32_t i : *order)
      certificate_.operations.push_back(history_.operations[i].invoked);
    certificate_.verdict = Verdict::valid;
    if (const auto objection = certificates::objection_to_order(history_, object_, operations_,
                                                                certificate_.operations))
      give_up(fmt::format("the order that was found does not hold: {}", *objection));
  }

  /// The search says how far it got.
  std::string why_no_order(const Problem& problem) {
    Budget budget(context_.out_of_time, context_.memory_budget_bytes);
    const SearchResult found = search(problem, budget);
    if (found.answer == SearchAnswer::violated) return "it has no order";
    if (found.answer == SearchAnswer::linearizable)
      return "an order exists, but writing it down took more time or memory than was allowed";
    describe(problem, found);
    return "no order was found in the time and memory allowed";
  }

  // ---- proofs

  [[nodiscard]] bool refuted(std::span<const EventIndex> picks, EventIndex until,
                             std::uint64_t steps) {
    return !context_.out_of_time() &&
           !certificates::objection_to_proof(history_, object_, operations_, picks, until, steps);
  }

  void accept(std::vector<EventIndex> picks, EventIndex until) {
    certificate_.verdict = Verdict::invalid;
    certificate_.operations = std::move(picks);
    certificate_.until = until;
  }

  /// The ends of these operations, ascending.
  [[nodiscard]] std::vector<EventIndex> ends_of(std::span<const EventIndex> picks) const {
    std::vector<EventIndex> ends;
    for (const EventIndex pick : picks) {
      const auto found = std::ranges::lower_bound(
          operations_, pick, {}, [&](std::uint32_t i) { return history_.operations[i].invoked; });
      const EventIndex end = history_.operations[*found].completed;
      if (end != model::never) ends.push_back(end);
    }
    std::ranges::sort(ends);
    return ends;
  }

  /// The witness as it is, of the shortest history that it refutes.
  bool prove(const std::vector<EventIndex>& picks) {
    const std::vector<EventIndex> ends = ends_of(picks);
    if (picks.size() > certificates::picks_max || ends.empty()) return false;
    if (ends.size() <= tried_operations_max)
      for (const EventIndex until : ends)
        if (refuted(picks, until, trial_steps_max)) return accept(picks, until), true;
    if (!refuted(picks, ends.back(), certificates::steps_max)) return false;
    accept(picks, ends.back());
    return true;
  }

  /// A smaller one, among the witness and what began shortly before it ended.
  bool prove_by_fewer(const std::vector<EventIndex>& witness) {
    auto proof = find_small_proof(history_, operations_, object_, witness, context_);
    if (!proof) return false;
    accept(std::move(proof->picks), proof->until);
    return true;
  }

  // ---- dead ends

  std::vector<std::string> dead_ends() {
    const auto prepared = prepare(history_, operations_, object_);
    if (!prepared) return {};
    Budget budget(context_.out_of_time, context_.memory_budget_bytes);
    const SearchResult found = search(*prepared, budget);
    describe(*prepared, found);
    return std::move(certificate_.log);
  }

  void describe(const Problem& problem, const SearchResult& found) {
    const auto name = [&](std::uint32_t entry) {
      return to_text(history_, history_.operations[problem.entries[entry].operation]);
    };
    certificate_.log.push_back(
        fmt::format("the first {} of the key have an order up to there",
                    base::count_of(found.proven_operations, "completed operation")));
    certificate_.log.push_back(fmt::format("no order leads past the answer of {} (event {})",
                                           name(found.blocked_entry),
                                           problem.entries[found.blocked_entry].completed));
    for (const std::uint32_t open : found.open)
      certificate_.log.push_back(fmt::format("open there: {}", name(open)));
    certificate_.log.push_back(
        fmt::format("{} might have taken effect by then; {} were tried by the pass '{}'",
                    base::count_of(found.unknown_outcomes, "unknown outcome"),
                    base::count_of(found.nodes, "place"), found.pass));
  }

  const History& history_;
  std::span<const std::uint32_t> operations_;
  const SequentialObject& object_;
  const CheckContext& context_;
  KeyCertificate certificate_;
};

}  // namespace

Certificate certify(const History& history, const SequentialObject& object,
                    const model::CheckResult& result, const CheckContext& context) {
  Certificate certificate{.object = std::string(object.name()),
                          .history = certificates::identity_of(history)};
  const KeyIndex index(history);
  struct Job {
    std::size_t key = 0;
    const Finding* finding = nullptr;
  };
  std::vector<Job> jobs;
  for (const Finding& finding : result.findings)
    jobs.push_back({history.operations[finding.witness.front().operation].key, &finding});
  if (jobs.empty())
    for (std::size_t key = 0; key < index.keys(); ++key)
      if (!index.operations(key).empty()) jobs.push_back({key, nullptr});
  certificate.keys.resize(jobs.size());
  const bool drains = &object == find_object("queue") && has_drains(history);
  const CheckContext share = share_of(context, jobs.size());
  context.parallel_for(jobs.size(), [&](std::size_t i) {
    KeyCertifier certifier(history, index.operations(jobs[i].key), object, share);
    certificate.keys[i] = drains                       ? certifier.of_drains()
                          : jobs[i].finding == nullptr ? certifier.valid()
                                                       : certifier.invalid(*jobs[i].finding);
  });
  certificate.verdict = Verdict::valid;
  for (const KeyCertificate& key : certificate.keys)
    certificate.verdict = merge(certificate.verdict, key.verdict);
  return certificate;
}

}  // namespace eris::checkers::linearizability
