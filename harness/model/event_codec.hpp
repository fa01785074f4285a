// Events as journal lines and back; the form is described in docs/journal-format.md.
// Invariant: decode(encode(event)) == event.
// Thread rule: encoding is pure; a decoder belongs to one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "harness/base/result.hpp"
#include "harness/model/event.hpp"

namespace eris::model {

/// Appends the event as one line without its newline, under the index and time given (those in
/// `event` are not looked at).
void append_event(std::string& out, EventIndex index, base::Instant time, const Event& event);

/// {"do":"kill","nodes":["n3"]}: an action as it stands in journal lines and in plans.
void append_action(std::string& out, const FaultAction& action);
/// Errors: usage; `where` is left for the caller.
[[nodiscard]] base::Result<FaultAction> parse_action(std::string_view json);

/// Reads journal lines. Keeps buffers from line to line, so make one for many lines.
class EventDecoder {
 public:
  /// How many bytes after the line must be readable; what they hold does not matter.
  static constexpr std::size_t padding_bytes = 64;

  EventDecoder();
  ~EventDecoder();
  EventDecoder(const EventDecoder&) = delete;
  EventDecoder& operator=(const EventDecoder&) = delete;

  /// `line` has no newline, and padding_bytes after its end. Errors: usage, saying what was
  /// expected; `where` is left for the caller.
  [[nodiscard]] base::Result<Event> decode(std::string_view line);

  /// As decode(), by the general parser alone: decode() reads plain operations without it. For
  /// tests, which hold one against the other.
  [[nodiscard]] base::Result<Event> parse(std::string_view line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace eris::model
