// Clients: the logical processes of a simulated run, each a PureClient with its wishes granted.
// Invariant: each operation that begins ends once. Thread rule: one owner.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "adapters/simulated_system.hpp"
#include "harness/run/cluster.hpp"
#include "harness/sim/happenings.hpp"

namespace eris::sim {

/// What clients need of the world.
class ClientSurroundings {
 public:
  virtual ~ClientSurroundings() = default;
  [[nodiscard]] virtual base::Instant now() const = 0;
  virtual void happens(base::Instant at, Happening&& what) = 0;
  /// Brings a request to a node.
  virtual void ask(Try from, base::NodeId node, std::string request) = 0;
  virtual void finished(run::Completion completion) = 0;
};

class Clients {
 public:
  Clients(const adapters::SimulatedSystem& system, std::vector<base::NodeId> nodes,
          base::Duration operation_timeout, ClientSurroundings& world);

  void begin(const model::Op& op);
  void answered(const AnswerArrives& answer);
  void unanswered(const NoAnswerComes& no_answer);
  void pause_ended(const PauseEnds& pause);
  /// Ends what is still open, as operations whose clients were stopped.
  void stop();

 private:
  struct Process {
    std::unique_ptr<adapters::PureClient> client;
    model::Op op;
    bool busy = false;
    std::uint64_t tries = 0;  ///< the latest try's number
  };

  /// The process that this try belongs to, while it waits for that try.
  [[nodiscard]] Process* waiting_for(Try attempt);
  void grant(Process& process, adapters::ClientWish wish);
  void finish(Process& process, model::Outcome outcome);

  const adapters::SimulatedSystem& system_;
  std::vector<base::NodeId> nodes_;
  base::Duration operation_timeout_;
  ClientSurroundings& world_;
  std::map<base::ProcessId, Process> processes_;
};

}  // namespace eris::sim
