#include "checkers/invariants/breaches.hpp"

#include <algorithm>
#include <utility>

namespace eris::checkers::invariants {

void Breaches::add(Breach breach) {
  const auto known =
      std::ranges::find(rules_, breach.rule, [](const Rule& rule) { return rule.first.rule; });
  if (known != rules_.end())
    ++known->count;
  else
    rules_.push_back({std::move(breach), 1});
}

}  // namespace eris::checkers::invariants
