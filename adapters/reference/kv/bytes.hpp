// Writer and Reader: how the reference systems turn values into bytes and back.
//
// Why: messages, log records and client requests come from a network and a disk that faults are
// injected into, so decoding must survive anything. The format is fixed: little-endian integers of
// fixed width, text with a 32-bit length before it.
// Invariant of Reader: after the first failure every later read gives zero or empty and `ok` stays
// false, so a decoder reads all its fields and asks once at the end.
// Thread rule: plain values with one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/bytes.hpp"
#include "harness/base/strong_id.hpp"

namespace eris::kv {

class Writer {
 public:
  void u8(std::uint8_t number) { bytes_.push_back(static_cast<char>(number)); }
  void u32(std::uint32_t number) { base::put_integer(bytes_, number); }
  void u64(std::uint64_t number) { base::put_integer(bytes_, number); }
  void boolean(bool value) { u8(value ? 1 : 0); }
  void text(std::string_view text) {
    u32(static_cast<std::uint32_t>(text.size()));
    bytes_.append(text);
  }
  template <typename Tag, typename Representation>
  void id(base::StrongId<Tag, Representation> id) {
    base::put_integer(bytes_, id.value);
  }
  /// Appends bytes as they are, without a length.
  void raw(std::string_view bytes) { bytes_.append(bytes); }
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::string take() && { return std::move(bytes_); }

 private:
  std::string bytes_;
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
    const std::string_view taken = raw(sizeof(T));
    return ok_ ? base::get_integer<T>(taken, 0) : T{0};
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace eris::kv
