#include "checkers/invariants/churn.hpp"

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers::invariants {

using model::FaultPhase;

bool unsettles(const model::FaultAction& action) {
  return !std::holds_alternative<model::Cut>(action) &&
         !std::holds_alternative<model::Heal>(action) &&
         !std::holds_alternative<model::Kill>(action) &&
         !std::holds_alternative<model::Restart>(action);
}

void Churn::changed(base::Instant at) {
  calm_since_ = at;
  terms_ = 0;
}

void Churn::take(const model::FaultEvent& event, base::Instant at) {
  changed(at);
  if (!unsettles(event.action)) return;
  if (event.phase == FaultPhase::decided || event.phase == FaultPhase::applied)
    unsettling_.insert(event.fault);
  if (event.phase == FaultPhase::reverted || event.phase == FaultPhase::skipped)
    unsettling_.erase(event.fault);
}

void Churn::take(const Beacon& beacon) {
  if (!beacon.term || (highest_term_ && *beacon.term <= *highest_term_)) return;
  highest_term_ = beacon.term;
  const base::Duration settled = beacon.at - calm_since_ - churn_grace;
  if (!unsettling_.empty() || settled < base::Duration::zero()) return;
  if (++terms_ <= churn_terms + settled / churn_period) return;
  breaches_.add({"leader-churn",
                 fmt::format("the cluster went through {} in {} in which nothing changed around "
                             "it, up to term {}",
                             base::count_of(static_cast<std::uint64_t>(terms_), "term"),
                             base::to_rounded_text(settled), *beacon.term),
                 {},
                 beacon.event,
                 beacon.at,
                 std::nullopt});
}

}  // namespace eris::checkers::invariants
