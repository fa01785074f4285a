#include "adapters/reference/paxos/simulated/system.hpp"

#include <algorithm>
#include <utility>

#include "adapters/reference/client/session.hpp"
#include "adapters/reference/paxos/core.hpp"
#include "adapters/reference/paxos/invariants.hpp"
#include "adapters/reference/simulated/kv_watcher.hpp"
#include "harness/core/any_core.hpp"

namespace eris::paxos {
namespace {

using ProtocolWatcher = reference::KvWatcher<Core, Invariants, &decode_message>;

class SimulatedPaxos final : public adapters::SimulatedSystem {
 public:
  explicit SimulatedPaxos(Config common) : common_(std::move(common)) {}

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

  [[nodiscard]] adapters::CoreStatus status(const core::AnyCore& any) const override {
    const Core& core = reference::core_of<Core>(any);
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
    return std::make_unique<ProtocolWatcher>(
        Invariants(Agreed{.members = {common_.members},
                          .alpha = common_.alpha,
                          .store = {.sessions_max = common_.limits.sessions_max}}));
  }

  [[nodiscard]] std::string add_server_request(NodeId node) const override {
    return kv::encode(kv::ClientRequest(kv::AddServer{node}));
  }
  [[nodiscard]] std::string remove_server_request(NodeId node) const override {
    return kv::encode(kv::ClientRequest(kv::RemoveServer{node}));
  }
  [[nodiscard]] bool is_membership_changed(std::string_view answer) const override {
    const auto reply = kv::decode_reply(answer);
    return reply && reply->kind == kv::ReplyKind::ok;
  }

  [[nodiscard]] model::Tolerance tolerance() const override {
    model::Tolerance tolerance{.membership = true};
    // Only a lease trusts clocks, and these only to run at nearly the same rate.
    if (common_.read_mode == ReadMode::lease) {
      tolerance.clock_jumps = false;
      tolerance.clock_drift_ppm = std::int64_t{10'000} * common_.timeouts.clock_drift_percent;
    }
    return tolerance;
  }

  [[nodiscard]] std::unique_ptr<adapters::SimulatedSystem> tuned(base::Rng rng) const override {
    const Config usual;
    Config drawn = common_;
    if (drawn.snapshot_after_slots == usual.snapshot_after_slots)
      drawn.snapshot_after_slots = 10 + rng.below(300);
    drawn.snapshot_trailing_slots = rng.below(drawn.snapshot_after_slots);
    if (drawn.alpha == usual.alpha) drawn.alpha = 1 + rng.below(40);
    drawn.limits.message_bytes_max = 64 + rng.below(1000);
    drawn.limits.snapshot_chunk_bytes = 64 + rng.below(1000);
    drawn.limits.chosen_record_slots = 1 + rng.below(100);
    return std::make_unique<SimulatedPaxos>(std::move(drawn));
  }

 private:
  Config common_;
};

}  // namespace

std::unique_ptr<adapters::SimulatedSystem> simulate(Config common) {
  return std::make_unique<SimulatedPaxos>(std::move(common));
}

}  // namespace eris::paxos
