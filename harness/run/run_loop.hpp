// RunLoop: what all stages of a run share: the parts, waiting without missing anything, and
// telling how it goes.
// Thread rule: one owner.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/model/plan.hpp"
#include "harness/run/orchestrator.hpp"
#include "harness/run/process_table.hpp"
#include "harness/run/recorder.hpp"

namespace eris::run {

class RunLoop {
 public:
  RunLoop(const model::Plan& plan_, Cluster& cluster_, workloads::Workload& workload_,
          std::vector<ScheduledFault> faults_, journal::Sink& journal, RunHooks hooks);
  RunLoop(const RunLoop&) = delete;
  RunLoop& operator=(const RunLoop&) = delete;

  const model::Plan& plan;
  Cluster& cluster;
  workloads::Workload& workload;
  Recorder recorder;
  ProcessTable processes;
  FaultDriver faults;
  OperationPump pump;

  /// Notes the stage in the journal and shows it.
  void enter(std::string_view stage);
  /// A remark, in the journal and for the summary.
  void remark(std::string text);
  /// What the hooks have left to say.
  void remark_at_closing();

  /// True when the stage should be left early: interrupted, refuted by what was recorded, or
  /// nothing can be recorded any more.
  [[nodiscard]] bool should_leave();
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  [[nodiscard]] const std::optional<std::string>& refuted() const { return refuted_; }

  /// Takes one event, waiting until `deadline` at most, but never so long that progress or an
  /// interruption would be late.
  void wait(base::Instant deadline);
  /// Takes events until `deadline`, or until the stage should be left.
  void wait_until(base::Instant deadline);

  [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }

 private:
  void show(base::Instant now);

  RunHooks hooks_;
  ProgressMeter meter_;
  std::string stage_;
  std::optional<base::Instant> load_began_;
  bool interrupted_ = false;
  std::optional<std::string> refuted_;
  std::vector<std::string> remarks_;
};

}  // namespace eris::run
