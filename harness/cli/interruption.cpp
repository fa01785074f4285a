#include "harness/cli/interruption.hpp"

#include <atomic>
#include <csignal>

namespace eris::cli {

namespace {

constexpr int heeded[] = {SIGINT, SIGTERM};
std::atomic<bool> was_asked = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set it");

void note(int signal) {
  was_asked = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

Interruption::Interruption() {
  was_asked = false;
  for (const int signal : heeded) std::signal(signal, note);
}

Interruption::~Interruption() {
  for (const int signal : heeded) std::signal(signal, SIG_DFL);
}

bool Interruption::asked() {
  return was_asked;
}

}  // namespace eris::cli
