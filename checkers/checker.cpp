#include "checkers/checker.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <string>

#include "checkers/allowance.hpp"

namespace eris::checkers {

namespace {

model::CheckResult gave_up(const Checker& checker, std::string reason) {
  return {
      .checker = checker.name(), .verdict = model::Verdict::unknown, .reason = std::move(reason)};
}

}  // namespace

CheckContext share_of(const CheckContext& context, std::size_t bodies) {
  CheckContext share = context;
  share.memory_budget_bytes /= std::clamp<std::size_t>(bodies, 1, context.threads);
  return share;
}

model::CheckResult check_guarded(const Checker& checker, const model::History& history,
                                 const CheckContext& context) {
  try {
    return checker.check(history, context);
  } catch (const OutOfBudget& stop) {
    return gave_up(checker, std::string(stop.what()) +
                                ", so nothing is proven; give it more, or record fewer operations");
  } catch (const std::bad_alloc&) {
    return gave_up(checker,
                   "the checker ran out of memory; give it more, or record fewer operations");
  } catch (const std::exception& problem) {
    return gave_up(checker, std::string("the checker failed: ") + problem.what());
  }
}

}  // namespace eris::checkers
