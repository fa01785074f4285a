// Disk: one node's durable log in virtual time: what is on it, and what is on its way there.
//
// Actions become durable in order, by syncs that take a while, one at a time, each covering all
// that was waiting when it began and making one block (as adapters/reference/node/log_format.hpp
// has it). What a crash tears is the last block, and the node cuts it off when it reads its log;
// damage anywhere else it recognises by a checksum, and refuses to start.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "harness/base/result.hpp"
#include "harness/base/rng.hpp"
#include "harness/base/time.hpp"
#include "harness/core/core.hpp"
#include "harness/model/fault.hpp"
#include "harness/sim/quirks.hpp"

namespace eris::sim {

using DurableAction = std::variant<core::Append, core::Checkpoint>;

class Disk {
 public:
  /// Called with each action when it reaches the disk.
  using OnDurable = std::function<void(const DurableAction&)>;

  Disk(base::Rng rng, const Quirks& quirks, OnDurable on_durable)
      : rng_(std::move(rng)), quirks_(quirks), on_durable_(std::move(on_durable)) {}

  // A process's life.

  /// What a process finds that starts now. Errors: environment, where damage keeps it from
  /// starting. `takes_torn`: a torn record is among what it finds, instead of being cut off.
  [[nodiscard]] base::Result<core::Recovered> open(bool takes_torn);
  void submit(DurableAction&& action) { waiting_.push_back(std::move(action)); }

  struct Sync {
    base::Duration takes{};
    core::PersistCount up_to = 0;
  };
  /// Begins a sync where something waits and none is under way.
  [[nodiscard]] std::optional<Sync> begin_sync();
  /// The sync that began has ended: what it covers is on disk. Errors: environment, where the disk
  /// reports one; the process must end, since it cannot know what is on disk.
  [[nodiscard]] base::Result<void> end_sync();

  /// The process died: of what it had written and not synced, the kernel brings a part to the disk.
  void process_died();
  /// Nothing that was not synced survives; at most a torn piece of it, which is no record.
  void power_lost();

  // What happens to the disk itself.

  void set_trouble(std::optional<model::DiskTrouble> trouble) { trouble_ = trouble; }
  [[nodiscard]] std::optional<model::DiskTrouble> trouble() const { return trouble_; }
  /// Damages what was synced long ago, while no process runs. False where there is nothing but the
  /// last block, in which damage cannot be told from a torn write.
  [[nodiscard]] bool damage(model::DiskTrouble how);
  void wipe();

  [[nodiscard]] const core::Recovered& content() const { return content_; }
  /// Durable actions of this life.
  [[nodiscard]] core::PersistCount durable() const { return durable_; }
  [[nodiscard]] bool has_unsynced() const { return !waiting_.empty(); }
  /// Syncs that a slow disk has drawn out.
  [[nodiscard]] std::uint64_t slow_syncs() const { return slow_syncs_; }

 private:
  void write(DurableAction&& action);
  void tear();
  void forget_life();

  base::Rng rng_;
  const Quirks& quirks_;
  OnDurable on_durable_;
  core::Recovered content_;
  std::uint64_t blocks_ = 0;  ///< behind block 0, the checkpoint
  std::optional<std::string> damage_;
  std::optional<std::string> torn_;  ///< behind the last whole block
  std::optional<model::DiskTrouble> trouble_;
  std::uint64_t slow_syncs_ = 0;

  std::deque<DurableAction> waiting_;
  std::optional<core::PersistCount> syncing_;
  core::PersistCount durable_ = 0;
};

}  // namespace eris::sim
