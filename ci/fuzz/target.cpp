#include "ci/fuzz/target.hpp"

namespace eris::fuzz {

namespace {

/// The same for every history that a case is shrunk to.
base::Rng tampering(std::uint64_t seed) {
  return base::Rng(seed ^ 0x9e3779b97f4a7c15ull);
}

/// Leaves out one operation after the other while something still disagrees, until none can go.
void shrink(const Target& target, std::uint64_t seed, Disagreement& found) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (std::size_t i = found.history.operations.size(); i-- > 0;) {
      model::History without = found.history;
      without.operations.erase(without.operations.begin() + static_cast<std::ptrdiff_t>(i));
      if (without.operations.empty()) continue;
      base::Rng rng = tampering(seed);
      auto complaint = target.compare(without, rng);
      if (!complaint) continue;
      found.complaint = std::move(*complaint);
      found.history = std::move(without);
      smaller = true;
    }
  }
}

}  // namespace

std::vector<Target> targets() {
  std::vector<Target> all;
  add_object_targets(all);
  add_transaction_targets(all);
  add_weak_targets(all);
  add_lossless_targets(all);
  add_relaxation_targets(all);
  return all;
}

std::optional<Disagreement> try_seed(const Target& target, std::uint64_t seed) {
  base::Rng drawing(seed);
  model::History history = target.draw(drawing);
  base::Rng rng = tampering(seed);
  auto complaint = target.compare(history, rng);
  if (!complaint) return std::nullopt;
  const std::size_t drawn = history.operations.size();
  Disagreement found{std::move(*complaint), std::move(history), drawn};
  shrink(target, seed, found);
  return found;
}

}  // namespace eris::fuzz
