#include "adapters/reference/paxos/simulated/system.hpp"

#include <utility>

#include "adapters/reference/client/session.hpp"
#include "adapters/reference/paxos/core.hpp"
#include "adapters/reference/paxos/simulated/watcher.hpp"
#include "harness/core/any_core.hpp"

namespace eris::paxos {
namespace {

class SimulatedPaxos final : public adapters::SimulatedSystem {
 public:
  explicit SimulatedPaxos(Config common) : common_(std::move(common)) {}

  [[nodiscard]] base::Result<std::unique_ptr<core::AnyCore>> make_core(
      const adapters::SimulatedNode& node, const core::Recovered& recovered) const override {
    Config config = common_;
    config.self = node.self;
    config.seed = node.seed;
    config.members = node.all;
    ERIS_TRY(Core core, Core::make(std::move(config), recovered));
    return core::host(std::move(core));
  }

  [[nodiscard]] adapters::CoreStatus status(const core::AnyCore& any) const override {
    const Core& core = core_of(any);
    const bool leads = core.role() == Role::leader;
    return {.serving = core.leader() != NodeId(),
            .leads = leads,
            .term = base::Term(core.promised().round)};
  }

  [[nodiscard]] std::unique_ptr<adapters::PureClient> connect(
      const std::vector<NodeId>& nodes, base::ProcessId process) const override {
    return std::make_unique<client::Session>(
        nodes, static_cast<std::size_t>(process.value % nodes.size()));
  }

  [[nodiscard]] std::unique_ptr<adapters::Watcher> watch() const override {
    return std::make_unique<Watcher>(
        Agreed{.members = {common_.members},
               .alpha = common_.alpha,
               .store = {.sessions_max = common_.limits.sessions_max}});
  }

  [[nodiscard]] std::string add_server_request(NodeId node) const override {
    return kv::encode(kv::ClientRequest(kv::AddServer{node}));
  }
  [[nodiscard]] std::string remove_server_request(NodeId node) const override {
    return kv::encode(kv::ClientRequest(kv::RemoveServer{node}));
  }

 private:
  Config common_;
};

}  // namespace

std::unique_ptr<adapters::SimulatedSystem> simulate(Config common) {
  return std::make_unique<SimulatedPaxos>(std::move(common));
}

}  // namespace eris::paxos
