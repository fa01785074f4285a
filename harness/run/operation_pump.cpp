#include "harness/run/operation_pump.hpp"

#include <utility>
#include <variant>

namespace eris::run {

OperationPump::OperationPump(Cluster& cluster, workloads::Workload& workload, Recorder& recorder,
                             ProcessTable& processes, FaultDriver& faults)
    : cluster_(cluster),
      workload_(workload),
      recorder_(recorder),
      processes_(processes),
      faults_(faults) {}

bool OperationPump::send(const model::Op& op) {
  if (!recorder_.record(model::Invoked{op})) return false;
  cluster_.invoke(op);
  return true;
}

bool OperationPump::take(base::Instant deadline) {
  std::optional<ClusterEvent> event = cluster_.next(deadline);
  if (!event) return false;
  std::visit([this](auto& what) { handle(std::move(what)); }, *event);
  return true;
}

void OperationPump::on_completion(std::function<void(const Completion&)> listener) {
  listener_ = std::move(listener);
}

void OperationPump::handle(Completion completion) {
  recorder_.record(model::Completed{completion.op, completion.outcome});
  const model::Status status = completion.outcome.status;
  ++(status == model::Status::ok     ? counts_.ok
     : status == model::Status::fail ? counts_.fail
                                     : counts_.info);
  processes_.completed(completion.op.process, status);
  workload_.completed(completion.op, completion.outcome);
  if (listener_) listener_(completion);
}

void OperationPump::handle(model::NodeEvent event) {
  if (event.what == "started") faults_.node_started(event.node);
  if (event.what == "exited" && !stopping_ && !faults_.has_killed(event.node)) {
    exits_.push_back({event.node, cluster_.now(), event.fields});
    event.fields.emplace_back("unexpected", model::Value(true));
  }
  recorder_.record(std::move(event));
}

}  // namespace eris::run
