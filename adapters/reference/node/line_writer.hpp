// LineWriter: lines on stdout or stderr that never block the protocol.
//
// Why: whoever reads a node's output may stall (a full pipe, a stopped terminal), and a node that
// stalls with it would look like a slow disk or a dead leader. A line that cannot be taken at once
// is dropped and counted.
// Lines of at most line_bytes_max are written whole: a pipe that polls as writable takes that much
// in one piece (POSIX's PIPE_BUF; 4096 on Linux).
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace eris::node {

class LineWriter {
 public:
  static constexpr std::size_t line_bytes_max = 4096;

  /// Does not own the descriptor.
  explicit LineWriter(int descriptor) : descriptor_(descriptor) {}

  /// Writes the line and a newline; false when it was dropped. Longer lines are cut.
  bool write(std::string_view line);
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  int descriptor_;
  std::uint64_t dropped_ = 0;
};

}  // namespace eris::node
