// Small random histories of the objects that have more to them than values: queues, sets, locks.
//
// Why apart from random_history.hpp: a register's calls are much alike; here each object has its
// own. As there, most histories are made by a correct object and then hurt in a place or two.
// Thread rule: pure functions of the generator.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "checkers/objects/object.hpp"
#include "harness/base/rng.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::testing {

struct RandomObjectOptions {
  std::string object = "queue";
  std::size_t operations = 8;
  std::size_t clients = 3;
  std::size_t values = 0;         ///< how many different elements; 0: each one new
  double puts = 0.5;              ///< share of operations that put something in
  double reads = 0.2;             ///< share of operations that only look
  double unknown_outcomes = 0.1;  ///< share of operations that end as info
  double failures = 0.05;         ///< share that fails without having been carried out
  double telling = 0.5;           ///< how often a result that need not be told is
  std::size_t mutations = 1;      ///< places hurt afterwards
  bool whole_reads = false;       ///< of a set, which is only added to then
};

/// Draws one of the kinds of history that differ in what can go wrong.
[[nodiscard]] RandomObjectOptions random_object_options(base::Rng& rng, std::string_view object);

/// A history of one key, "x".
[[nodiscard]] model::History random_object_history(const RandomObjectOptions& options,
                                                   base::Rng& rng);

/// A call that this object has, perhaps drawn: a queue is asked to enqueue or dequeue.
struct Request {
  model::Function function;
  model::Value argument;
};

/// What a correct object in this state answers; the result that need not be told included.
[[nodiscard]] model::Value right_answer(const model::Value& state, const Request& request);

}  // namespace eris::checkers::testing
