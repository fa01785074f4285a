// What a proof came to, as people and programs read it.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/proof.hpp"

namespace eris::cli {

struct Proof {
  std::vector<CorrectResult> correct;
  std::vector<BugResult> bugs;
  bool interrupted = false;
  /// Every bug was found, and no correct system blamed.
  [[nodiscard]] bool holds() const;
};

[[nodiscard]] std::string to_text(const Proof& proof);
[[nodiscard]] std::string to_json(const Proof& proof);
/// docs/proof.md: everything but the first line's words comes from the proof.
[[nodiscard]] std::string to_markdown(const Proof& proof, const ProofOptions& options);

}  // namespace eris::cli
