#include "checkers/online/testing/telling.hpp"

#include <algorithm>
#include <vector>

namespace eris::checkers::online::testing {

using model::EventIndex;
using model::History;
using model::Operation;
using model::Status;

namespace {

struct Moment {
  EventIndex index;
  std::size_t operation;
  bool answer;
};

/// Invocations and answers, those of unknown outcomes left out.
std::vector<Moment> moments_of(const History& history) {
  std::vector<Moment> moments;
  moments.reserve(history.operations.size() * 2);
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    moments.push_back({operation.invoked, i, false});
    if (operation.completed != model::never) moments.push_back({operation.completed, i, true});
  }
  std::ranges::sort(moments, {}, &Moment::index);
  return moments;
}

base::Instant time_of(EventIndex index) {
  return std::chrono::microseconds(index * 50);
}

}  // namespace

void tell(Follower& follower, const History& history, Abandon abandon,
          const std::function<void(std::size_t)>& after) {
  std::vector<const Operation*> abandoned;
  EventIndex last = 0;
  const auto op_of = [&](const Operation& operation) {
    return model::Op{operation.process, operation.function, history.key_of(operation),
                     operation.argument};
  };
  const auto give_up = [&](const Operation& operation) {
    follower.completed(op_of(operation), {Status::info, {}, "timeout"}, last, time_of(last));
  };
  std::size_t told = 0;
  for (const Moment& moment : moments_of(history)) {
    const Operation& operation = history.operations[moment.operation];
    last = moment.index;
    if (moment.answer) {
      follower.completed(op_of(operation),
                         {operation.status, operation.result, history.error_of(operation)}, last,
                         time_of(last));
    } else {
      follower.invoked(op_of(operation), last, time_of(last));
      if (operation.status == Status::info && abandon == Abandon::at_once) give_up(operation);
      if (operation.status == Status::info && abandon == Abandon::at_the_end)
        abandoned.push_back(&operation);
    }
    if (after) after(++told);
  }
  for (const Operation* operation : abandoned) give_up(*operation);
}

History known_after(const History& history, std::size_t events) {
  const std::vector<Moment> moments = moments_of(history);
  const EventIndex end = events < moments.size() ? moments[events].index : model::never;
  History known = history;
  std::erase_if(known.operations,
                [&](const Operation& operation) { return operation.invoked >= end; });
  for (Operation& operation : known.operations) {
    if (operation.completed < end || operation.status == Status::info) continue;
    operation.status = Status::info;
    operation.completed = model::never;
    operation.result = {};
    operation.error = 0;
  }
  return known;
}

}  // namespace eris::checkers::online::testing
