// Late violations: long histories with one wrong answer near the end, of every object that they can
// be made of. How large the witness is, whether its certificate is accepted, and what becomes of
// certificates that somebody changed.
//
// A changed certificate that is accepted has to be true: what it claims of the history up to some
// event is held against the checker's own verdict on the history up to there. What is wrong up to
// an event is wrong up to any later one, so that is asked only where it is not known.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace eris::bench {

struct LateViolationsOptions {
  std::string object;
  std::size_t values = 0;  ///< of a register; 0: each is new
  double cas = 0;
  double unknown_outcomes = 0.01;
  std::size_t operations = 20'000;
  std::size_t histories = 20;
  std::size_t changes = 10;  ///< of each certificate
};

struct LateViolations {
  std::size_t found = 0;               ///< the others took longer than they were given
  std::vector<std::size_t> witnesses;  ///< how many operations each has, ascending
  std::size_t accepted = 0;            ///< certificates that prove the violation
  std::size_t refused = 0, claims_nothing = 0, still_true = 0;  ///< of the changed ones
  std::size_t undecided = 0;       ///< accepted, but the checker could not say whether it is true
  std::vector<std::string> wrong;  ///< what must not be: a false proof that was accepted
};

[[nodiscard]] LateViolations plant_late(const LateViolationsOptions& options);

}  // namespace eris::bench
