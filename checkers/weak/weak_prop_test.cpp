// The weaker models against brute force, and their lattice, on random small histories.
#include <array>
#include <cstdio>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "checkers/testing/beginning.hpp"
#include "checkers/testing/random_history.hpp"
#include "checkers/testing/weak_history.hpp"
#include "checkers/weak/brute_force.hpp"
#include "checkers/weak/proven.hpp"
#include "checkers/weak/sequential.hpp"
#include "checkers/weak/trial.hpp"
#include "checkers/weak/weak.hpp"

namespace eris::checkers::weak {
namespace {

using model::History;

const SequentialObject& register_object() {
  return *find_object("register");
}

struct Tally {
  std::size_t cases = 0;
  std::array<std::size_t, model_count> held{};
  std::array<std::size_t, model_count> unknown{};
  /// Histories that the first model allows and the second does not.
  std::array<std::array<std::size_t, model_count>, model_count> apart{};
  std::size_t events_of_proofs = 0;
  std::size_t proofs = 0;
};

/// The sub-history of a proof, as the twin can read it. What the part takes of a cas decides what
/// becomes of it.
History history_of(const History& whole, const Sessions& part) {
  History history;
  history.keys = whole.keys;
  for (std::uint32_t s = 0; s < part.size(); ++s)
    for (const Event& event : part.of(s)) {
      model::Operation operation = whole.operations[event.operation];
      operation.status = model::Status::ok;
      operation.process = base::ProcessId(s);
      if (event.kind == EventKind::differs) {
        operation.status = model::Status::fail;
      } else if (event.is_write()) {
        const bool cas = operation.function == model::function::cas;
        if (cas && event.joined) {
          history.operations.back() = operation;
          continue;
        }
        if (cas) operation.argument = operation.argument.list()[1];
        operation.function = model::function::write;
        operation.result = {};
      } else {
        const bool swap = operation.function == model::function::cas &&
                          whole.operations[event.operation].status != model::Status::fail;
        const bool same = swap || operation.result.is_nil();
        if (operation.function == model::function::cas && same)
          operation.result = operation.argument.list()[0];
        operation.function = model::function::read;
        operation.argument = {};
      }
      history.operations.push_back(operation);
    }
  return history;
}

void check_proof(Model model, const History& history, const Ruling& ruling, Tally& tally) {
  ++tally.proofs;
  if (ruling.flaw) return;
  tally.events_of_proofs += ruling.part.events.size();
  ASSERT_FALSE(brute_force_holds(model, history_of(history, ruling.part)))
      << type_of(model).name << ": the proof proves nothing\n"
      << testing::to_lines(history_of(history, ruling.part)) << "of\n"
      << testing::to_lines(history);
}

/// What implies what, by what the twin says.
void compare_lattice(const std::array<bool, model_count>& held, const History& history,
                     Tally& tally) {
  for (std::size_t a = 1; a < model_count; ++a)
    for (std::size_t b = 1; b < model_count; ++b) {
      if (!held[a] || held[b]) continue;
      ++tally.apart[a][b];
      ASSERT_FALSE(implies(models()[a].model, models()[b].model))
          << models()[a].name << " but not " << models()[b].name << "\n"
          << testing::to_lines(history);
    }
}

/// Each pair that the lattice leaves apart must have been told apart: else it says too little.
/// Convergence without a view takes more operations than these histories have room for; weak_test
/// has one.
void expect_strict(const Tally& tally) {
  for (const ModelType& a : models())
    for (const ModelType& b : models()) {
      const bool rare = a.model == Model::causal_convergent &&
                        (b.model == Model::causal_memory || b.model == Model::pram);
      if (rare || b.model == Model::linearizable || implies(a.model, b.model)) continue;
      EXPECT_GT(tally.apart[static_cast<std::size_t>(a.model)][static_cast<std::size_t>(b.model)],
                0u)
          << a.name << " without " << b.name;
    }
}

void compare(const History& history, Tally& tally) {
  const CheckContext context;
  Trial trial(history, register_object(), context);
  ++tally.cases;
  std::array<bool, model_count> held{};
  for (const ModelType& type : models()) {
    if (type.model == Model::linearizable) continue;
    const auto index = static_cast<std::size_t>(type.model);
    const Ruling ruling = trial.rule(type.model);
    held[index] = brute_force_holds(type.model, history);
    tally.held[index] += held[index] ? 1 : 0;
    if (ruling.answer == ModelAnswer::unknown) {
      ++tally.unknown[index];
      ASSERT_GT(trial.sessions().uncertain, 0u);
      continue;
    }
    ASSERT_EQ(ruling.answer == ModelAnswer::holds, held[index]) << type.name << "\n"
                                                                << testing::to_lines(history);
    if (ruling.answer == ModelAnswer::violated) {
      ASSERT_NO_FATAL_FAILURE(check_proof(type.model, history, ruling, tally));
    }
  }
  ASSERT_NO_FATAL_FAILURE(compare_lattice(held, history, tally));
  if (!trial.sessions().flaws.empty() || trial.sessions().uncertain > 0) return;
  for (const SequentialOptions& options :
       {SequentialOptions{.saturate = false}, SequentialOptions{.plainly = false}})
    ASSERT_EQ(decide_sequential(trial.sessions(), context, options).answer == ModelAnswer::holds,
              held[static_cast<std::size_t>(Model::sequential)])
        << testing::to_lines(history);
}

void record(const Tally& tally) {
  std::printf("%zu cases, %zu proofs of %.1f events\n", tally.cases, tally.proofs,
              tally.proofs == 0 ? 0.0
                                : static_cast<double>(tally.events_of_proofs) /
                                      static_cast<double>(tally.proofs));
  for (const ModelType& type : models())
    if (type.model != Model::linearizable)
      std::printf("  %-20s held in %zu, unknown in %zu\n", std::string(type.name).c_str(),
                  tally.held[static_cast<std::size_t>(type.model)],
                  tally.unknown[static_cast<std::size_t>(type.model)]);
}

TEST(WeakModelsTwin, AgreesOnRandomHistories) {
  Tally tally;
  base::Rng rng(20'240'701);
  for (std::size_t i = testing::random_cases(4'000); i > 0; --i)
    ASSERT_NO_FATAL_FAILURE(
        compare(testing::weak_history(testing::random_weak_options(rng), rng), tally));
  record(tally);
  for (const ModelType& type : models()) {
    if (type.model == Model::linearizable) continue;
    const std::size_t held = tally.held[static_cast<std::size_t>(type.model)];
    EXPECT_GT(held, tally.cases / 20) << type.name;
    EXPECT_GT(tally.cases - held, tally.cases / 20) << type.name;
  }
  if (tally.cases >= 100'000) expect_strict(tally);
}

// ---- what is proven when a budget runs out

/// All writes, and the reads of these sessions.
std::vector<EventId> reads_of(const Sessions& sessions, const std::vector<std::uint32_t>& chosen) {
  std::vector<EventId> kept;
  for (EventId e = 0; e < sessions.events.size(); ++e)
    if (sessions.events[e].is_write() ||
        std::ranges::binary_search(chosen, sessions.events[e].session))
      kept.push_back(e);
  return kept;
}

void expect_proven_sessions(Model model, const History& history, const Sessions& sessions,
                            std::size_t& parts) {
  for (int questions = 0; questions < 4; ++questions) {
    CheckContext context;
    context.out_of_time = [left = questions]() mutable { return left-- <= 0; };
    const Decision decision = decide(model, sessions, context);
    if (decision.answer != ModelAnswer::unknown || decision.proven.sessions.empty()) continue;
    ++parts;
    const Sessions part = part_of(sessions, reads_of(sessions, decision.proven.sessions));
    ASSERT_TRUE(brute_force_holds(model, history_of(history, part)))
        << type_of(model).name << "\n"
        << testing::to_lines(history_of(history, part)) << "of\n"
        << testing::to_lines(history);
  }
}

void expect_proven_beginning(const History& history, const Sessions& sessions, std::size_t& parts) {
  for (std::uint64_t steps = 0; steps < 8; ++steps) {
    const Decision decision = decide_sequential(sessions, {}, {.steps_max = steps});
    if (decision.answer != ModelAnswer::unknown) continue;
    const model::EventIndex until = proven_until(history, sessions, decision.proven);
    const History beginning = testing::beginning_of(history, until);
    parts += beginning.operations.empty() ? 0 : 1;
    ASSERT_TRUE(brute_force_holds(Model::sequential, beginning))
        << proven_text(history, sessions, decision.proven) << "\n"
        << testing::to_lines(beginning) << "of\n"
        << testing::to_lines(history);
  }
}

TEST(WeakModelsTwin, AgreesOnWhatIsProvenWhenABudgetRunsOut) {
  base::Rng rng(20'240'703);
  std::array<std::size_t, model_count> parts{};
  const std::size_t cases = testing::random_cases(4'000);
  for (std::size_t i = 0; i < cases; ++i) {
    const History history = testing::weak_history(testing::random_weak_options(rng), rng);
    const Sessions sessions = sessions_of(history, register_object());
    if (!sessions.flaws.empty() || sessions.uncertain > 0) continue;
    for (const ModelType& type : models()) {
      std::size_t& of_model = parts[static_cast<std::size_t>(type.model)];
      if (type.model == Model::linearizable) continue;
      if (type.model == Model::sequential) {
        ASSERT_NO_FATAL_FAILURE(expect_proven_beginning(history, sessions, of_model));
      } else {
        ASSERT_NO_FATAL_FAILURE(expect_proven_sessions(type.model, history, sessions, of_model));
      }
    }
  }
  std::printf("%zu cases, parts proven:\n", cases);
  for (const ModelType& type : models()) {
    const std::size_t count = parts[static_cast<std::size_t>(type.model)];
    std::printf("  %-20s %zu\n", std::string(type.name).c_str(), count);
    // Convergence is about all sessions at once, linearizability is not decided here.
    if (type.model == Model::causal_convergent || type.model == Model::linearizable) continue;
    EXPECT_GT(count, cases / 4) << type.name;
  }
}

/// What is valid or invalid, beyond doubt.
TEST(ConvergenceTwin, AgreesOnFinalReads) {
  base::Rng rng(20'240'704);
  const auto checker = make_convergence_checker("register");
  std::map<model::Verdict, std::size_t> said;
  const std::size_t cases = testing::random_cases(10'000);
  for (std::size_t i = 0; i < cases; ++i) {
    const History history = testing::random_final_reads(rng);
    const model::CheckResult result = checker->check(history, {});
    ++said[result.verdict];
    if (result.verdict != model::Verdict::valid && result.verdict != model::Verdict::invalid)
      continue;
    ASSERT_EQ(result.verdict == model::Verdict::valid, brute_force_converges(history))
        << result.reason << "\n"
        << testing::to_lines(history);
  }
  std::printf("%zu cases: valid %zu, invalid %zu, unknown %zu, vacuous %zu\n", cases,
              said[model::Verdict::valid], said[model::Verdict::invalid],
              said[model::Verdict::unknown], said[model::Verdict::vacuous]);
  EXPECT_GT(said[model::Verdict::valid], cases / 10);
  EXPECT_GT(said[model::Verdict::invalid], cases / 10);
  EXPECT_LT(said[model::Verdict::unknown], cases / 2);
}

/// Few values, so that many reads have several sources, and refused cas that do not tell.
TEST(WeakModelsTwin, IsNeverWrongWhereSourcesAreUncertain) {
  Tally tally;
  base::Rng rng(20'240'702);
  for (std::size_t i = testing::random_cases(2'000); i > 0; --i) {
    testing::WeakHistoryOptions options = testing::random_weak_options(rng);
    options.operations = std::min<std::size_t>(options.operations, 8);
    options.values = rng.below(4);
    options.telling = 0.3;
    if (rng.chance(0.5)) options.cas = 0.3;
    ASSERT_NO_FATAL_FAILURE(compare(testing::weak_history(options, rng), tally));
  }
  record(tally);
  for (std::size_t model = 1; model < model_count; ++model)
    EXPECT_LT(tally.unknown[model], tally.cases / 4) << models()[model].name;
}

}  // namespace
}  // namespace eris::checkers::weak
