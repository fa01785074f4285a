// Sweeps: objects whose linearizability is decided without a search for an order.
//
// Why: what a queue, a stack or a lock answered says itself, where its elements are all different,
// which calls belong together, and what must have come before what. Sorting and one pass over the
// history then decide, where the search would try orders. Each file here is one such algorithm.
//
// Each is exact: `linearizable` and `violated` are proofs, a violation comes with a few operations
// that prove it by themselves, and where it is asked for, a linearizable key comes with an order.
// Where an algorithm does not fit (the same element twice, increments by different amounts) it
// leaves the key undecided, for the search.
// Thread rule: pure functions, apart from the time that the context allows: when that is over, they
// throw OutOfBudget (allowance.hpp).
#pragma once

#include <cstdint>
#include <optional>

#include "checkers/checker.hpp"
#include "checkers/linearizability/collections.hpp"
#include "checkers/linearizability/order.hpp"
#include "checkers/linearizability/problem.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::linearizability {

enum class SweepAnswer : std::uint8_t { linearizable, violated, undecided };

struct SweepResult {
  SweepAnswer answer = SweepAnswer::undecided;
  std::optional<Contradiction> contradiction;  ///< exactly where it is violated
};

/// By the algorithm for the problem's object; undecided where there is none. `problem` is the whole
/// key's. `order`, where one is asked for, is filled exactly where the key is linearizable.
[[nodiscard]] SweepResult sweep(const model::History& history, const Problem& problem,
                                const CheckContext& context, Order* order = nullptr);

/// One algorithm. `order` may be null.
using Sweep = SweepResult (*)(const model::History&, const Problem&, const CheckContext&, Order*);

[[nodiscard]] SweepResult sweep_queue(const model::History& history, const Problem& problem,
                                      const CheckContext& context, Order* order);
[[nodiscard]] SweepResult sweep_stack(const model::History& history, const Problem& problem,
                                      const CheckContext& context, Order* order);
[[nodiscard]] SweepResult sweep_priority_queue(const model::History& history,
                                               const Problem& problem, const CheckContext& context,
                                               Order* order);
[[nodiscard]] SweepResult sweep_set(const model::History& history, const Problem& problem,
                                    const CheckContext& context, Order* order);
/// Where nobody reads all elements at once.
[[nodiscard]] SweepResult sweep_set_elements(const model::History& history, const Problem& problem,
                                             const CheckContext& context, Order* order);
[[nodiscard]] SweepResult sweep_list(const model::History& history, const Problem& problem,
                                     const CheckContext& context, Order* order);
[[nodiscard]] SweepResult sweep_counter(const model::History& history, const Problem& problem,
                                        const CheckContext& context, Order* order);
[[nodiscard]] SweepResult sweep_mutex(const model::History& history, const Problem& problem,
                                      const CheckContext& context, Order* order);
[[nodiscard]] SweepResult sweep_fenced_lock(const model::History& history, const Problem& problem,
                                            const CheckContext& context, Order* order);
[[nodiscard]] SweepResult sweep_unique_ids(const model::History& history, const Problem& problem,
                                           const CheckContext& context, Order* order);

}  // namespace eris::checkers::linearizability
