// Small proofs about lists and counters, found without a search for an order.
//
// Why: a list of appended elements shows every append that it holds, and a counter how much was
// added. So "97 is there twice, though it was appended once" is proven by that append and that
// read, where the search would name every operation before them.
//
// Why they are proofs: up to some moment the key was only read and appended to, or only read and
// incremented by positive amounts. What happens later cannot explain an answer given before. Of the
// rest, most is left out, and what was left out is allowed to happen at any time and any number of
// times (see Bystanders). That only makes more histories linearizable, so if these few operations
// still have no order, the history had none. The property tests hold every witness against brute
// force with such bystanders, and every finding against the whole history.
//
// Why before the search: a contradiction found here needs no search at all, which on a key with
// many unknown outcomes is the expensive part, and may not end.
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checkers/linearizability/witness.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::linearizability {

/// What may happen besides the operations of a proof, at any time and as often as one likes.
struct Bystanders {
  model::Function function;          ///< append, of any value; or increment, by any amount above 0
  std::vector<model::Value> except;  ///< these are not appended: all appends of them are picks
};

struct Contradiction {
  std::string anomaly;                   ///< "duplicate append"
  std::string sentence;                  ///< without the key: "process 2 read [1 2 2] at 3 s, …"
  std::string premise;                   ///< what the proof builds on
  std::string conclusion;                ///< why the picks have no order
  Witness witness;                       ///< see there for what optional and unknown start mean
  std::vector<std::string> remarks;      ///< by pick: what to notice in it; may be empty
  std::optional<Bystanders> bystanders;  ///< none: nothing happens besides the picks
};

/// The first answer, by completion, that contradicts a few others. Nothing where the object is not
/// the key-value store, or where only the order of many operations is at fault. `problem` is the
/// whole key's.
[[nodiscard]] std::optional<Contradiction> find_contradiction(const model::History& history,
                                                              const Problem& problem);

}  // namespace eris::checkers::linearizability
