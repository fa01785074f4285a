#include "harness/run/run_loop.hpp"

#include <algorithm>
#include <utility>

namespace eris::run {

namespace {

/// How long an interruption may go unnoticed.
constexpr base::Duration attention = std::chrono::milliseconds(50);

}  // namespace

RunLoop::RunLoop(const model::Plan& plan_, Cluster& cluster_, workloads::Workload& workload_,
                 std::vector<ScheduledFault> faults_, journal::Sink& journal, RunHooks hooks)
    : plan(plan_),
      cluster(cluster_),
      workload(workload_),
      recorder(journal, cluster_),
      processes(plan_.concurrency),
      faults(std::move(faults_), plan_.seed, cluster_, recorder),
      pump(cluster_, workload_, recorder, processes, faults),
      hooks_(std::move(hooks)) {
  if (hooks_.recorded) recorder.on_record(hooks_.recorded);
}

void RunLoop::enter(std::string_view stage) {
  stage_ = stage;
  recorder.record(model::Note{stage_});
  const base::Instant now = cluster.now();
  if (stage == "load") load_began_ = now;
  show(now);
}

void RunLoop::remark(std::string text) {
  recorder.record(model::Note{text});
  remarks_.push_back(std::move(text));
}

void RunLoop::remark_at_closing() {
  if (!hooks_.closing_remarks) return;
  for (std::string& text : hooks_.closing_remarks()) remark(std::move(text));
}

bool RunLoop::should_leave() {
  if (recorder.error()) return true;
  if (!interrupted_ && hooks_.interrupted && hooks_.interrupted()) {
    interrupted_ = true;
    recorder.record(model::Note{"interrupted"});
  }
  if (!refuted_ && hooks_.refuted) {
    refuted_ = hooks_.refuted(cluster.now());
    if (refuted_) remark(std::string(model::note::fail_fast) + *refuted_);
  }
  return interrupted_ || refuted_.has_value();
}

void RunLoop::wait(base::Instant deadline) {
  const base::Instant now = cluster.now();
  if (meter_.is_due(now)) show(now);
  pump.take(std::min({deadline, now + attention, meter_.due()}));
}

void RunLoop::wait_until(base::Instant deadline) {
  while (!should_leave() && cluster.now() < deadline) wait(deadline);
}

void RunLoop::show(base::Instant now) {
  const double rate = meter_.sample(now, pump.counts().total());
  if (!hooks_.progress) return;
  const model::ClusterView view = cluster.view();
  Progress progress{.stage = stage_,
                    .time = load_began_ ? now - *load_began_ : base::Duration{},
                    .time_limit = plan.time_limit,
                    .operations_per_second = rate,
                    .operations = pump.counts(),
                    .faults = {},
                    .leader = view.leader,
                    .term = view.leader_term};
  for (const ActiveFault& active : faults.in_force())
    progress.faults.push_back(active.name + ": " + active.description);
  hooks_.progress(progress);
}

}  // namespace eris::run
