// Administrator: has servers leave the cluster and join it, one after another, as a person with the
// system's own tools would: asks whoever leads, and asks again until the change is in force.
// Invariant: changes are made in the order in which they were asked for; a change that was taken
// back before it was begun is never begun. Thread rule: one owner.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>

#include "adapters/simulated_system.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"
#include "harness/model/fault.hpp"
#include "harness/sim/happenings.hpp"

namespace eris::sim {

/// What the administrator needs of the world.
class AdministratorSurroundings {
 public:
  virtual ~AdministratorSurroundings() = default;
  [[nodiscard]] virtual base::Instant now() const = 0;
  virtual void happens(base::Instant at, Happening&& what) = 0;
  [[nodiscard]] virtual std::optional<base::NodeId> leader() const = 0;
  /// The answer, if one comes, is given to Administrator::answered with this number.
  virtual void ask_as_administrator(std::uint64_t number, base::NodeId node,
                                    std::string request) = 0;
  /// Starts the server where it never ran, or was erased when it left.
  virtual void bring_up(base::NodeId node, model::ServerData data) = 0;
  /// Ends the server's process and erases its disk.
  virtual void erase(base::NodeId node) = 0;
};

class Administrator {
 public:
  Administrator(const adapters::SimulatedSystem& system, AdministratorSurroundings& world)
      : system_(system), world_(world) {}

  /// True where no earlier change of this server is left to do.
  bool remove(base::NodeId server, model::ServerData data);
  bool add(base::NodeId server, model::ServerData data);

  /// Has left, or is about to, and is not back yet.
  [[nodiscard]] bool has_left(base::NodeId server) const { return left_.contains(server); }

  void look();
  void answered(std::uint64_t number, std::string_view answer);

 private:
  struct Change {
    base::NodeId server;
    bool joins = false;
    model::ServerData data = model::ServerData::kept;
    bool is_begun = false;
  };

  bool want(Change change);

  const adapters::SimulatedSystem& system_;
  AdministratorSurroundings& world_;
  std::deque<Change> wanted_;
  std::set<base::NodeId> left_;
  std::uint64_t asked_ = 0;  ///< the number of the latest request
  bool looks_ = false;       ///< a look is on the agenda
};

}  // namespace eris::sim
