// What the operations of a history act on, told from their names and from the shapes of their
// values.
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <string>

#include "harness/model/history.hpp"

namespace eris::formats {

struct Imported;

struct ObjectGuess {
  std::string object;  ///< "register", "list-append", …; empty if it fits none
  std::string why;     ///< what the guess rests on, or why there is none
};

/// Functions are as in model::function, but for "add", which may count or collect.
[[nodiscard]] ObjectGuess guess_object(const model::History& history);

/// Sets the object that was given, or else guessed, and gives functions the names that they have
/// on it.
void settle_object(Imported& imported, const std::optional<std::string>& given);

}  // namespace eris::formats
