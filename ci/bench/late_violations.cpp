#include "ci/bench/late_violations.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "checkers/certificates/verify.hpp"
#include "checkers/linearizability/certify.hpp"
#include "checkers/linearizability/linearizability.hpp"
#include "checkers/testing/long_history.hpp"
#include "checkers/testing/long_objects.hpp"
#include "checkers/testing/tampering.hpp"
#include "ci/bench/cpu_time.hpp"
#include "harness/base/rng.hpp"

namespace eris::bench {

using checkers::certificates::Certificate;
using model::History;
using model::Verdict;

namespace {

constexpr double late = 0.95;
/// Of one check, or one certificate. Where removals of unknown outcome leave a sweep undecided, the
/// search that follows can take for ever.
constexpr double seconds_max = 2;

History make(const LateViolationsOptions& options, std::uint64_t seed) {
  if (options.object != "register" && options.object != "key-value")
    return checkers::testing::long_object_history({.object = options.object,
                                                   .operations = options.operations,
                                                   .clients = 10,
                                                   .reads = 100,
                                                   .unknown_outcomes = options.unknown_outcomes,
                                                   .violation_at = late,
                                                   .seed = seed});
  return checkers::testing::long_history({.operations = options.operations,
                                          .clients = 10,
                                          .values = options.values,
                                          .cas = options.cas,
                                          .unknown_outcomes = options.unknown_outcomes,
                                          .violation_at = late,
                                          .violation_of_a_rare_value = options.values > 0,
                                          .seed = seed});
}

/// The history as it was after this event.
History up_to(const History& whole, model::EventIndex until) {
  History part;
  part.keys = whole.keys;
  part.errors = whole.errors;
  part.events = whole.events;
  for (model::Operation operation : whole.operations) {
    if (operation.invoked > until) break;
    if (operation.completed > until) {
      operation.status = model::Status::info;
      operation.completed = model::never;
      operation.result = {};
      operation.error = 0;
    }
    part.operations.push_back(std::move(operation));
  }
  return part;
}

class Planter {
 public:
  explicit Planter(const LateViolationsOptions& options)
      : options_(options),
        object_(*checkers::find_object(options.object)),
        checker_(checkers::linearizability::make_linearizability_checker(object_)) {}

  LateViolations run() {
    for (std::uint64_t seed = 1; seed <= options_.histories; ++seed) look_at(make(options_, seed));
    std::ranges::sort(result_.witnesses);
    return std::move(result_);
  }

 private:
  void look_at(const History& history) {
    const model::CheckResult found = checker_->check(history, within(seconds_max));
    if (found.verdict != Verdict::invalid) return;
    ++result_.found;
    result_.witnesses.push_back(found.findings.front().witness.size());
    const Certificate certificate =
        checkers::linearizability::certify(history, object_, found, within(seconds_max));
    const auto said = verify(history, object_, certificate);
    wrong_from_ = model::never;
    if (said.accepted && said.proven == Verdict::invalid) {
      ++result_.accepted;
      if (verdict_up_to(history, certificate) == Verdict::invalid)
        wrong_from_ = certificate.keys.front().until;
    }
    for (std::size_t i = 0; i < options_.changes; ++i) {
      Certificate changed = certificate;
      checkers::testing::tamper(changed, history, rng_);
      if (changed != certificate) judge(history, changed);
    }
  }

  void judge(const History& history, const Certificate& changed) {
    const auto said = verify(history, object_, changed);
    if (!said.accepted) {
      ++result_.refused;
    } else if (said.proven == Verdict::unknown) {
      ++result_.claims_nothing;
    } else {
      const Verdict truth =
          said.proven == Verdict::invalid ? verdict_up_to(history, changed) : Verdict::invalid;
      if (truth == Verdict::unknown)
        ++result_.undecided;
      else if (truth == said.proven)
        ++result_.still_true;
      else
        result_.wrong.push_back(fmt::format("{}: {}", options_.object, said.reason));
    }
  }

  /// Of the history up to the event that a certificate speaks of, by the checker.
  [[nodiscard]] Verdict verdict_up_to(const History& history, const Certificate& claim) const {
    const model::EventIndex until = claim.keys.front().until;
    if (until >= wrong_from_) return Verdict::invalid;
    return checker_->check(up_to(history, until), within(seconds_max)).verdict;
  }

  const LateViolationsOptions& options_;
  const checkers::SequentialObject& object_;
  std::unique_ptr<checkers::Checker> checker_;
  base::Rng rng_{20'261'121};
  model::EventIndex wrong_from_ = model::never;  ///< this history is known to be wrong up to here
  LateViolations result_;
};

}  // namespace

LateViolations plant_late(const LateViolationsOptions& options) {
  return Planter(options).run();
}

}  // namespace eris::bench
