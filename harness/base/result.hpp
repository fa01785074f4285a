// Result<T>: how expected failures travel in Eris.
//
// Why: a failure that a caller can do something about (a malformed plan, a missing program) is a
// value, not an exception. Our own bugs are ERIS_ASSERT (assert.hpp); what a tested system did to
// an operation is data (model/event.hpp), never an Error.
// Thread rule: plain values, no shared state.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace eris::base {

/// What sort of trouble an Error is. The command line maps each to one exit code.
enum class ErrorKind {
  usage,        ///< Wrong flags, plan or file contents: the user can mend the input. Exit code 64.
  environment,  ///< This machine cannot do it: missing program, full disk, no namespaces. Exit 4.
  internal,     ///< Something that Eris should have prevented. Exit 70.
};

/// A failure in three parts, each a phrase without a final full stop.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string what;       ///< What is wrong: "unknown fault 'partitoin'".
  std::string where;      ///< Where: "plan.toml:12:8", a path, a command. May be empty.
  std::string next_step;  ///< What to do now: "did you mean 'partition'?". May be empty.

  bool operator==(const Error&) const = default;
};

template <typename T>
using Result = std::expected<T, Error>;

/// "WHERE: WHAT; NEXT STEP", leaving out what is empty.
[[nodiscard]] std::string to_text(const Error& error);

[[nodiscard]] std::unexpected<Error> usage_error(std::string what, std::string where = {},
                                                 std::string next_step = {});
[[nodiscard]] std::unexpected<Error> environment_error(std::string what, std::string where = {},
                                                       std::string next_step = {});
[[nodiscard]] std::unexpected<Error> internal_error(std::string what, std::string where = {},
                                                    std::string next_step = {});

/// An environment error for a failed system call: `what` followed by strerror(code).
[[nodiscard]] std::unexpected<Error> system_error(std::string_view what, int code,
                                                  std::string where = {},
                                                  std::string next_step = {});

}  // namespace eris::base

#define ERIS_JOIN_(a, b) a##b
#define ERIS_JOIN(a, b) ERIS_JOIN_(a, b)

/// ERIS_TRY(auto x, f()): binds the value of a Result, or returns its error from this function.
#define ERIS_TRY(declaration, expression)                                      \
  auto ERIS_JOIN(eris_try_, __LINE__) = (expression);                          \
  if (!ERIS_JOIN(eris_try_, __LINE__))                                         \
    return std::unexpected(std::move(ERIS_JOIN(eris_try_, __LINE__)).error()); \
  declaration = *std::move(ERIS_JOIN(eris_try_, __LINE__))

/// ERIS_CHECK_OK(f()): returns the error of a Result<void> from this function.
#define ERIS_CHECK_OK(expression)                                        \
  do {                                                                   \
    if (auto eris_check_ok_result = (expression); !eris_check_ok_result) \
      return std::unexpected(std::move(eris_check_ok_result).error());   \
  } while (false)
