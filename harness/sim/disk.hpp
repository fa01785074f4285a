// Disk: one node's durable log in virtual time: what is on it, and what is on its way there.
//
// Actions become durable in order, by syncs that take a while, one at a time, each covering all
// that was waiting when it began (as adapters/reference/node/durable_log.hpp does).
// Thread rule: one owner.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <variant>

#include "harness/base/rng.hpp"
#include "harness/base/time.hpp"
#include "harness/core/core.hpp"

namespace eris::sim {

using DurableAction = std::variant<core::Append, core::Checkpoint>;

class Disk {
 public:
  /// Called with each action when it reaches the disk.
  using OnDurable = std::function<void(const DurableAction&)>;

  Disk(base::Rng rng, OnDurable on_durable)
      : rng_(std::move(rng)), on_durable_(std::move(on_durable)) {}

  void submit(DurableAction action) { waiting_.push_back(std::move(action)); }

  struct Sync {
    base::Duration takes{};
    core::PersistCount up_to = 0;
  };
  /// Begins a sync where something waits and none is under way.
  [[nodiscard]] std::optional<Sync> begin_sync();
  /// The sync that began has ended: what it covers is on disk.
  void end_sync();

  /// The process died: of what it had written and not synced, the kernel brings a part to the disk.
  void process_died();
  /// Nothing that was not synced survives.
  void power_lost();

  [[nodiscard]] const core::Recovered& content() const { return content_; }
  /// Durable actions of this life.
  [[nodiscard]] core::PersistCount durable() const { return durable_; }

 private:
  void write(DurableAction action);
  void forget_life();

  base::Rng rng_;
  OnDurable on_durable_;
  core::Recovered content_;
  std::deque<DurableAction> waiting_;
  std::optional<core::PersistCount> syncing_;
  core::PersistCount durable_ = 0;
};

}  // namespace eris::sim
