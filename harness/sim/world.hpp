// World: all of a simulated cluster, and how its parts act on each other.
//
// Where to look: world.cpp what happens and what nodes and clients do; enact.cpp which action does
// what; enact_links.cpp, enact_nodes.cpp, enact_disks.cpp the faults of each kind. Each fault shows
// what was seen of it, and none is believed to have happened because it was asked for.
// Thread rule: one owner (sim::Cluster).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/sim/administrator.hpp"
#include "harness/sim/agenda.hpp"
#include "harness/sim/clients.hpp"
#include "harness/sim/cluster.hpp"
#include "harness/sim/network.hpp"
#include "harness/sim/node.hpp"
#include "harness/sim/quirks.hpp"

namespace eris::sim {

class World final : public Surroundings,
                    public ClientSurroundings,
                    public AdministratorSurroundings {
 public:
  explicit World(ClusterOptions options);

  [[nodiscard]] base::Result<void> start();
  [[nodiscard]] model::ClusterView view() const;
  void invoke(const model::Op& op) { clients_.begin(op); }
  [[nodiscard]] base::Result<model::Evidence> apply(const model::FaultAction& action);
  /// The next event for the run loop, when one comes until then; else time stands at `deadline`.
  [[nodiscard]] std::optional<run::ClusterEvent> next(base::Instant deadline);
  void stop();
  [[nodiscard]] std::uint64_t happenings() const { return agenda_.taken(); }
  [[nodiscard]] const Quirks& quirks() const { return options_.quirks; }

  // Surroundings, ClientSurroundings, AdministratorSurroundings
  [[nodiscard]] base::Instant now() const override { return now_; }
  void happens(base::Instant at, Happening&& what) override { agenda_.add(at, std::move(what)); }
  void send(base::NodeId from, core::Send&& send) override;
  void reply(base::NodeId from, core::Reply&& reply) override;
  void stepped(base::NodeId node, const core::AnyCore& core) override;
  void gives_up(base::NodeId node, const base::Error& why) override;
  void ask(Try from, base::NodeId node, std::string request) override;
  void finished(run::Completion completion) override;
  [[nodiscard]] std::optional<base::NodeId> leader() const override { return view().leader; }
  void ask_as_administrator(std::uint64_t number, base::NodeId node, std::string request) override;
  void bring_up(base::NodeId node, model::ServerData data) override;
  void erase(base::NodeId node) override;

 private:
  /// A request at a node that has not answered yet: a client's, or the administrator's.
  struct OpenRequest {
    core::RequestId id;
    Try from;
  };
  struct Member {
    std::unique_ptr<Node> node;
    std::optional<adapters::CoreStatus> status;
    std::vector<OpenRequest> open;  ///< in the order in which they came
    bool disk_lost = false;
    std::uint64_t bends = 0;  ///< of its clock
    // As they were when the fault in force began.
    std::uint64_t slow_syncs_before = 0;
  };

  // What happens.
  void operator()(MessageArrives& arrival);
  void operator()(SyncEnds& sync);
  void operator()(TimerDue& timer);
  void operator()(RequestArrives& arrival);
  void operator()(AnswerArrives& answer);
  void operator()(NoAnswerComes& no_answer) { clients_.unanswered(no_answer); }
  void operator()(PauseEnds& pause) { clients_.pause_ended(pause); }
  void operator()(ClockFlips& flip);
  void operator()(AdministratorLooks&) { administrator_.look(); }
  void operator()(EndIsDue&) {}
  void happen_next();
  /// Lets everything happen until then, or until `done`.
  void pass(base::Duration duration, const std::function<bool()>& done = {});

  // Faults on links (enact_links.cpp).
  [[nodiscard]] model::Evidence enact(const model::Cut& cut);
  [[nodiscard]] model::Evidence enact(const model::Heal& heal);
  [[nodiscard]] model::Evidence enact(const model::Degrade& degrade);
  [[nodiscard]] model::Evidence enact(const model::Restore& restore);
  [[nodiscard]] model::Evidence enact(const model::Clog& clog);
  [[nodiscard]] model::Evidence enact(const model::Unclog& unclog);
  [[nodiscard]] model::Evidence evidence_of_links(const std::vector<model::Link>& links);
  void remember_counts(const std::vector<model::Link>& links);

  // Faults on processes, machines and clocks (enact_nodes.cpp).
  [[nodiscard]] model::Evidence enact(const model::Kill& kill);
  [[nodiscard]] model::Evidence enact(const model::Restart& restart);
  [[nodiscard]] model::Evidence enact(const model::Pause& pause);
  [[nodiscard]] model::Evidence enact(const model::Resume& resume);
  [[nodiscard]] model::Evidence enact(const model::PowerOff& off);
  [[nodiscard]] model::Evidence enact(const model::PowerOn& on);
  [[nodiscard]] model::Evidence enact(const model::BendClock& bend);
  [[nodiscard]] model::Evidence enact(const model::MendClock& mend);
  /// How a process ends: SIGKILL, loss of power.
  using Ending = void (Node::*)();
  [[nodiscard]] model::Evidence end_all(const std::vector<base::NodeId>& nodes, Ending ending,
                                        std::string_view how);
  [[nodiscard]] model::Evidence start_all(const std::vector<base::NodeId>& nodes);
  void end(Member& member, Ending ending, std::string_view how);
  void end_quietly(Member& member, Ending ending);
  /// These end when one of them comes to the moment that it waits for, or else then.
  struct AwkwardEnd {
    std::vector<base::NodeId> nodes;
    Ending ending;
    std::string_view how;
    base::Instant until{};
  };
  void await_awkward_moment(AwkwardEnd awaited);
  void look_for_awkward_moments();
  void end_now(std::size_t place);
  void start(Member& member, model::Evidence& evidence);
  void storm(Member& member, model::Evidence& evidence);

  // Faults on disks and membership (enact_disks.cpp).
  [[nodiscard]] model::Evidence enact(const model::HarmDisk& harm);
  [[nodiscard]] model::Evidence enact(const model::MendDisk& mend);
  [[nodiscard]] model::Evidence enact(const model::Wipe& wipe);
  [[nodiscard]] model::Evidence enact(const model::StartEmpty& start);
  [[nodiscard]] model::Evidence enact(const model::RemoveServer& remove);
  [[nodiscard]] model::Evidence enact(const model::AddServer& add);
  void damage(Member& member, model::DiskTrouble how, model::Evidence& evidence);
  [[nodiscard]] model::Evidence change_membership(const std::vector<base::NodeId>& nodes,
                                                  bool joins, model::ServerData data);

  [[nodiscard]] Member& member(base::NodeId id) { return members_[id.value - 1]; }
  [[nodiscard]] const Member& member(base::NodeId id) const { return members_[id.value - 1]; }
  [[nodiscard]] bool exists(base::NodeId id) const {
    return id.value >= 1 && id.value <= members_.size();
  }
  void add_member(base::NodeId id);
  [[nodiscard]] bool all_serve() const;
  void break_connections(Member& member);
  void transmit(model::Link link, std::string&& message);
  void say(base::NodeId node, std::string_view what, model::Fields fields = {});
  void tell_violations();

  ClusterOptions options_;
  std::shared_ptr<const adapters::SimulatedSystem> system_;
  model::Tolerance tolerance_;
  base::Rng rng_;
  base::Rng chance_;  ///< of what happens to clients' connections and to processes
  Agenda agenda_;
  base::Instant now_{};
  Network network_;
  std::unique_ptr<adapters::Watcher> watcher_;
  std::deque<Member> members_;  ///< n1 first; members stay where they are in memory
  Clients clients_;
  Administrator administrator_;
  core::RequestId next_request_{1};
  std::vector<AwkwardEnd> awkward_ends_;
  std::deque<run::ClusterEvent> events_;
  std::size_t violations_told_ = 0;
  std::map<model::Link, LinkCounts> counts_before_;  ///< of the links that a fault is on
};

/// "n3 end": "killed".
void add_fact(model::Evidence& evidence, base::NodeId node, std::string_view name,
              std::string_view text);

}  // namespace eris::sim
