// Trial: one history, held against one model after the other.
//
// Why apart from the algorithms: they want every read's source to be known, and histories are not
// always so kind. A violation without what is uncertain is one with it; that a history holds with
// some sources for the uncertain reads shows that it holds; else the ruling is `unknown`.
// Thread rule: one owner. The history and the object must outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "checkers/weak/models.hpp"

namespace eris::checkers::weak {

struct Ruling {
  ModelAnswer answer = ModelAnswer::holds;
  std::string reason;  ///< for `unknown`
  /// For `violated`: either a flaw, or a small part of the history that is a violation by itself,
  /// and what the algorithm says of that part.
  std::optional<Flaw> flaw;
  Sessions part;
  Violation violation;
};

class Trial {
 public:
  Trial(const model::History& history, const SequentialObject& object, const CheckContext& context);

  /// For any model but linearizable.
  [[nodiscard]] Ruling rule(Model model);
  /// True when an order for all is found at once; then all models but linearizable hold.
  [[nodiscard]] bool plainly_sequential() const;
  [[nodiscard]] const Sessions& sessions() const { return certain_; }

 private:
  [[nodiscard]] Ruling violated(Model model, const Sessions& sessions, Decision decision) const;
  [[nodiscard]] Ruling rule_uncertain(Model model);
  const Sessions& guessed();

  const model::History& history_;
  const SequentialObject& object_;
  const CheckContext& context_;
  Sessions certain_;
  std::optional<Sessions> guessed_;
};

}  // namespace eris::checkers::weak
