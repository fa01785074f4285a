#include "adapters/reference/raft/simulated/system.hpp"

#include <algorithm>
#include <utility>

#include "adapters/reference/client/session.hpp"
#include "adapters/reference/raft/core.hpp"
#include "adapters/reference/raft/invariants.hpp"
#include "adapters/reference/simulated/kv_watcher.hpp"
#include "harness/core/any_core.hpp"

namespace eris::raft {
namespace {

using ProtocolWatcher = reference::KvWatcher<Core, Invariants, &decode_message>;

class SimulatedRaft final : public adapters::SimulatedSystem {
 public:
  explicit SimulatedRaft(Config common) : common_(std::move(common)) {}

  [[nodiscard]] base::Result<std::unique_ptr<core::AnyCore>> make_core(
      const adapters::SimulatedNode& node, const core::Recovered& recovered) const override {
    Config config = common_;
    config.self = node.self;
    config.seed = node.seed;
    const bool is_first_member = std::ranges::find(node.all, node.self) != node.all.end();
    config.voters = is_first_member ? node.all : std::vector<NodeId>{};
    ERIS_TRY(Core core, Core::make(std::move(config), recovered));
    return core::host(std::move(core));
  }

  [[nodiscard]] adapters::CoreStatus status(const core::AnyCore& any) const override {
    const Core& core = reference::core_of<Core>(any);
    const bool leads = core.role() == Role::leader;
    return {.serving = core.leader() != NodeId(), .leads = leads, .term = core.term()};
  }

  [[nodiscard]] std::unique_ptr<adapters::PureClient> connect(
      const std::vector<NodeId>& nodes, base::ProcessId process) const override {
    return std::make_unique<client::Session>(
        nodes, static_cast<std::size_t>(process.value % nodes.size()));
  }

  [[nodiscard]] std::unique_ptr<adapters::Watcher> watch() const override {
    return std::make_unique<ProtocolWatcher>(
        Invariants(kv::StoreOptions{.sessions_max = common_.limits.sessions_max}));
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

  /// Its records have checksums (storage_records.hpp).
  [[nodiscard]] bool takes_torn_records() const override { return true; }

  [[nodiscard]] model::Tolerance tolerance() const override {
    model::Tolerance tolerance{.membership = true};
    // Only a lease trusts clocks, and these only to run at nearly the same rate.
    if (common_.lease_reads) {
      tolerance.clock_jumps = false;
      tolerance.clock_drift_ppm = std::int64_t{10'000} * common_.timeouts.clock_drift_percent;
    }
    return tolerance;
  }

  [[nodiscard]] std::unique_ptr<adapters::SimulatedSystem> tuned(base::Rng rng) const override {
    const Config usual;
    Config drawn = common_;
    if (drawn.snapshot_after_entries == usual.snapshot_after_entries)
      drawn.snapshot_after_entries = 10 + rng.below(300);
    drawn.snapshot_trailing_entries = rng.below(drawn.snapshot_after_entries);
    drawn.limits.append_bytes_max = 64 + rng.below(1000);
    drawn.limits.appends_in_flight_max = 1 + rng.below(8);
    drawn.limits.snapshot_chunk_bytes = 64 + rng.below(1000);
    return std::make_unique<SimulatedRaft>(std::move(drawn));
  }

 private:
  Config common_;
};

}  // namespace

std::unique_ptr<adapters::SimulatedSystem> simulate(Config common) {
  return std::make_unique<SimulatedRaft>(std::move(common));
}

}  // namespace eris::raft
