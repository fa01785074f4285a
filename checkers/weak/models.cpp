#include "checkers/weak/models.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "checkers/weak/causal.hpp"
#include "checkers/weak/sequential.hpp"
#include "checkers/weak/session_guarantees.hpp"
#include "checkers/weak/views.hpp"
#include "harness/base/assert.hpp"

namespace eris::checkers::weak {

namespace {

using enum Model;

constexpr std::array in_linearizable{sequential};
constexpr std::array in_sequential{causal_memory, causal_convergent};
constexpr std::array in_causal_memory{pram, causal, writes_follow_reads};
constexpr std::array in_causal_convergent{causal, writes_follow_reads, monotonic_writes};
constexpr std::array in_pram{monotonic_writes, read_your_writes};
constexpr std::array in_causal{read_your_writes};
constexpr std::array in_writes_follow_reads{monotonic_reads};
constexpr std::array in_monotonic_writes{monotonic_reads};

constexpr std::array<ModelType, model_count> all{{
    {linearizable, "linearizable",
     "every operation takes effect at one moment between its request and its answer",
     in_linearizable},
    {sequential, "sequential",
     "one order of all operations that keeps each process's order explains every read",
     in_sequential},
    {causal_memory, "causal-memory",
     "each process sees all writes in one order of its own, causes before effects",
     in_causal_memory},
    {causal_convergent, "causal-convergent",
     "reads see causes before effects, and one order of the writes fits them all",
     in_causal_convergent},
    {pram, "pram",
     "each process sees all writes in one order of its own, those of each writer as it made them",
     in_pram},
    {causal, "causal", "no read misses a write that comes before what it depends on", in_causal},
    {writes_follow_reads, "writes-follow-reads",
     "who sees a write sees what its writer had read before, and goes on seeing it",
     in_writes_follow_reads},
    {monotonic_writes, "monotonic-writes",
     "who sees a write sees what the same process wrote before, and goes on seeing it",
     in_monotonic_writes},
    {monotonic_reads,
     "monotonic-reads",
     "what a process has seen, its later reads do not miss",
     {}},
    {read_your_writes,
     "read-your-writes",
     "what a process has written, its later reads do not miss",
     {}},
}};

bool violates(Model model, const Sessions& part, const CheckContext& context) {
  return decide_part(model, part, context).answer == ModelAnswer::violated;
}

/// The events without those from `begin` to `end` of the list, nor reads whose source goes.
std::vector<EventId> without(const Sessions& whole, const std::vector<EventId>& kept,
                             std::size_t begin, std::size_t end) {
  std::vector<EventId> rest;
  std::vector<EventId> gone(kept.begin() + static_cast<std::ptrdiff_t>(begin),
                            kept.begin() + static_cast<std::ptrdiff_t>(end));
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (i >= begin && i < end) continue;
    const Event& event = whole.events[kept[i]];
    const bool orphan = !event.is_write() && event.source != from_start &&
                        std::binary_search(gone.begin(), gone.end(), event.source);
    if (!orphan) rest.push_back(kept[i]);
  }
  return rest;
}

/// True when a refused cas that does not tell what it saw has lost a write that it may have seen.
bool robs_a_comparison(const Sessions& whole, const std::vector<EventId>& kept,
                       const std::vector<EventId>& rest) {
  return std::ranges::any_of(rest, [&](EventId comparison) {
    if (whole.events[comparison].kind != EventKind::differs) return false;
    const std::uint32_t key = whole.events[comparison].key;
    return std::ranges::any_of(kept, [&](EventId write) {
      return whole.events[write].is_write() && whole.events[write].key == key &&
             !std::ranges::binary_search(rest, write);
    });
  });
}

}  // namespace

std::span<const ModelType> models() {
  return all;
}

const ModelType& type_of(Model model) {
  return all[static_cast<std::size_t>(model)];
}

std::optional<Model> find_model(std::string_view name) {
  const auto found = std::ranges::find(all, name, &ModelType::name);
  if (found == all.end()) return std::nullopt;
  return found->model;
}

bool implies(Model stronger, Model weaker) {
  if (stronger == weaker) return true;
  return std::ranges::any_of(type_of(stronger).contains,
                             [&](Model next) { return implies(next, weaker); });
}

Decision decide(Model model, const Sessions& sessions, const CheckContext& context) {
  switch (model) {
    case linearizable:
      break;
    case sequential:
      return decide_sequential(sessions, context);
    case causal_memory:
      return decide_causal_memory(sessions, context);
    case causal_convergent:
      return decide_causal_convergent(sessions, context);
    case pram:
      return decide_pram(sessions, context);
    case causal:
      return decide_causal(sessions, context);
    case writes_follow_reads:
      return decide_guarantee(sessions, Guarantee::writes_follow_reads, context);
    case monotonic_writes:
      return decide_guarantee(sessions, Guarantee::monotonic_writes, context);
    case monotonic_reads:
      return decide_guarantee(sessions, Guarantee::monotonic_reads, context);
    case read_your_writes:
      return decide_guarantee(sessions, Guarantee::read_your_writes, context);
  }
  ERIS_ASSERT(false, "linearizability is decided by its own checker");
  return {};
}

Decision decide_part(Model model, const Sessions& part, const CheckContext& context) {
  if (model == sequential) return decide_sequential(part, context, {.steps_max = 20'000});
  return decide(model, part, context);
}

Sessions shrink(Model model, const Sessions& sessions, const Violation& violation,
                const CheckContext& context) {
  std::vector<EventId> kept = violation.core;
  if (!violates(model, part_of(sessions, kept), context)) {
    // Only a search through a large part can be too long to be repeated here.
    ERIS_ASSERT(violation.kind == Violation::Kind::no_order || context.out_of_time(),
                "the core of a violation is one by itself");
    return part_of(sessions, kept);
  }
  // Ever smaller pieces are left out as long as the rest is a violation and it does not take too
  // long.
  std::size_t effort = 20'000'000;
  for (std::size_t size = std::max<std::size_t>(kept.size() / 2, 1);;) {
    bool smaller = false;
    for (std::size_t begin = 0; begin < kept.size();) {
      if (context.out_of_time() || effort < kept.size()) return part_of(sessions, kept);
      effort -= kept.size();
      const std::size_t end = std::min(begin + size, kept.size());
      std::vector<EventId> rest = without(sessions, kept, begin, end);
      if (!robs_a_comparison(sessions, kept, rest) &&
          violates(model, part_of(sessions, rest), context)) {
        kept = std::move(rest);
        smaller = true;
      } else {
        begin = end;
      }
    }
    if (size == 1 && !smaller) return part_of(sessions, kept);
    if (size > 1) size /= 2;
  }
}

}  // namespace eris::checkers::weak
