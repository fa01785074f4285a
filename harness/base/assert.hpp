// ERIS_ASSERT: a condition whose failure is a bug in Eris itself. On in release builds too, since
// a harness that goes on after losing its footing would report verdicts that mean nothing.
#pragma once

namespace eris::base {

/// Prints the condition and where it stands to stderr, then aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line,
                                   const char* why);

}  // namespace eris::base

/// `why` is a phrase for the person who reads the crash: what was supposed to hold.
#define ERIS_ASSERT(condition, why) \
  (static_cast<bool>(condition)     \
       ? static_cast<void>(0)       \
       : ::eris::base::assertion_failed(#condition, __FILE__, __LINE__, (why)))
