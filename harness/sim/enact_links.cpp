// Faults on the links between nodes. Their evidence is what became of messages: it is complete when
// the fault is undone.
#include <array>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/sim/world.hpp"

namespace eris::sim {

using model::Evidence;
using model::Link;

namespace {

std::array<std::pair<std::string_view, std::uint64_t>, 7> named(const LinkCounts& counts) {
  return {{{"dropped", counts.dropped},
           {"held", counts.held},
           {"lost", counts.lost},
           {"repeated", counts.repeated},
           {"reordered", counts.reordered},
           {"corrupted", counts.corrupted},
           {"delayed", counts.delayed}}};
}

}  // namespace

/// What happened on the links since the fault began: the sums first, then each link.
Evidence World::evidence_of_links(const std::vector<Link>& links) {
  Evidence evidence;
  model::Fields sums;
  model::Fields each;
  std::array<std::uint64_t, 7> totals{};
  for (const Link& link : links) {
    const auto counts = named(network_.counts(link) - counts_before_[link]);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const auto& [name, count] = counts[i];
      totals[i] += count;
      if (count > 0)
        each.emplace_back(fmt::format("{}→{} messages {}", base::to_text(link.from),
                                      base::to_text(link.to), name),
                          model::Value(static_cast<std::int64_t>(count)));
    }
  }
  const auto names = named({});
  for (std::size_t i = 0; i < totals.size(); ++i) {
    if (totals[i] == 0) continue;
    evidence.took_effect = true;
    evidence.facts.emplace_back(fmt::format("messages {}", names[i].first),
                                model::Value(static_cast<std::int64_t>(totals[i])));
  }
  evidence.facts.insert(evidence.facts.end(), each.begin(), each.end());
  return evidence;
}

/// Where two faults are on one link, each counts from the beginning of the later one.
void World::remember_counts(const std::vector<Link>& links) {
  for (const Link& link : links) counts_before_[link] = network_.counts(link);
}

Evidence World::enact(const model::Cut& cut) {
  remember_counts(cut.links);
  network_.cut(cut.links);
  return evidence_of_links(cut.links);
}

Evidence World::enact(const model::Heal& heal) {
  network_.heal(heal.links);
  return evidence_of_links(heal.links);
}

Evidence World::enact(const model::Degrade& degrade) {
  remember_counts(degrade.links);
  network_.degrade(degrade.links, degrade.settings);
  return evidence_of_links(degrade.links);
}

Evidence World::enact(const model::Restore& restore) {
  network_.restore(restore.links);
  return evidence_of_links(restore.links);
}

Evidence World::enact(const model::Clog& clog) {
  remember_counts(clog.links);
  network_.clog(clog.links);
  return evidence_of_links(clog.links);
}

Evidence World::enact(const model::Unclog& unclog) {
  for (const Link& link : unclog.links)
    for (std::string& message : network_.unclog(link)) transmit(link, std::move(message));
  return evidence_of_links(unclog.links);
}

}  // namespace eris::sim
