// Interruption: Ctrl-C while many simulated runs are under way means "enough: say what you have".
//
// The first SIGINT or SIGTERM is noted; a second one ends the program as usual.
// Thread rule: one at a time, made on the main thread; asked() from any thread.
#pragma once

namespace eris::cli {

class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  [[nodiscard]] static bool asked();
};

}  // namespace eris::cli
