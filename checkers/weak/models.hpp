// Models: the consistency models that a history of registers can be held against, and which of them
// contain which.
//
// Why the lattice: what one model decides need not be decided again for another, and "the strongest
// that holds" only means something in it. A test holds it to random histories.
// Thread rule: constants and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "checkers/checker.hpp"
#include "checkers/weak/decision.hpp"
#include "checkers/weak/sessions.hpp"

namespace eris::checkers::weak {

/// The strongest first; every model comes after those that contain it.
enum class Model : std::uint8_t {
  linearizable,
  sequential,
  causal_memory,
  causal_convergent,
  pram,
  causal,
  writes_follow_reads,
  monotonic_writes,
  monotonic_reads,
  read_your_writes,
};
inline constexpr std::size_t model_count = 10;

struct ModelType {
  Model model = Model::linearizable;
  std::string_view name;            ///< as --consistency takes it
  std::string_view meaning;         ///< one sentence
  std::span<const Model> contains;  ///< the next weaker ones
};

/// All of them, in the order of Model.
[[nodiscard]] std::span<const ModelType> models();
[[nodiscard]] const ModelType& type_of(Model model);
[[nodiscard]] std::optional<Model> find_model(std::string_view name);
/// True when every history that `stronger` allows is allowed by `weaker`; also for the same model.
[[nodiscard]] bool implies(Model stronger, Model weaker);

/// Decides any model but linearizable, whose checker is elsewhere.
[[nodiscard]] Decision decide(Model model, const Sessions& sessions, const CheckContext& context);

/// The same for a small part of a history, within a bounded effort whatever the model.
[[nodiscard]] Decision decide_part(Model model, const Sessions& part, const CheckContext& context);

/// A part of a violation's core that is one by itself, as few events as could be found.
[[nodiscard]] Sessions shrink(Model model, const Sessions& sessions, const Violation& violation,
                              const CheckContext& context);

}  // namespace eris::checkers::weak
