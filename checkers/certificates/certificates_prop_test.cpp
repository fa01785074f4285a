// Certificates against brute force, on random small histories: what the checkers know can be
// certified, and what is accepted is true, whoever wrote it.
#include <algorithm>
#include <cstdio>

#include <gtest/gtest.h>

#include "checkers/certificates/certificate_json.hpp"
#include "checkers/certificates/verify.hpp"
#include "checkers/linearizability/brute_force.hpp"
#include "checkers/linearizability/certify.hpp"
#include "checkers/linearizability/linearizability.hpp"
#include "checkers/testing/random_history.hpp"
#include "checkers/testing/random_objects.hpp"
#include "checkers/testing/tampering.hpp"

namespace eris::checkers::certificates {
namespace {

using linearizability::TimedCall;
using model::EventIndex;
using model::History;
using model::Operation;
using model::Status;
using model::Verdict;

bool only_looks(const Operation& operation) {
  return operation.function == model::function::read ||
         operation.function == model::function::contains;
}

/// Straight from the conventions.
bool linearizable(const History& history, const SequentialObject& object) {
  std::vector<TimedCall> calls;
  for (const Operation& operation : history.operations) {
    const bool cas = operation.function == model::function::cas;
    const bool compared = cas && (operation.error == 0 || !operation.result.is_nil());
    if (operation.status == Status::fail && !compared) continue;
    if (operation.status == Status::info && only_looks(operation)) continue;
    const Answer answer = operation.status == Status::ok     ? Answer::known
                          : operation.status == Status::info ? Answer::unknown
                                                             : Answer::refused;
    calls.push_back({{operation.function, operation.argument, operation.result, answer},
                     operation.invoked,
                     operation.completed});
    if (object.minds_caller()) calls.back().call.caller = operation.process;
  }
  return brute_force_linearizable(object, calls, {object.initial()});
}

bool is_register(std::string_view object) {
  return object == "register" || object == "key-value";
}

History draw_history(base::Rng& rng, std::string_view object) {
  if (!is_register(object))
    return testing::random_object_history(testing::random_object_options(rng, object), rng);
  return testing::random_history(testing::random_options(rng, object), rng);
}

struct Tally {
  std::size_t cases = 0, valid = 0, invalid = 0, picks = 0;
  std::size_t undecided = 0;  ///< by the checker
  std::size_t unordered = 0;  ///< valid, without an order
  std::size_t unproven = 0;   ///< invalid, without a proof
  std::size_t tampered = 0, still_true = 0;
  std::size_t guesses = 0, lucky = 0, fruitless = 0;
};

std::string describe(const History& history, const Certificate& certificate) {
  return testing::to_timeline(history) + "\n" + to_json(certificate);
}

void expect_true(const History& history, const SequentialObject& object, bool truth,
                 const Certificate& certificate, Tally& tally) {
  const Verification said = verify(history, object, certificate);
  ++tally.tampered;
  if (!said.accepted || said.proven == Verdict::unknown) return;
  ++tally.still_true;
  ASSERT_EQ(said.proven == Verdict::valid, truth) << describe(history, certificate);
}

/// Any operations, taken for a proof.
void guess(const History& history, const SequentialObject& object, bool truth, base::Rng& rng,
           Tally& tally) {
  std::vector<std::uint32_t> all;
  std::vector<EventIndex> picks;
  const double share = rng.unit();
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    all.push_back(i);
    if (rng.chance(share)) picks.push_back(history.operations[i].invoked);
  }
  const EventIndex until = rng.chance(0.2) ? model::never : rng.below(history.events + 1);
  ++tally.guesses;
  const bool refuted = !objection_to_proof(history, object, all, picks, until);
  if (refuted) ++tally.lucky;
  ASSERT_FALSE(refuted && truth) << testing::to_timeline(history) << "\nuntil " << until << ", "
                                 << picks.size() << " picks";
}

void certify_one(const History& history, const SequentialObject& object, base::Rng& rng,
                 Tally& tally) {
  const bool truth = linearizable(history, object);
  const auto checker = linearizability::make_linearizability_checker(object);
  const CheckContext context;
  const model::CheckResult result = checker->check(history, context);
  if (result.verdict == Verdict::unknown) return void(++tally.undecided);
  const Certificate certificate = linearizability::certify(history, object, result, context);
  const auto back = parse_certificate(to_json(certificate));
  ASSERT_TRUE(back.has_value()) << to_text(back.error()) << to_json(certificate);
  ASSERT_EQ(*back, certificate);
  const Verification said = verify(history, object, certificate);
  ASSERT_TRUE(said.accepted) << said.reason << "\n" << describe(history, certificate);
  ++tally.cases;
  ++(truth ? tally.valid : tally.invalid);
  if (said.proven == Verdict::unknown) {
    ++(truth ? tally.unordered : tally.unproven);
  } else {
    ASSERT_EQ(said.proven == Verdict::valid, truth) << describe(history, certificate);
    if (!truth) tally.picks += certificate.keys.front().operations.size();
  }
  for (int i = 0; i < 3; ++i) {
    Certificate changed = certificate;
    for (std::uint64_t changes = 1 + rng.below(2); changes > 0; --changes)
      testing::tamper(changed, history, rng);
    ASSERT_NO_FATAL_FAILURE(expect_true(history, object, truth, changed, tally));
  }
  for (int i = 0; i < 3; ++i) ASSERT_NO_FATAL_FAILURE(guess(history, object, truth, rng, tally));
}

void certify_many(std::string_view name, std::uint64_t seed) {
  const SequentialObject& object = *find_object(name);
  base::Rng rng(seed);
  Tally tally;
  for (std::size_t i = testing::random_cases(is_register(name) ? 4'000 : 1'000); i > 0; --i)
    ASSERT_NO_FATAL_FAILURE(certify_one(draw_history(rng, name), object, rng, tally));
  std::printf(
      "%s: %zu cases, %zu undecided: %zu valid (%zu without an order), %zu invalid (%zu without a "
      "proof; %.2f operations in a proof); of %zu tampered certificates %zu were proofs still; of "
      "%zu guessed proofs %zu held\n",
      std::string(name).c_str(), tally.cases, tally.undecided, tally.valid, tally.unordered,
      tally.invalid, tally.unproven,
      static_cast<double>(tally.picks) /
          static_cast<double>(std::max<std::size_t>(1, tally.invalid - tally.unproven)),
      tally.tampered, tally.still_true, tally.guesses, tally.lucky);
  EXPECT_GT(tally.valid, tally.cases / 10);
  EXPECT_GT(tally.invalid, tally.cases / 40);
  EXPECT_EQ(tally.unordered, 0u);
  EXPECT_EQ(tally.unproven, 0u);
}

TEST(CertificatesTwin, HoldForRandomRegisterHistories) {
  certify_many("register", 20'241'101);
}

TEST(CertificatesTwin, HoldForRandomKeyValueHistories) {
  certify_many("key-value", 20'241'102);
}

class CertificatesOfObjects : public ::testing::TestWithParam<std::string> {};

TEST_P(CertificatesOfObjects, HoldForRandomHistories) {
  certify_many(GetParam(), 20'261'121);
}

INSTANTIATE_TEST_SUITE_P(CertificatesTwin, CertificatesOfObjects,
                         ::testing::Values("queue", "stack", "priority-queue", "set",
                                           "grow-only-set", "list", "counter", "fetch-and-add",
                                           "mutex", "fenced-lock", "unique-ids", "multi-register"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace eris::checkers::certificates
