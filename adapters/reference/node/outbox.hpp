// Outbox: holds back what must not leave before earlier durable actions are on disk.
//
// Why: a vote or an acknowledgement that leaves before what it promises is stored is a lie after
// the next crash. Each output is released when as many durable actions as were listed before it
// are on disk, in the order in which they came.
// Thread rule: one owner.
#pragma once

#include <deque>
#include <functional>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/reference/node/durable_log.hpp"
#include "harness/core/core.hpp"

namespace eris::node {

class Outbox {
 public:
  struct Callbacks {
    std::function<void(const core::Send&)> send;
    std::function<void(const core::Reply&)> reply;
    std::function<void(core::Instant)> set_timer;
  };
  explicit Outbox(Callbacks callbacks) : callbacks_(std::move(callbacks)) {}

  /// Carries out what may happen now, and keeps the rest.
  void carry_out(core::Outputs outputs);
  /// The durable actions listed since the last call, to be written in this order.
  [[nodiscard]] std::vector<DurableLog::Action> take_actions() {
    return std::exchange(actions_, {});
  }
  /// The first `count` durable actions are on disk: releases what waited for them.
  void persisted(core::PersistCount count);

 private:
  using Held = std::variant<core::Send, core::Reply>;
  void leave(const Held& output) const;
  void hold_or_leave(Held output);

  Callbacks callbacks_;
  std::vector<DurableLog::Action> actions_;
  core::PersistCount listed_ = 0;                         ///< durable actions seen so far
  core::PersistCount persisted_ = 0;                      ///< of them on disk
  std::deque<std::pair<core::PersistCount, Held>> held_;  ///< ascending by what they wait for
};

}  // namespace eris::node
