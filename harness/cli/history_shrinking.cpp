#include "harness/cli/history_shrinking.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/interruption.hpp"
#include "harness/cli/judging.hpp"
#include "harness/journal/journal.hpp"
#include "harness/shrink/history_relaxations.hpp"
#include "workloads/workload.hpp"

namespace eris::cli {

namespace {

/// Which steps keep a history a proof.
struct Steps {
  bool operations = false;  ///< shrink::relax()
  bool elements = false;    ///< shrink::without_elements()
};

Steps steps_for(const std::string& object, const std::string& checker) {
  constexpr std::string_view registers[] = {"register", "cas-register", "key-value"};
  constexpr std::string_view containers[] = {"set", "queue", "stack", "priority-queue"};
  const bool linearizable = checker == "linearizability";
  const bool holds_elements = std::ranges::find(containers, object) != std::end(containers);
  return {.operations = linearizable && (holds_elements || std::ranges::find(registers, object) !=
                                                               std::end(registers)),
          .elements = holds_elements && (linearizable || checker == "lossless")};
}

/// Errors: usage, where no step is known to be sound.
base::Result<Steps> known_steps(const model::Plan& plan, const FindingKind& kind) {
  const workloads::WorkloadType* workload = workloads::find_workload(plan.workload.name);
  const std::string object = workload == nullptr ? "unknown" : workload->object;
  const Steps steps = steps_for(object, kind.checker);
  if (steps.operations || steps.elements) return steps;
  return base::usage_error(
      fmt::format("the recorded history of a live run cannot be cut down without losing the proof "
                  "of \"{}\" on the object '{}'",
                  to_text(kind), object),
      {}, "its report shows the smallest witness that was found");
}

/// The key of the first finding of this kind.
base::Result<std::uint32_t> key_of(const model::History& history, const FindingKind& kind) {
  ERIS_TRY(const model::Judgement judgement, judge_quietly(history, history.header.plan.check));
  for (const model::CheckResult& result : judgement.results)
    for (const model::Finding& finding : result.findings) {
      if (result.checker != kind.checker || finding.anomaly != kind.anomaly) continue;
      const auto found = std::ranges::find(history.keys, finding.key);
      if (found != history.keys.end())
        return static_cast<std::uint32_t>(found - history.keys.begin());
    }
  return base::internal_error("the finding names a key that the history does not have");
}

class Shrinking {
 public:
  Shrinking(model::History history, const FindingKind& kind, const Steps& steps,
            const std::function<void(std::size_t, std::size_t)>& progress)
      : kind_(kind), steps_(steps), progress_(progress) {
    shrunk_.history = std::move(history);
  }

  ShrunkHistory run() {
    if (steps_.elements) leave_out_elements();
    // Again from the largest piece on, since a write whose answer was forgotten may go next.
    while (steps_.operations && !Interruption::asked() && pass()) {
    }
    return std::move(shrunk_);
  }

 private:
  /// Halves, quarters, down to single elements.
  void leave_out_elements() {
    std::vector<model::Value> left = shrink::elements_of(shrunk_.history);
    for (std::size_t size = left.size(); size > 0; size = std::min(size / 2, left.size()))
      for (std::size_t begin = 0; begin < left.size() && !Interruption::asked();) {
        const auto first = left.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto last =
            left.begin() + static_cast<std::ptrdiff_t>(std::min(begin + size, left.size()));
        if (try_to_take(shrink::without_elements(shrunk_.history, {first, last})))
          left.erase(first, last);
        else
          begin += size;
      }
  }

  /// Halves, quarters, down to single operations. True where anything was relaxed.
  bool pass() {
    bool any = false;
    for (std::size_t size = shrunk_.history.operations.size(); size > 0; size /= 2)
      for (std::size_t begin = 0; begin < shrunk_.history.operations.size();) {
        if (Interruption::asked()) return any;
        const std::size_t before = shrunk_.history.operations.size();
        const bool taken = try_to_relax(begin, begin + size);
        any |= taken;
        // What was left out makes room for those behind it.
        begin += size - (taken ? std::min(size, before - shrunk_.history.operations.size()) : 0);
      }
    return any;
  }

  bool try_to_relax(std::size_t begin, std::size_t end) {
    shrink::Relaxed candidate = shrink::relax(shrunk_.history, begin, end);
    return candidate.relaxed > 0 && try_to_take(std::move(candidate.history));
  }

  bool try_to_take(model::History candidate) {
    ++shrunk_.checks;
    progress_(shrunk_.history.operations.size(), shrunk_.checks);
    const auto judgement = judge_quietly(candidate, candidate.header.plan.check);
    if (!judgement || !std::ranges::binary_search(kinds_of(*judgement), kind_)) return false;
    shrunk_.history = std::move(candidate);
    return true;
  }

  const FindingKind& kind_;
  const Steps steps_;
  const std::function<void(std::size_t, std::size_t)>& progress_;
  ShrunkHistory shrunk_;
};

/// Where an event belongs in the journal: by time, then answers that never came (they free their
/// process for the next request), then as they stood.
struct Placed {
  base::Instant time{};
  bool stood = true;
  model::EventIndex index = 0;
  model::Event event;
};

/// A process that does not know what came of its request never acts again: what it did afterwards
/// is done by another, as in every journal.
class Successors {
 public:
  explicit Successors(const model::History& history) {
    for (const model::Operation& operation : history.operations)
      next_ = std::max(next_, operation.process.value + 1);
  }
  base::ProcessId of(const model::Operation& operation) {
    base::ProcessId& now = current_.try_emplace(operation.process, operation.process).first->second;
    const base::ProcessId acting = now;
    if (operation.status == model::Status::info) now = base::ProcessId(next_++);
    return acting;
  }

 private:
  std::map<base::ProcessId, base::ProcessId> current_;
  std::uint64_t next_ = 0;
};

std::vector<Placed> events_of(const model::History& history) {
  std::vector<Placed> events;
  Successors successors(history);
  for (const model::Operation& operation : history.operations) {
    const model::Op op{.process = successors.of(operation),
                       .function = operation.function,
                       .key = history.key_of(operation),
                       .argument = operation.argument};
    events.push_back({operation.invoked_at, true, operation.invoked, {.what = model::Invoked{op}}});
    const bool answered = operation.status != model::Status::info;
    const base::Instant ended =
        answered ? operation.completed_at
                 : std::max(operation.completed_at, operation.invoked_at + base::Duration(1));
    events.push_back(
        {ended,
         answered,
         answered ? operation.completed : operation.invoked,
         {.what = model::Completed{
              op, {operation.status, operation.result, history.error_of(operation)}}}});
  }
  const auto add = [&](const auto& timed) {
    for (const auto& [index, time, event] : timed)
      events.push_back({time, true, index, {.what = event}});
  };
  add(history.faults);
  add(history.nodes);
  add(history.notes);
  std::ranges::sort(events, {}, [](const Placed& placed) {
    return std::tuple(placed.time, placed.stood, placed.index);
  });
  return events;
}

}  // namespace

base::Result<ShrunkHistory> shrink_history(
    const model::History& history, const FindingKind& kind,
    const std::function<void(std::size_t operations, std::size_t checks)>& progress) {
  ERIS_TRY(const Steps steps, known_steps(history.header.plan, kind));
  ERIS_TRY(const std::uint32_t key, key_of(history, kind));
  const Interruption interruption;
  return Shrinking(shrink::only_key(history, key), kind, steps, progress).run();
}

base::Result<void> write_shrunk_journal(const std::filesystem::path& path,
                                        const model::History& history) {
  ERIS_TRY(auto writer, journal::Writer::create(path, history.header));
  for (const Placed& placed : events_of(history))
    ERIS_CHECK_OK(writer.append(placed.time, placed.event));
  return writer.close();
}

}  // namespace eris::cli
