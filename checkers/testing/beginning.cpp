#include "checkers/testing/beginning.hpp"

namespace eris::checkers::testing {

model::History beginning_of(const model::History& history, model::EventIndex until) {
  model::History beginning = history;
  std::erase_if(beginning.operations,
                [&](const model::Operation& operation) { return operation.invoked >= until; });
  for (model::Operation& operation : beginning.operations) {
    if (operation.completed < until) continue;
    operation.status = model::Status::info;
    operation.completed = model::never;
    operation.result = {};
    operation.error = 0;
  }
  return beginning;
}

}  // namespace eris::checkers::testing
