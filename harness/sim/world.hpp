// World: all of a simulated cluster, and how its parts act on each other.
// Thread rule: one owner (sim::Cluster).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/sim/agenda.hpp"
#include "harness/sim/clients.hpp"
#include "harness/sim/cluster.hpp"
#include "harness/sim/network.hpp"
#include "harness/sim/node.hpp"

namespace eris::sim {

class World final : public Surroundings, public ClientSurroundings {
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

  // Surroundings, ClientSurroundings
  [[nodiscard]] base::Instant now() const override { return now_; }
  void happens(base::Instant at, Happening what) override { agenda_.add(at, std::move(what)); }
  void send(base::NodeId from, core::Send send) override;
  void reply(base::NodeId from, core::Reply reply) override;
  void stepped(base::NodeId node, const core::AnyCore& core) override;
  void ask(Try from, base::NodeId node, std::string request) override;
  void finished(run::Completion completion) override;

 private:
  /// A request at a node that has not answered yet.
  struct OpenRequest {
    Try from;
    base::NodeId node;
  };

  // What happens.
  void operator()(MessageArrives& arrival);
  void operator()(SyncEnds& sync);
  void operator()(TimerDue& timer);
  void operator()(RequestArrives& arrival);
  void operator()(AnswerArrives& arrival) { clients_.answered(arrival); }
  void operator()(NoAnswerComes& no_answer) { clients_.unanswered(no_answer); }
  void operator()(PauseEnds& pause) { clients_.pause_ended(pause); }
  void happen_next();

  // Faults.
  [[nodiscard]] base::Result<model::Evidence> enact(const model::Cut& cut);
  [[nodiscard]] base::Result<model::Evidence> enact(const model::Heal& heal);
  [[nodiscard]] base::Result<model::Evidence> enact(const model::Kill& kill);
  [[nodiscard]] base::Result<model::Evidence> enact(const model::Restart& restart);
  [[nodiscard]] base::Result<model::Evidence> enact(const model::Pause& pause);
  [[nodiscard]] base::Result<model::Evidence> enact(const model::Resume& resume);

  [[nodiscard]] Node& node(base::NodeId id) { return *nodes_.at(id); }
  [[nodiscard]] bool all_serve() const;
  void say(base::NodeId node, std::string_view what, model::Fields fields = {});
  void tell_violations();

  ClusterOptions options_;
  base::Rng rng_;
  Agenda agenda_;
  base::Instant now_{};
  Network network_;
  std::unique_ptr<adapters::Watcher> watcher_;
  std::map<base::NodeId, std::unique_ptr<Node>> nodes_;
  std::map<base::NodeId, adapters::CoreStatus> statuses_;
  Clients clients_;
  std::map<core::RequestId, OpenRequest> open_requests_;
  core::RequestId next_request_{1};
  std::deque<run::ClusterEvent> events_;
  std::size_t violations_told_ = 0;
};

}  // namespace eris::sim
