// A history's operations as the lines that writers write: each request and each answer in its
// place, with exactly those members that a reader needs to get the same operation back.
// Internal to harness/formats. Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "harness/formats/formats.hpp"
#include "harness/formats/record.hpp"
#include "harness/model/history.hpp"

namespace eris::formats {

/// A request or an answer.
struct Moment {
  std::uint32_t operation = 0;  ///< index into History::operations
  Type type = Type::invoke;
};

/// In the order of the history. An answer of unknown outcome has no place in it: it comes before
/// the first moment that is later than the client gave up, or else at the end.
void for_each_moment(const model::History& history, const std::function<void(const Moment&)>& take);

/// What stands in a line beside process, type, index and time. nullptr: not there.
struct Members {
  std::string_view function;
  const model::Value* value = nullptr;
  const model::Value* argument = nullptr;
  const model::Value* result = nullptr;
  const model::Value* observed = nullptr;
  const std::string* error = nullptr;
};

[[nodiscard]] Members members_of(const model::History& history, const Moment& moment);

/// Some operation has a key.
[[nodiscard]] bool is_keyed(const model::History& history);

/// Gathers text and hands it on in large pieces.
class Output {
 public:
  explicit Output(const Sink& sink) : sink_(sink) {}
  [[nodiscard]] std::string& text() { return text_; }
  void line_done() {
    constexpr std::size_t piece_bytes = 256 * 1024;
    if (text_.size() >= piece_bytes) flush();
  }
  void flush() {
    if (!text_.empty()) sink_(text_);
    text_.clear();
  }

 private:
  const Sink& sink_;
  std::string text_;
};

void write_edn(const model::History& history, const Sink& sink);
void write_json(const model::History& history, const Sink& sink);
void write_jsonl(const model::History& history, const Sink& sink);

}  // namespace eris::formats
