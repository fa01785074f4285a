// Which links a fault on links (degrade, clog) strikes.
// Thread rule: pure functions.
#pragma once

#include <expected>
#include <string>

#include "faults/partition_shapes.hpp"
#include "harness/base/rng.hpp"
#include "harness/model/cluster_view.hpp"
#include "harness/model/schema.hpp"

namespace eris::faults {

enum class LinkChoice { random, all, leader, node };

/// The option `links` with its choices; the default is random.
[[nodiscard]] model::OptionSchema links_option();

/// The choice that these options name. Asserts that they have a valid `links`.
[[nodiscard]] LinkChoice link_choice_of(const model::Options& options);

struct ChosenLinks {
  Links links;              ///< ascending, never empty
  std::string description;  ///< "all links", "links of leader n3", "7 links"
};

/// Nothing, with the reason, where nobody fits: no leader known, fewer than two nodes.
[[nodiscard]] std::expected<ChosenLinks, std::string> choose_links(LinkChoice choice,
                                                                   const model::ClusterView& view,
                                                                   base::Rng& rng);

}  // namespace eris::faults
