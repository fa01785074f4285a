#include "ci/fuzz/twin.hpp"

#include <vector>

#include "checkers/linearizability/brute_force.hpp"

namespace eris::fuzz {

namespace {

using checkers::Answer;
using checkers::linearizability::TimedCall;
using model::Operation;
using model::Status;

bool only_looks(const Operation& operation) {
  return operation.function == model::function::read ||
         operation.function == model::function::contains;
}

/// It failed without having been carried out, so that it tells nothing.
bool was_never_tried(const Operation& operation) {
  const bool compared = operation.function == model::function::cas &&
                        (operation.error == 0 || !operation.result.is_nil());
  return operation.status == Status::fail && !compared;
}

}  // namespace

bool linearizable_by_brute_force(const model::History& history,
                                 const checkers::SequentialObject& object) {
  std::vector<TimedCall> calls;
  for (const Operation& operation : history.operations) {
    if (was_never_tried(operation)) continue;
    if (operation.status == Status::info && only_looks(operation)) continue;
    const Answer answer = operation.status == Status::ok     ? Answer::known
                          : operation.status == Status::info ? Answer::unknown
                                                             : Answer::refused;
    TimedCall timed{{operation.function, operation.argument, operation.result, answer},
                    operation.invoked,
                    operation.completed};
    if (object.minds_caller()) timed.call.caller = operation.process;
    calls.push_back(std::move(timed));
  }
  return brute_force_linearizable(object, calls, {object.initial()});
}

}  // namespace eris::fuzz
