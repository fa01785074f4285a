#include "checkers/weak/trial.hpp"

#include <utility>

#include <fmt/format.h>

#include "checkers/extent.hpp"
#include "checkers/weak/proven.hpp"
#include "checkers/weak/sequential.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::weak {

Trial::Trial(const model::History& history, const SequentialObject& object,
             const CheckContext& context)
    : history_(history),
      object_(object),
      context_(context),
      certain_(sessions_of(history, object)) {}

Ruling Trial::rule(Model model) {
  if (!certain_.flaws.empty())
    return {.answer = ModelAnswer::violated, .flaw = certain_.flaws.front()};
  Decision decision = decide(model, certain_, context_);
  if (decision.answer == ModelAnswer::violated)
    return violated(model, certain_, std::move(decision));
  if (decision.answer == ModelAnswer::unknown)
    return {.answer = ModelAnswer::unknown,
            .reason = fmt::format(
                "{}: {}; {}; allow more time or memory, use fewer processes, or run for a shorter "
                "time",
                decision.reason, to_text(extent_of(history_)),
                proven_text(history_, certain_, decision.proven))};
  if (certain_.uncertain == 0) return {};
  return rule_uncertain(model);
}

Ruling Trial::rule_uncertain(Model model) {
  if (model == Model::sequential) {
    // The search can take a refused cas as it is. Not the writes that nobody saw: one of them may
    // have been there when it was refused.
    const Sessions kept = sessions_of(history_, object_, Uncertain::keep);
    Decision decision = decide(model, kept, context_);
    if (kept.uncertain == 0 && decision.answer == ModelAnswer::holds) return {};
    if (kept.dropped == 0 && decision.answer == ModelAnswer::violated)
      return violated(model, kept, std::move(decision));
  }
  const Sessions& sessions = guessed();
  if (sessions.uncertain == 0 && sessions.flaws.empty() &&
      decide(model, sessions, context_).answer == ModelAnswer::holds)
    return {};
  return {.answer = ModelAnswer::unknown,
          .reason = fmt::format(
              "no violation among what is certain, but {} left out: {}",
              certain_.uncertain == 1
                  ? std::string("1 read or key was")
                  : fmt::format("{} reads or keys were", base::with_separators(certain_.uncertain)),
              certain_.uncertain_why)};
}

Ruling Trial::violated(Model model, const Sessions& sessions, Decision decision) const {
  Ruling ruling{.answer = ModelAnswer::violated};
  ruling.part = shrink(model, sessions, decision.violation, context_);
  // The argument is told of the part, where it is short; a long one is only shown.
  const CheckContext unlimited;
  Decision again =
      decide_part(model, ruling.part, ruling.part.events.size() < 1'000 ? unlimited : context_);
  if (again.answer == ModelAnswer::violated) ruling.violation = std::move(again.violation);
  return ruling;
}

bool Trial::plainly_sequential() const {
  if (!certain_.flaws.empty()) return false;
  if (certain_.uncertain == 0) return is_plainly_sequential(certain_, context_);
  const Sessions kept = sessions_of(history_, object_, Uncertain::keep);
  return kept.uncertain == 0 && is_plainly_sequential(kept, context_);
}

const Sessions& Trial::guessed() {
  if (!guessed_) guessed_ = sessions_of(history_, object_, Uncertain::guess);
  return *guessed_;
}

}  // namespace eris::checkers::weak
