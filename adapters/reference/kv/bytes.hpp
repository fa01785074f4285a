// Writer and Reader: how the reference systems turn values into bytes and back.
//
// Why: messages, log records and client requests come from a network and a disk that faults are
// injected into, so decoding must survive anything. The format is fixed: little-endian integers of
// fixed width, text with a 32-bit length before it.
// Invariant of Reader: after the first failure every later read gives zero or empty and `ok` stays
// false, so a decoder reads all its fields and asks once at the end.
// Thread rule: plain values with one owner.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "harness/base/bytes.hpp"
#include "harness/base/strong_id.hpp"

namespace eris::kv {

class Writer {
 public:
  void u8(std::uint8_t number) { integer(number); }
  void u32(std::uint32_t number) { integer(number); }
  void u64(std::uint64_t number) { integer(number); }
  void boolean(bool value) { u8(value ? 1 : 0); }
  void text(std::string_view text) {
    u32(static_cast<std::uint32_t>(text.size()));
    raw(text);
  }
  template <typename Tag, typename Representation>
  void id(base::StrongId<Tag, Representation> id) {
    integer(id.value);
  }
  /// Appends bytes as they are, without a length.
  void raw(std::string_view bytes) {
    if (bytes.size() > latest_.size() - latest_bytes_) {
      flush();
      if (bytes.size() > latest_.size()) {
        earlier_.append(bytes);
        return;
      }
    }
    bytes.copy(latest_.data() + latest_bytes_, bytes.size());
    latest_bytes_ += bytes.size();
  }
  void reserve(std::size_t bytes) {
    if (bytes > latest_.size()) earlier_.reserve(bytes);
  }

  [[nodiscard]] std::size_t size() const { return earlier_.size() + latest_bytes_; }
  /// All that was written so far, until the next write.
  [[nodiscard]] std::string_view written() {
    if (earlier_.empty()) return {latest_.data(), latest_bytes_};
    flush();
    return earlier_;
  }
  [[nodiscard]] std::string take() && {
    if (earlier_.empty()) return {latest_.data(), latest_bytes_};
    flush();
    return std::move(earlier_);
  }

 private:
  template <std::unsigned_integral T>
  void integer(T value) {
    const auto bytes = base::bytes_of(value);
    raw({bytes.data(), bytes.size()});
  }
  void flush() {
    earlier_.append(latest_.data(), latest_bytes_);
    latest_bytes_ = 0;
  }

  std::string earlier_;
  /// What was written last gathers here: most messages fit in, and then cost one allocation.
  std::array<char, 192> latest_;
  std::size_t latest_bytes_ = 0;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t u8() { return integer<std::uint8_t>(); }
  std::uint32_t u32() { return integer<std::uint32_t>(); }
  std::uint64_t u64() { return integer<std::uint64_t>(); }
  /// Any byte but 0 and 1 is a failure, so that each value has one encoding.
  bool boolean() {
    const std::uint8_t byte = u8();
    if (byte > 1) fail();
    return byte == 1;
  }
  /// A view into the bytes given to the constructor.
  std::string_view text() {
    const std::uint32_t length = u32();
    return raw(length);
  }
  std::string_view raw(std::size_t length) {
    if (length > rest_.size()) {
      fail();
      return {};
    }
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }
  template <typename Id>
  Id id() {
    return Id(integer<decltype(Id::value)>());
  }
  /// A count of items that each take at least `item_bytes_min`: one that cannot fit is a failure,
  /// so garbage never makes a decoder allocate.
  std::uint32_t count(std::size_t item_bytes_min) {
    const std::uint32_t number = u32();
    if (number > rest_.size() / item_bytes_min) {
      fail();
      return 0;
    }
    return number;
  }

  void fail() {
    ok_ = false;
    rest_ = {};
  }
  /// No read has failed so far.
  [[nodiscard]] bool ok() const { return ok_; }
  /// No read has failed and nothing is left over.
  [[nodiscard]] bool finished() const { return ok_ && rest_.empty(); }

 private:
  template <typename T>
  T integer() {
    if (rest_.size() < sizeof(T)) {
      fail();
      return 0;
    }
    const T value = base::get_integer<T>(rest_, 0);
    rest_.remove_prefix(sizeof(T));
    return value;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace eris::kv
