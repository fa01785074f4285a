#include "checkers/linearizability/game.hpp"

namespace eris::checkers::linearizability {

Game::Game(const Problem& problem, const Script& script) : problem_(problem), script_(script) {
  if (problem.plain()) return;
  for (const model::Value& value : problem.values) number(value);
}

StateId Game::number(const model::Value& value) {
  const auto [found, is_new] = numbers_.try_emplace(value, static_cast<StateId>(states_.size()));
  if (is_new) {
    states_.push_back(value);
    state_bytes_ += 2 * sizeof(model::Value) + sizeof(StateId);
    if (value.is_list()) state_bytes_ += value.list().size() * sizeof(model::Value);
  }
  return found->second;
}

StateId Game::asked(StateId state, std::uint32_t deed) {
  const std::uint64_t key = (static_cast<std::uint64_t>(state) << 32) | deed;
  if (const auto known = answers_.find(key); known != answers_.end()) return known->second;
  const model::Value before = states_[state];
  const auto after = problem_.object->step(before, problem_.calls[script_.deeds[deed].call]);
  const StateId next = after ? number(*after) : no_state;
  answers_.emplace(key, next);
  return next;
}

std::size_t Game::bytes() const {
  return state_bytes_ + answers_.bucket_count() * 17 + numbers_.bucket_count() * 40;
}

}  // namespace eris::checkers::linearizability
