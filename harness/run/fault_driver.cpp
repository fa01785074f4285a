#include "harness/run/fault_driver.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "harness/base/assert.hpp"

namespace eris::run {

namespace {

using model::FaultPhase;

model::Evidence reason(std::string_view name, std::string_view text) {
  return {.took_effect = false, .facts = {{std::string(name), model::Value(text)}}};
}

}  // namespace

FaultDriver::FaultDriver(std::vector<ScheduledFault> faults, std::uint64_t seed, Cluster& cluster,
                         Recorder& recorder)
    : cluster_(cluster), recorder_(recorder) {
  // Streams are named by fault and its count, so that adding a fault leaves the others alone.
  std::map<std::string, int> seen;
  for (ScheduledFault& scheduled : faults) {
    const std::string& name = scheduled.plan.fault.name;
    const std::string stream = fmt::format("fault/{}/{}", name, seen[name]++);
    const base::Rng root(seed);
    faults::Schedule schedule(scheduled.plan, root.stream(stream + "/times"));
    const faults::Window first = schedule.next();
    tracks_.push_back({std::move(scheduled), schedule, root.stream(stream + "/targets"), first});
  }
}

void FaultDriver::start(base::Instant now) {
  started_ = now;
}

const FaultDriver::Track* FaultDriver::earliest() const {
  const auto found = std::ranges::min_element(tracks_, {}, &Track::due);
  return found == tracks_.end() ? nullptr : &*found;
}

std::optional<base::Instant> FaultDriver::due() const {
  const Track* next = earliest();
  if (next == nullptr) return std::nullopt;
  return started_ + next->due();
}

bool FaultDriver::step() {
  const Track* next = earliest();
  if (next == nullptr || started_ + next->due() > cluster_.now()) return false;
  Track& track = tracks_[static_cast<std::size_t>(next - tracks_.data())];
  if (track.active)
    end(track);
  else
    begin(track);
  return true;
}

void FaultDriver::begin(Track& track) {
  ActiveFault active{.fault = ++injections_, .name = track.scheduled.plan.fault.name};
  const auto skip = [&](std::string_view why) {
    ++counts_.skipped;
    note(active, FaultPhase::skipped, reason("reason", why));
    track.window = track.schedule.next();
  };
  auto chosen = track.scheduled.fault->choose(cluster_.view(), track.rng);
  if (!chosen) return skip(chosen.error());
  active.description = std::move(chosen->description);
  active.action = std::move(chosen->action);
  if (const auto conflict = ledger_.conflict(active.action)) return skip(*conflict);
  track.active = active.fault;
  apply(std::move(active));
}

void FaultDriver::apply(ActiveFault active) {
  note(active, FaultPhase::decided, {});
  // Nothing is done to the cluster whose undoing is not on record.
  if (recorder_.error()) return;
  const auto ended = model::nodes_ended_by(active.action);
  killed_.insert(ended.begin(), ended.end());
  auto evidence = cluster_.apply(active.action);
  if (evidence) {
    ++counts_.applied;
    active.took_effect = evidence->took_effect;
    counts_.effective += evidence->took_effect ? 1 : 0;
    note(active, FaultPhase::applied, *std::move(evidence));
    ledger_.add(std::move(active));
    return;
  }
  ++counts_.failed;
  note(active, FaultPhase::failed, reason("error", base::to_text(evidence.error())));
  // It may be in force on some of its targets, so it is undone all the same.
  ledger_.add(active);
  if (revert(active)) ledger_.remove(active.fault);
}

void FaultDriver::end(Track& track) {
  const auto& active = ledger_.in_force();
  const auto found = std::ranges::find(active, *track.active, &ActiveFault::fault);
  if (found != active.end() && revert(*found)) ledger_.remove(*track.active);
  track.active.reset();
  track.window = track.schedule.next();
}

bool FaultDriver::revert(const ActiveFault& active) {
  note(active, FaultPhase::reverting, {});
  auto evidence = cluster_.apply(model::inverse(active.action));
  if (!evidence) {
    ++counts_.failed;
    note(active, FaultPhase::failed, reason("error", base::to_text(evidence.error())));
    return false;
  }
  // What only showed while it lasted (packets dropped) is told by the inverse.
  if (evidence->took_effect && !active.took_effect) ++counts_.effective;
  note(active, FaultPhase::reverted, *std::move(evidence));
  return true;
}

void FaultDriver::heal() {
  std::vector<ActiveFault> newest_first(ledger_.in_force().rbegin(), ledger_.in_force().rend());
  for (const ActiveFault& active : newest_first)
    if (revert(active)) ledger_.remove(active.fault);
}

void FaultDriver::note(const ActiveFault& active, FaultPhase phase, model::Evidence evidence) {
  recorder_.record(model::FaultEvent{.fault = active.fault,
                                     .name = active.name,
                                     .description = active.description,
                                     .phase = phase,
                                     .action = active.action,
                                     .evidence = std::move(evidence)});
}

}  // namespace eris::run
