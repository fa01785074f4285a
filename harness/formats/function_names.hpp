// What others call the operations that Eris knows. One table, for every format.
// Thread rule: constants, pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/model/operation.hpp"

namespace eris::formats {

/// What the value of a completion is.
enum class Answer : std::uint8_t {
  echo,    ///< the request's value again
  result,  ///< what the system answered
};

/// In which form the request's value comes.
enum class Request : std::uint8_t {
  plain,      ///< as Eris has it
  none,       ///< whatever stands there means nothing; Eris has nil
  step,       ///< nil is 1
  step_down,  ///< a number to subtract; nil is 1
  compared,   ///< [old new], or a map of from and to, of old and new
  transfer,   ///< [from to amount], or a map of these
};

struct FunctionName {
  std::string_view foreign;
  model::Function ours;
  Answer answer = Answer::echo;
  Request request = Request::plain;
};

/// The row of this name, or nullptr: then it keeps its name, and completions repeat its value.
[[nodiscard]] const FunctionName* find_function(std::string_view foreign);

/// The row under which Eris writes its own function, or nullptr.
[[nodiscard]] const FunctionName* find_function(const model::Function& ours);

/// The short name of a part of a transaction, as Elle has it: "r" for "r", "read" and "get"; empty
/// for what is none.
[[nodiscard]] std::string_view micro_operation(std::string_view foreign);

/// A list of lists that each begin with a micro-operation's name: [["r" 1 nil] ["w" 2 3]].
[[nodiscard]] bool is_transaction(const model::Value& value);

/// A request's value as Eris has it, or nothing for one that has not the form (expected_of).
[[nodiscard]] std::optional<model::Value> argument_of(Request request, const model::Value& value);
[[nodiscard]] std::string_view expected_of(Request request);

/// A transaction with the short names of micro-operations: [["r" 1 nil]] for [["read" 1 nil]].
[[nodiscard]] model::Value with_short_names(const model::Value& transaction);

/// Jepsen's "add" counts and collects; only the object tells which. The name that it has on this
/// object, or the function itself.
[[nodiscard]] model::Function function_on(std::string_view object, const model::Function& function);

}  // namespace eris::formats
