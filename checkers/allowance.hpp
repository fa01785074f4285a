// Allowance: what is left of the budgets, asked from deep inside an algorithm.
//
// Why it throws: a pass over ten million edges has nothing to say when time runs out but that it
// did, and neither have the five functions that called it. Whoever began the algorithm catches
// OutOfBudget and says what was being looked at; check_guarded() catches what nobody caught. So no
// verdict can rest on a pass that was cut short.
// Thread rule: one owner; the clock behind the context may be shared.
#pragma once

#include <cstdint>
#include <exception>

#include "checkers/checker.hpp"

namespace eris::checkers {

class OutOfBudget final : public std::exception {
 public:
  enum class What : std::uint8_t { time, memory };
  explicit OutOfBudget(What what) : ran_out(what) {}
  [[nodiscard]] const char* what() const noexcept override {
    return ran_out == What::time ? "the time for checking ran out"
                                 : "the memory for checking ran out";
  }

  What ran_out;
};

class Allowance {
 public:
  explicit Allowance(const CheckContext& context) : context_(context) {}

  /// One more step of a long loop; asks the clock now and then. Throws OutOfBudget.
  void step() {
    if (++steps_ % steps_between_questions == 0) ask();
  }
  /// Asks the clock. Throws OutOfBudget.
  void ask() const {
    if (context_.out_of_time()) throw OutOfBudget(OutOfBudget::What::time);
  }
  /// Says how much is held, or about to be, besides the history. Throws OutOfBudget.
  void hold(std::uint64_t bytes) const {
    if (bytes > context_.memory_budget_bytes) throw OutOfBudget(OutOfBudget::What::memory);
  }

 private:
  static constexpr std::uint64_t steps_between_questions = 1024;

  const CheckContext& context_;
  std::uint64_t steps_ = 0;
};

}  // namespace eris::checkers
