// Leadership: who leads, as far as beacons or probes tell.
// The claim with the greatest term wins; a claim dies with its node. A leader that was deposed
// without noticing has a smaller term, so it loses to its successor.
// Thread rule: plain value; guard it.
#pragma once

#include <map>
#include <optional>

#include "harness/base/strong_id.hpp"
#include "harness/model/value.hpp"

namespace eris::live {

class Leadership {
 public:
  struct Leader {
    base::NodeId node;
    std::optional<base::Term> term;
    bool operator==(const Leader&) const = default;
  };

  /// Reads "role" ("leader") and "term" of a beacon; other beacons say nothing of leadership.
  void on_beacon(base::NodeId node, const model::Fields& beacon);
  /// `witness` says who leads. A node without a leader withdraws what it said before.
  void on_probe(base::NodeId witness, const std::optional<base::NodeId>& leader,
                const std::optional<base::Term>& term);
  void on_death(base::NodeId node);

  [[nodiscard]] std::optional<Leader> leader() const;

 private:
  std::map<base::NodeId, Leader> claims_;  ///< by witness
};

}  // namespace eris::live
