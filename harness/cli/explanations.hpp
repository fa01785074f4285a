// Explanations: every name that Eris uses with its meaning, for `eris explain` and the generated
// catalogue in docs/.
// Thread rule: pure.
#pragma once

#include <string>
#include <vector>

#include "harness/model/schema.hpp"

namespace eris::cli {

struct Explanation {
  std::string name;  ///< "raft", "raft/figure-8", "vacuous"
  std::string kind;  ///< "system", "bug", "workload", "fault", "check", "format", "verdict"
  model::EntrySchema entry;
};

[[nodiscard]] std::vector<Explanation> explanations_of(const model::Catalogue& catalogue);

/// For a terminal.
[[nodiscard]] std::string to_plain_text(const Explanation& explanation);
/// The whole catalogue as docs/catalogue.md.
[[nodiscard]] std::string to_markdown(const std::vector<Explanation>& explanations);

}  // namespace eris::cli
