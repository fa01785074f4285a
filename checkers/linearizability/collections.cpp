#include "checkers/linearizability/collections.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "checkers/linearizability/era.hpp"
#include "checkers/linearizability/words.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::linearizability {

using model::History;
using model::Operation;
using model::Value;
namespace function = model::function;

namespace {

/// Append of anything, or increment by a positive amount.
bool grows(const Call& call) {
  if (call.function == function::append) return true;
  return call.function == function::increment && call.argument.is_integer() &&
         call.argument.integer() > 0;
}

}  // namespace

std::optional<Era> era_of(const History& history, const Problem& problem) {
  Era era{.history = &history, .problem = &problem};
  for (std::uint32_t i = 0; i < problem.entries.size(); ++i) {
    const Entry& entry = problem.entries[i];
    if (entry.kind == ShapeKind::read) era.reads.push_back(i);
    if (entry.pure()) continue;
    const Call* call = entry.kind == ShapeKind::effect ? &problem.calls[entry.call()] : nullptr;
    const bool fits =
        call != nullptr && grows(*call) && (era.changes.empty() || call->function == era.change);
    if (!fits) {
      era.end = entry.invoked;
      break;
    }
    era.change = call->function;
    era.changes.push_back(i);
  }
  if (era.changes.empty()) return std::nullopt;
  std::erase_if(era.reads,
                [&](std::uint32_t read) { return era.entry(read).completed >= era.end; });
  std::ranges::sort(era.reads, {}, [&](std::uint32_t read) { return era.entry(read).completed; });
  return era;
}

void set_parts(Contradiction& contradiction, const Era& era, std::vector<Part> parts) {
  std::ranges::sort(parts, {}, &Part::entry);
  for (Part& part : parts) {
    contradiction.witness.picks.push_back({part.entry, era.entry(part.entry).optional()});
    contradiction.remarks.push_back(std::move(part.remark));
  }
}

std::string process_of(const Era& era, std::uint32_t entry) {
  return fmt::format("process {}", era.operation(entry).process.value);
}

std::string deed_of(const Era& era, std::uint32_t entry) {
  const Operation& operation = era.operation(entry);
  const std::string at = base::to_rounded_text(operation.completed_at);
  if (operation.function == function::increment)
    return fmt::format("{} did increment {}, giving {} at {}", process_of(era, entry),
                       to_text(operation.argument), to_text(operation.result), at);
  const bool read = operation.function == function::read;
  return fmt::format("{} {} {} at {}", process_of(era, entry),
                     read ? "read" : fmt::format("saw, by {},", operation.function.view()),
                     brief(era.seen(entry)), at);
}

std::string gap_between(const Era& era, std::uint32_t earlier, std::uint32_t later) {
  const Operation& then = era.operation(later);
  return fmt::format("{} before that {} began",
                     base::to_rounded_text(then.invoked_at - era.operation(earlier).completed_at),
                     then.function.view());
}

std::optional<Contradiction> find_contradiction(const History& history, const Problem& problem) {
  // Another object may mean something else by "append".
  if (problem.object != find_object("key-value")) return std::nullopt;
  const std::optional<Era> era = era_of(history, problem);
  if (!era) return std::nullopt;
  return era->change == function::append ? list_contradiction(*era) : counter_contradiction(*era);
}

}  // namespace eris::checkers::linearizability
