#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "checkers/lossless/lossless.hpp"
#include "checkers/lossless/report.hpp"

namespace eris::checkers::lossless {

using model::CheckResult;
using model::History;
using model::Operation;
using model::Status;
using model::Value;

namespace {

constexpr std::size_t none = ~std::size_t{0};

/// A message as somebody was told of it.
struct Message {
  std::int64_t offset = 0;
  const Value* value = nullptr;
  std::size_t operation = 0;
};

struct Sent {
  std::size_t operation = none;
  Status status = Status::fail;
};

/// One log.
struct Log {
  std::map<std::int64_t, Message> at;              ///< by offset: who told of it first
  std::map<Value, Message> place;                  ///< by value, likewise
  std::map<Value, Sent> sent;                      ///< by value
  std::map<Value, std::size_t> polled;             ///< by value: who polled it first
  std::map<std::uint64_t, std::int64_t> position;  ///< by process: the last offset polled
  std::map<std::int64_t, std::pair<std::int64_t, std::size_t>> jumps;  ///< from → to, by whom
};

bool is_message(const Value& value) {
  return value.is_list() && value.list().size() == 2 && value.list()[0].is_integer();
}

class LogCheck {
 public:
  LogCheck(const History& history, Report& report, Allowance& allowance)
      : history_(history), report_(report), allowance_(allowance) {}

  /// Nothing, or why the operation is none of a log.
  std::optional<std::string> add(std::size_t i) {
    const Operation& operation = history_.operations[i];
    if (operation.function != model::function::transaction)
      return fmt::format("a log does not know {}", operation.function.view());
    const bool answered = operation.status == Status::ok && !operation.result.is_nil();
    const Value& steps = answered ? operation.result : operation.argument;
    if (!steps.is_list()) return "expected a list of micro-operations";
    for (const Value& step : steps.list()) {
      allowance_.step();
      if (!step.is_list() || step.list().size() != 3 || !step.list()[0].is_text())
        return fmt::format("{} is no micro-operation", to_text(step));
      const std::string_view name = step.list()[0].text();
      if (name == "send") {
        send(i, step.list()[1], step.list()[2], answered);
      } else if (name != "poll") {
        return fmt::format("it has '{}' where 'send' or 'poll' belongs", name);
      } else if (answered && !poll(i, step.list()[2])) {
        return "a poll lists [key [[offset value] …]]";
      }
    }
    return std::nullopt;
  }

  void judge() {
    for (auto& [key, log] : logs_)
      for (const auto& [value, message] : log.place) {
        allowance_.step();
        judge(key, log, value, message);
      }
  }

  std::size_t sends = 0, polls = 0, backwards = 0;

 private:
  void send(std::size_t i, const Value& key, const Value& what, bool answered) {
    Log& log = logs_[key];
    const Status status = history_.operations[i].status;
    const bool placed = answered && is_message(what);
    const Value& value = placed ? what.list()[1] : what;
    Sent& sent = log.sent[value];
    if (sent.operation == none || sent.status == Status::fail) sent = {i, status};
    if (status == Status::ok) ++sends;
    if (placed) told(key, log, {what.list()[0].integer(), &value, i});
  }

  bool poll(std::size_t i, const Value& result) {
    if (result.is_nil()) return true;
    if (!result.is_list()) return false;
    for (const Value& entry : result.list()) {
      if (!entry.is_list() || entry.list().size() != 2 || !entry.list()[1].is_list()) return false;
      if (!std::ranges::all_of(entry.list()[1].list(), is_message)) return false;
      for (const Value& message : entry.list()[1].list()) {
        allowance_.step();
        polled(i, entry.list()[0], message.list()[0].integer(), message.list()[1]);
      }
    }
    return true;
  }

  void polled(std::size_t i, const Value& key, std::int64_t offset, const Value& value) {
    Log& log = logs_[key];
    ++polls;
    log.polled.try_emplace(value, i);
    told(key, log, {offset, &value, i});
    const std::uint64_t process = history_.operations[i].process.value;
    const auto [position, first] = log.position.try_emplace(process, offset);
    if (first) return;
    if (offset <= position->second) ++backwards;
    if (offset > position->second + 1) {
      auto& [to, who] = log.jumps[position->second];
      if (to < offset) std::tie(to, who) = std::pair(offset, i);
    }
    position->second = offset;
  }

  /// An offset holds one message, and a message stands at one offset.
  void told(const Value& key, Log& log, const Message& message) {
    const auto [at, new_offset] = log.at.try_emplace(message.offset, message);
    if (!new_offset && *at->second.value != *message.value)
      report_.violation(
          "inconsistent offset", key,
          fmt::format("log {}: offset {} holds {} for {} and {} for {}", to_text(key),
                      message.offset, to_text(*at->second.value), report_.who(at->second.operation),
                      to_text(*message.value), report_.who(message.operation)),
          {step(at->second), step(message)});
    const auto [place, new_value] = log.place.try_emplace(*message.value, message);
    if (!new_value && place->second.offset != message.offset)
      report_.violation("duplicate elements", key,
                        fmt::format("log {}: {} stands at offset {} for {} and at {} for {}",
                                    to_text(key), to_text(*message.value), place->second.offset,
                                    report_.who(place->second.operation), message.offset,
                                    report_.who(message.operation)),
                        {step(place->second), step(message)});
  }

  [[nodiscard]] static model::WitnessStep step(const Message& message) {
    return {message.operation,
            fmt::format("was told of {} at offset {}", to_text(*message.value), message.offset)};
  }

  void judge(const Value& key, const Log& log, const Value& value, const Message& message) {
    const auto sent = log.sent.find(value);
    const auto polled = log.polled.find(value);
    if (polled != log.polled.end()) {
      if (sent == log.sent.end()) return unexpected(key, value, polled->second, none);
      if (sent->second.status == Status::fail)
        return unexpected(key, value, polled->second, sent->second.operation);
      return;
    }
    // Acknowledged, and polled by nobody, although somebody polled across it.
    auto jump = log.jumps.lower_bound(message.offset);
    while (jump != log.jumps.begin()) {
      --jump;
      if (jump->second.first <= message.offset) continue;
      return lost(key, message, jump->second.second);
    }
  }

  void unexpected(const Value& key, const Value& value, std::size_t poll, std::size_t failed) {
    const std::string text = to_text(value);
    std::vector<model::WitnessStep> witness{{poll, fmt::format("polled {}", text)}};
    if (failed != none)
      witness.push_back({failed, fmt::format("tried to send {}, and failed", text)});
    report_.violation(
        failed == none ? "read of a value never written" : "read of a failed write", key,
        fmt::format("log {}: {} polled {}, {}", to_text(key), report_.who(poll), text,
                    failed == none ? "which nobody ever sent" : "although sending it had failed"),
        std::move(witness));
  }

  void lost(const Value& key, const Message& message, std::size_t poll) {
    const std::string text = to_text(*message.value);
    report_.violation(
        "lost element", key,
        fmt::format("log {}: {} was acknowledged at offset {} when {} sent it, but nobody ever "
                    "polled it, and {} went on from before it to after it",
                    to_text(key), text, message.offset, report_.who(message.operation),
                    report_.who(poll)),
        {{message.operation, fmt::format("sent {}, which got offset {}", text, message.offset)},
         {poll, fmt::format("polled across offset {}", message.offset)}});
  }

  const History& history_;
  Report& report_;
  Allowance& allowance_;
  std::map<Value, Log> logs_;
};

}  // namespace

CheckResult check_log(const History& history, Allowance& allowance) {
  Report report(history);
  LogCheck check(history, report, allowance);
  for (std::size_t i = 0; i < history.operations.size(); ++i)
    if (const auto problem = check.add(i)) return report.unfit(i, *problem);
  check.judge();
  report.count("sends", check.sends);
  report.count("messages polled", check.polls);
  report.count("polls that went back", check.backwards);
  return report.finish(check.polls > 0);
}

}  // namespace eris::checkers::lossless
