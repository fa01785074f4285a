// Measures what the run loop costs per operation: workload, journal, bookkeeping, with a cluster
// that answers at once. Prints nanoseconds an operation; the budget is 2 µs.
#include <chrono>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/run/orchestrator.hpp"
#include "workloads/workload.hpp"

namespace eris::run {
namespace {

/// Answers every operation as soon as it is asked; reads real time.
class InstantCluster final : public Cluster {
 public:
  base::Result<void> start() override { return {}; }
  [[nodiscard]] base::Instant now() const override {
    return std::chrono::steady_clock::now() - began_;
  }
  [[nodiscard]] model::ClusterView view() const override { return {}; }
  void invoke(const model::Op& op) override {
    const bool is_read = op.function == model::function::read;
    answers_.push_back({op, {model::Status::ok, is_read ? model::Value(7) : model::Value(), {}}});
  }
  base::Result<model::Evidence> apply(const model::FaultAction&) override { return {}; }
  std::optional<ClusterEvent> next(base::Instant) override {
    if (answers_.empty()) return std::nullopt;
    ClusterEvent event = std::move(answers_.front());
    answers_.pop_front();
    return event;
  }
  [[nodiscard]] model::Fields versions() const override { return {}; }
  [[nodiscard]] model::Fields environment() const override { return {}; }
  base::Result<void> stop() override { return {}; }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::deque<Completion> answers_;
};

base::Result<void> measure(const std::filesystem::path& path) {
  const workloads::WorkloadType* type = workloads::find_workload("register");
  model::Plan plan;
  plan.workload = {type->schema.name, model::Options(type->schema.options)};
  plan.time_limit = std::chrono::seconds(2);
  plan.quiet_period = {};
  ERIS_TRY(auto journal, journal::Writer::create(path, {.plan = plan}));
  InstantCluster cluster;
  const auto workload = type->make(plan.workload.options, base::Rng(1));
  ERIS_TRY(const RunSummary summary, run(plan, cluster, *workload, {}, journal, {}));
  ERIS_CHECK_OK(journal.close());
  const auto operations = static_cast<double>(summary.operations.total());
  fmt::print("{:.0f} ns an operation, {:.0f} operations a second\n",
             static_cast<double>(plan.time_limit.count()) / operations,
             operations / base::to_seconds(plan.time_limit));
  return {};
}

}  // namespace
}  // namespace eris::run

int main() {
  const auto path =
      std::filesystem::temp_directory_path() / fmt::format("eris-recorder-cost-{}", ::getpid());
  const auto measured = eris::run::measure(path);
  std::error_code gone;
  std::filesystem::remove(path, gone);
  if (measured) return 0;
  fmt::print(stderr, "{}\n", eris::base::to_text(measured.error()));
  return 1;
}
