#include "adapters/reference/testing/kv_requests.hpp"

#include <optional>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::reference::testing {
namespace {

using base::Result;

std::unexpected<base::Error> bad(const std::string& what) {
  return base::usage_error(what);
}

Result<kv::Value> value_in(const std::string& text) {
  if (text == "nil") return kv::Value();
  ERIS_TRY(const std::uint64_t number, number_in(text));
  return kv::Value(static_cast<std::int64_t>(number));
}

std::optional<kv::Function> function_named(const std::string& name) {
  if (name == "open") return kv::Function::open_session;
  for (int i = 1; i <= static_cast<int>(kv::Function::open_session); ++i)
    if (kv::to_text(static_cast<kv::Function>(i)) == name) return static_cast<kv::Function>(i);
  return std::nullopt;
}

}  // namespace

Result<kv::Command> parse_command(Words words) {
  kv::Command command;
  if (words.size() >= 2 && words[words.size() - 2] == "in") {
    const Words session = base::split(words.back(), '#');
    if (session.size() != 2) return bad("a session looks like 3#1");
    ERIS_TRY(const std::uint64_t id, number_in(session[0]));
    ERIS_TRY(command.sequence, number_in(session[1]));
    command.session = kv::SessionId(id);
    words.resize(words.size() - 2);
  }
  const auto function = words.empty() ? std::nullopt : function_named(words[0]);
  if (!function) return bad("a function such as write is missing");
  command.function = *function;
  if (words.size() >= 2) command.key = kv::Value(words[1]);
  if (words.size() >= 3) {
    ERIS_TRY(command.argument, value_in(words.back()));
  }
  if (words.size() == 4) {
    ERIS_TRY(command.expected, value_in(words[2]));
  }
  return command;
}

std::string random_command(base::Rng& rng) {
  const char key = static_cast<char>('x' + rng.below(2));
  const std::uint64_t value = rng.below(6);
  std::string command;
  switch (rng.below(8)) {
    case 0:
    case 1:
    case 2:
      command = fmt::format("read {}", key);
      break;
    case 3:
      command = fmt::format("cas {} {} {}", key, rng.below(6), value);
      break;
    case 4:
      command = fmt::format("append {} {}", key, value);
      break;
    case 5:
      command = fmt::format("increment {} {}", key, value);
      break;
    case 6:
      return "open";
    default:
      command = fmt::format("write {} {}", key, value);
  }
  if (!command.starts_with("read") && rng.chance(0.4))
    command += fmt::format(" in {}#{}", 1 + rng.below(6), 1 + rng.below(6));
  return command;
}

std::string to_line(core::RequestId id, const kv::ClientReply& reply) {
  std::string line = fmt::format("request {}: {}", id.value, kv::to_text(reply.kind));
  if (!reply.value.is_nil() || reply.kind == kv::ReplyKind::cas_mismatch)
    line += " " + kv::to_text(reply.value);
  if (reply.leader != base::NodeId()) line += ", leader " + base::to_text(reply.leader);
  if (reply.index != base::LogIndex()) line += fmt::format(", index {}", reply.index.value);
  if (!reply.detail.empty()) line += " (" + reply.detail + ")";
  return line;
}

}  // namespace eris::reference::testing
