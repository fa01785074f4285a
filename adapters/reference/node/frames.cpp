#include "adapters/reference/node/frames.hpp"

#include <boost/crc.hpp>

#include "harness/base/assert.hpp"
#include "harness/base/bytes.hpp"

namespace eris::node {
namespace {

constexpr std::uint32_t castagnoli = 0x1EDC6F41;
constexpr std::uint32_t all_ones = 0xFFFFFFFF;

std::uint32_t payload_length(std::string_view head, std::string_view tail) {
  const std::size_t length = head.size() + tail.size();
  ERIS_ASSERT(length <= all_ones, "a frame's length fits its 32-bit field");
  return static_cast<std::uint32_t>(length);
}

}  // namespace

std::uint32_t checksum(std::initializer_list<std::string_view> parts) {
  boost::crc_optimal<32, castagnoli, all_ones, all_ones, true, true> crc;
  for (const std::string_view part : parts) crc.process_bytes(part.data(), part.size());
  return crc.checksum();
}

void append_frame(std::string& out, std::string_view head, std::string_view tail) {
  const std::size_t start = out.size();
  base::put_integer(out, payload_length(head, tail));
  base::put_integer(out, checksum({std::string_view(out).substr(start), head, tail}));
  out.append(head).append(tail);
}

std::string_view to_text(FrameFault fault) {
  switch (fault) {
    case FrameFault::too_long:
      return "frame longer than allowed";
    case FrameFault::bad_checksum:
      return "frame with a wrong checksum";
  }
  ERIS_ASSERT(false, "every frame fault has a text");
}

void FrameReader::feed(std::string_view bytes) {
  // Dropping what was handed out only here keeps the views of next() alive between feeds.
  buffer_.erase(0, taken_);
  taken_ = 0;
  buffer_.append(bytes);
}

std::expected<std::optional<std::string_view>, FrameFault> FrameReader::next() {
  if (fault_) return std::unexpected(*fault_);
  const std::string_view waiting = std::string_view(buffer_).substr(taken_);
  if (waiting.size() < frame_header_bytes) return std::nullopt;
  const std::size_t length = base::get_integer<std::uint32_t>(waiting, 0);
  if (length > payload_bytes_max_) {
    fault_ = FrameFault::too_long;
    return std::unexpected(*fault_);
  }
  if (waiting.size() - frame_header_bytes < length) return std::nullopt;
  const std::string_view payload = waiting.substr(frame_header_bytes, length);
  const std::uint32_t sum = checksum({waiting.substr(0, sizeof(std::uint32_t)), payload});
  if (sum != base::get_integer<std::uint32_t>(waiting, sizeof(std::uint32_t))) {
    fault_ = FrameFault::bad_checksum;
    return std::unexpected(*fault_);
  }
  taken_ += frame_header_bytes + length;
  return payload;
}

}  // namespace eris::node
