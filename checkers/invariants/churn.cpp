#include "checkers/invariants/churn.hpp"

#include <algorithm>
#include <functional>
#include <vector>

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

/// Whether the beacon brings the majority into a new term.
bool Churn::is_followed(const Beacon& beacon) {
  const auto [own, is_first] = highest_terms_.emplace(beacon.node, *beacon.term);
  if (!is_first && *beacon.term <= own->second) return false;
  own->second = *beacon.term;
  std::vector<std::int64_t> terms;
  for (const auto& [node, term] : highest_terms_) terms.push_back(term);
  const auto middle = terms.begin() + static_cast<std::ptrdiff_t>(terms.size() / 2);
  std::ranges::nth_element(terms, middle, std::greater());
  if (shared_term_ && *middle <= *shared_term_) return false;
  shared_term_ = *middle;
  return true;
}

void Churn::take(const Beacon& beacon) {
  if (!beacon.term || !is_followed(beacon)) return;
  const base::Duration settled = beacon.at - calm_since_ - churn_grace;
  if (!unsettling_.empty() || settled < base::Duration::zero()) return;
  if (++terms_ <= churn_terms + settled / churn_period) return;
  breaches_.add({"leader-churn",
                 fmt::format("the cluster went through {} in {} in which nothing changed around "
                             "it, up to term {}",
                             base::count_of(static_cast<std::uint64_t>(terms_), "term"),
                             base::to_rounded_text(settled), *shared_term_),
                 {},
                 beacon.event,
                 beacon.at,
                 std::nullopt});
}

}  // namespace eris::checkers::invariants
