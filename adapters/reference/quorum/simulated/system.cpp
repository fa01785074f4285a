#include "adapters/reference/quorum/simulated/system.hpp"

#include <algorithm>
#include <utility>

#include "adapters/reference/quorum/client/session.hpp"
#include "adapters/reference/quorum/core.hpp"
#include "adapters/reference/quorum/simulated/watcher.hpp"
#include "harness/core/any_core.hpp"

namespace eris::quorum {
namespace {

class SimulatedQuorum final : public adapters::SimulatedSystem {
 public:
  explicit SimulatedQuorum(Config common) : common_(std::move(common)) {}

  [[nodiscard]] base::Result<std::unique_ptr<core::AnyCore>> make_core(
      const adapters::SimulatedNode& node, const core::Recovered& recovered) const override {
    Config config = common_;
    config.self = node.self;
    config.seed = node.seed;
    const bool is_first_member = std::ranges::find(node.all, node.self) != node.all.end();
    config.members = is_first_member ? node.all : std::vector<NodeId>{};
    ERIS_TRY(Core core, Core::make(std::move(config), recovered));
    return core::host(std::move(core));
  }

  /// Nobody leads; the seed of the latest ring is who changes the membership.
  [[nodiscard]] adapters::CoreStatus status(const core::AnyCore& any) const override {
    const Core& core = core_of(any);
    return {.serving = core.status().serving,
            .leads = core.is_seed(),
            .term = base::Term(core.ring().version())};
  }

  [[nodiscard]] std::unique_ptr<adapters::PureClient> connect(
      const std::vector<NodeId>& nodes, base::ProcessId process) const override {
    return std::make_unique<Session>(nodes, static_cast<std::size_t>(process.value % nodes.size()),
                                     common_.conflict == Conflict::siblings);
  }

  [[nodiscard]] std::unique_ptr<adapters::Watcher> watch() const override {
    return std::make_unique<Watcher>(common_);
  }

  [[nodiscard]] std::string add_server_request(NodeId node) const override {
    return encode(ClientRequest(AddServer{node}));
  }
  [[nodiscard]] std::string remove_server_request(NodeId node) const override {
    return encode(ClientRequest(RemoveServer{node}));
  }
  [[nodiscard]] bool is_membership_changed(std::string_view answer) const override {
    const auto reply = decode_reply(answer);
    return reply && reply->kind == ReplyKind::ok;
  }

  [[nodiscard]] model::Tolerance tolerance() const override {
    return {.membership = true, .copies = common_.replication};
  }

 private:
  Config common_;
};

}  // namespace

std::unique_ptr<adapters::SimulatedSystem> simulate(Config common) {
  return std::make_unique<SimulatedQuorum>(std::move(common));
}

}  // namespace eris::quorum
