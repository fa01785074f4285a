#include "harness/sim/cluster.hpp"

#include "harness/base/assert.hpp"
#include "harness/sim/world.hpp"

namespace eris::sim {

Cluster::Cluster(ClusterOptions options) {
  ERIS_ASSERT(options.system != nullptr, "a cluster needs a system");
  world_ = std::make_unique<World>(std::move(options));
}

Cluster::~Cluster() = default;

base::Result<void> Cluster::start() {
  return world_->start();
}

base::Instant Cluster::now() const {
  return world_->now();
}

model::ClusterView Cluster::view() const {
  return world_->view();
}

void Cluster::invoke(const model::Op& op) {
  world_->invoke(op);
}

base::Result<model::Evidence> Cluster::apply(const model::FaultAction& action) {
  return world_->apply(action);
}

std::optional<run::ClusterEvent> Cluster::next(base::Instant deadline) {
  return world_->next(deadline);
}

model::Fields Cluster::versions() const {
  return {};
}

model::Fields Cluster::environment() const {
  return {{"engine", model::Value("sim")},
          {"quirks", model::Value(std::string_view(to_text(world_->quirks())))}};
}

base::Result<void> Cluster::stop() {
  world_->stop();
  return {};
}

std::uint64_t Cluster::happenings() const {
  return world_->happenings();
}

}  // namespace eris::sim
