// Frames: how messages travel over a byte stream, between nodes and from clients.
//
// A frame is length (u32), CRC-32C (u32) over the length and the payload, payload; numbers are
// little-endian. TCP's own checksum misses about one error in 65,536 and sees nothing that happens
// inside a faulty switch or a harness that corrupts on purpose, so each frame carries a better one.
// Invariant: a reader that has reported a fault reports nothing but that fault from then on, since
// after it the stream has no known frame boundary; the connection must be closed.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace eris::node {

inline constexpr std::size_t frame_header_bytes = 8;

/// CRC-32C (Castagnoli) of these parts, one after the other.
[[nodiscard]] std::uint32_t checksum(std::initializer_list<std::string_view> parts);

/// Appends one frame to `out`. The payload is `head` followed by `tail`, so that a caller with a
/// short prefix need not build a joined copy first.
void append_frame(std::string& out, std::string_view head, std::string_view tail = {});

enum class FrameFault {
  too_long,      ///< announces more than the reader allows
  bad_checksum,  ///< what arrived is not what was sent
};
[[nodiscard]] std::string_view to_text(FrameFault fault);

/// Cuts a byte stream into payloads.
class FrameReader {
 public:
  explicit FrameReader(std::size_t payload_bytes_max) : payload_bytes_max_(payload_bytes_max) {}

  void feed(std::string_view bytes);

  /// The next whole payload, nothing while it is incomplete, or why the stream is unusable.
  /// The view lives until the next feed().
  [[nodiscard]] std::expected<std::optional<std::string_view>, FrameFault> next();

  /// Bytes received and not yet handed out.
  [[nodiscard]] std::size_t waiting_bytes() const { return buffer_.size() - taken_; }

 private:
  std::size_t payload_bytes_max_;
  std::string buffer_;
  std::size_t taken_ = 0;  ///< bytes of buffer_ already handed out
  std::optional<FrameFault> fault_;
};

}  // namespace eris::node
