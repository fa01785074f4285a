#include "harness/run/orchestrator.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/run/run_loop.hpp"
#include "harness/run/stages.hpp"

namespace eris::run {

namespace {

/// Takes what is there already, without waiting.
void drain(RunLoop& loop) {
  while (loop.pump.take(loop.cluster.now())) {
  }
}

base::Result<void> set_up(RunLoop& loop) {
  loop.enter("setup");
  auto started = loop.cluster.start();
  drain(loop);
  if (!started) loop.remark("setup failed: " + base::to_text(started.error()));
  return started;
}

void heal(RunLoop& loop) {
  loop.enter("heal");
  loop.faults.heal();
  for (const ActiveFault& stuck : loop.faults.in_force())
    loop.remark(fmt::format("{} ({}) could not be undone", stuck.name, stuck.description));
}

/// Stops the cluster and takes the outcomes of what was still open.
base::Result<void> stop(RunLoop& loop) {
  loop.pump.nodes_will_exit();
  auto stopped = loop.cluster.stop();
  drain(loop);
  if (!stopped) loop.remark("the cluster was not stopped: " + base::to_text(stopped.error()));
  if (const std::size_t lost = loop.processes.busy(); lost > 0)
    loop.remark(base::count_of(lost, "operation") + " never got an outcome");
  return stopped;
}

RunSummary summary_of(const RunLoop& loop, std::optional<base::Duration> recovery) {
  RunSummary summary{.operations = loop.pump.counts(),
                     .faults = loop.faults.counts(),
                     .unexpected_exits = loop.pump.unexpected_exits(),
                     .interrupted = loop.interrupted(),
                     .refuted = loop.refuted(),
                     .recovery = recovery,
                     .remarks = loop.remarks()};
  for (const UnexpectedExit& exit : summary.unexpected_exits)
    summary.remarks.push_back(fmt::format("{} exited at {} although no fault had killed it",
                                          base::to_text(exit.node),
                                          base::to_rounded_text(exit.time)));
  return summary;
}

/// Load, heal and what follows: how long the cluster took to serve again.
std::optional<base::Duration> put_to_the_test(RunLoop& loop) {
  load(loop);
  const base::Instant healing = loop.cluster.now();
  heal(loop);
  if (loop.should_leave()) return std::nullopt;
  const auto served = recover(loop);
  if (!served) return std::nullopt;
  final_reads(loop);
  return *served - healing;
}

}  // namespace

base::Result<RunSummary> run(const model::Plan& plan, Cluster& cluster,
                             workloads::Workload& workload, std::vector<ScheduledFault> faults,
                             journal::Sink& journal, RunHooks hooks) {
  RunLoop loop(plan, cluster, workload, std::move(faults), journal, std::move(hooks));
  const auto ready = set_up(loop);
  std::optional<base::Duration> recovery;
  if (ready) recovery = put_to_the_test(loop);
  const auto stopped = stop(loop);
  if (!ready) return std::unexpected(ready.error());
  loop.remark_at_closing();
  loop.enter("end");
  if (loop.recorder.error()) return std::unexpected(*loop.recorder.error());
  if (!stopped) return std::unexpected(stopped.error());
  return summary_of(loop, recovery);
}

}  // namespace eris::run
