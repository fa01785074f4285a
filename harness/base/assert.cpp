#include "harness/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace eris::base {

void assertion_failed(const char* condition, const char* file, int line, const char* why) {
  std::fprintf(stderr, "eris: internal error at %s:%d: %s does not hold: %s\n", file, line,
               condition, why);
  std::fflush(stderr);
  std::abort();
}

}  // namespace eris::base
