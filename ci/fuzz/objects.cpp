// Linearizability: brute force against zones, sweeps, every pass of the search, and the checker as
// a whole; and its certificates, as they are and tampered with.
#include <algorithm>

#include <fmt/format.h>

#include "checkers/certificates/verify.hpp"
#include "checkers/linearizability/certify.hpp"
#include "checkers/linearizability/linearizability.hpp"
#include "checkers/linearizability/search.hpp"
#include "checkers/linearizability/sweeps/sweep.hpp"
#include "checkers/linearizability/zones.hpp"
#include "checkers/testing/random_history.hpp"
#include "checkers/testing/random_objects.hpp"
#include "ci/fuzz/target.hpp"
#include "ci/fuzz/twin.hpp"

namespace eris::fuzz {

namespace {

using namespace checkers;
using namespace checkers::linearizability;
using model::History;
using model::Operation;
using model::Status;
using model::Verdict;

using Complaint = std::optional<std::string>;

/// Enough for what is drawn here; what needs more is left undecided.
constexpr std::uint64_t nodes_max = 1'000'000;

std::string disagrees(std::string_view who, bool expected) {
  return fmt::format("{} says {}, brute force says {}", who, expected ? "violated" : "linearizable",
                     expected ? "linearizable" : "violated");
}

Complaint compare_search(const Problem& problem, bool expected) {
  const SearchAnswer wrong = expected ? SearchAnswer::violated : SearchAnswer::linearizable;
  const auto budget = [] {
    return Budget([] { return false; }, std::uint64_t{1} << 28, nodes_max);
  };
  Budget whole = budget();
  if (search(problem, whole).answer == wrong) return disagrees("the search", expected);
  struct Named {
    const char* name;
    Pass pass;
    std::size_t beam;
  };
  for (const Named& one :
       {Named{"depth first", Pass::depth_first, unlimited_beam},
        Named{"depth first, 1 kept", Pass::depth_first, 1},
        Named{"depth first, 4 kept", Pass::depth_first, 4}, Named{"breadth first", Pass::exact, 0},
        Named{"unlimited", Pass::unlimited, 0}, Named{"beam of 2", Pass::beam, 2}}) {
    if (one.pass == Pass::unlimited && !problem.plain()) continue;
    Budget alone = budget();
    if (search_by(problem, one.pass, one.beam, alone).answer == wrong)
      return disagrees(one.name, expected);
  }
  return std::nullopt;
}

/// One change, as somebody might make who wants another verdict.
void tamper(certificates::KeyCertificate& key, base::Rng& rng, const History& history) {
  auto& operations = key.operations;
  const auto any = [&] {
    return operations.begin() + static_cast<std::ptrdiff_t>(rng.below(operations.size()));
  };
  switch (operations.empty() ? 4 : rng.below(6)) {
    case 0:
      std::iter_swap(any(), any());
      break;
    case 1:
      operations.erase(any());
      break;
    case 2:
      operations.push_back(*any());
      break;
    case 3:
      *any() = history.operations[rng.below(history.operations.size())].invoked;
      break;
    case 4:
      key.until = rng.below(history.events + 2);
      break;
    default:
      key.verdict = key.verdict == Verdict::valid ? Verdict::invalid : Verdict::valid;
      key.until = history.events;
  }
}

Complaint compare_certificates(const History& history, const SequentialObject& object,
                               const model::CheckResult& result, bool expected, base::Rng& rng) {
  certificates::Certificate certificate = certify(history, object, result, {});
  const auto said = certificates::verify(history, object, certificate);
  if (!said.accepted) return "the certificate is refused: " + said.reason;
  if (said.proven != Verdict::unknown && (said.proven == Verdict::valid) != expected)
    return disagrees("the certificate", expected);
  for (int i = 0; i < 4; ++i) {
    certificates::Certificate changed = certificate;
    if (changed.keys.empty()) break;
    tamper(changed.keys.front(), rng, history);
    changed.verdict = changed.keys.front().verdict;
    const auto then = certificates::verify(history, object, changed);
    if (then.accepted && then.proven != Verdict::unknown &&
        (then.proven == Verdict::valid) != expected)
      return disagrees("a certificate that was tampered with, and accepted,", expected);
  }
  return std::nullopt;
}

Complaint compare(const History& history, const SequentialObject& object, base::Rng& rng) {
  const bool expected = linearizable_by_brute_force(history, object);
  const KeyIndex index(history);
  const auto problem = prepare(history, index.operations(0), object);
  if (!problem) return "the history is not understood: " + to_text(problem.error());
  const SweepResult swept = sweep(history, *problem, {});
  if (swept.answer != SweepAnswer::undecided &&
      (swept.answer == SweepAnswer::linearizable) != expected)
    return disagrees("the sweep", expected);
  if (problem->plain()) {
    const ZoneAnswer zones = check_zones(*problem).answer;
    if (zones != ZoneAnswer::undecided && (zones == ZoneAnswer::linearizable) != expected)
      return disagrees("the zones", expected);
  }
  if (auto complaint = compare_search(*problem, expected)) return complaint;
  const auto result = make_linearizability_checker(object)->check(history, {});
  if (result.verdict == (expected ? Verdict::invalid : Verdict::valid))
    return disagrees("the checker", expected);
  return compare_certificates(history, object, result, expected, rng);
}

}  // namespace

void add_object_targets(std::vector<Target>& targets) {
  const auto add = [&](const std::string& name, auto draw) {
    const SequentialObject& object = *find_object(name);
    targets.push_back({name, draw,
                       [&object](const History& history, base::Rng& rng) {
                         return compare(history, object, rng);
                       },
                       testing::to_timeline});
  };
  for (const std::string name : {"register", "key-value"})
    add(name, [name](base::Rng& rng) {
      return testing::random_history(testing::random_options(rng, name), rng);
    });
  for (const std::string name :
       {"queue", "stack", "priority-queue", "set", "grow-only-set", "list", "counter",
        "fetch-and-add", "mutex", "fenced-lock", "unique-ids", "multi-register"})
    add(name, [name](base::Rng& rng) {
      return testing::random_object_history(testing::random_object_options(rng, name), rng);
    });
}

}  // namespace eris::fuzz
