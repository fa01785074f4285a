#include "reports/wording.hpp"

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::reports {

std::string key_text(const model::Value& key) {
  return key.is_text() ? std::string(key.text()) : model::to_text(key);
}

std::string operation_text(const model::History& history, const model::Operation& operation) {
  std::string text{operation.function.view()};
  if (const model::Value& key = history.key_of(operation); !key.is_nil())
    text += " " + key_text(key);
  if (!operation.argument.is_nil()) text += " " + model::to_text(operation.argument);
  const bool reads = operation.function == model::function::read;
  if (operation.status == model::Status::ok && (reads || !operation.result.is_nil()))
    text += " → " + model::to_text(operation.result);
  else if (operation.status == model::Status::info)
    text += " → ?";
  else if (operation.status == model::Status::fail)
    text += operation.result.is_nil() ? " → failed"
                                      : " → failed, saw " + model::to_text(operation.result);
  return text;
}

std::string moment_text(Instant instant) {
  return fmt::format("{:.3f} s", base::to_seconds(instant));
}

std::string fields_text(const model::Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, key_text(value));
  return text;
}

std::string leader_text(const LeaderSpan& leader) {
  return leader.term ? fmt::format("{} led term {}", base::to_text(leader.node), *leader.term)
                     : fmt::format("{} led", base::to_text(leader.node));
}

std::string fault_text(const FaultRecord& fault) {
  return fmt::format("fault #{}, {}", fault.number, fault.description);
}

std::string counts_text(const StatusCounts& counts) {
  return fmt::format("{} ok, {} failed, {} unknown", base::with_separators(counts.ok),
                     base::with_separators(counts.fail), base::with_separators(counts.info));
}

std::string as_sentence(std::string text) {
  if (text.empty()) return text;
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  // "n1" is a name, and names keep their letters.
  if (is_lower(text[0]) && text.size() > 1 && (is_lower(text[1]) || text[1] == ' '))
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  const char last = text.back();
  if (last != '.' && last != '!' && last != '?') text += '.';
  return text;
}

}  // namespace eris::reports
