// Dispatch, time and durability. What each message means stands in the files named in core.hpp.
#include "adapters/reference/paxos/core.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::paxos {
namespace {

Configuration first_configuration(const Config& config) {
  Configuration configuration{config.members};
  std::vector<NodeId>& members = configuration.members;
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return configuration;
}

}  // namespace

std::string_view to_text(Role role) {
  switch (role) {
    case Role::follower:
      return "follower";
    case Role::candidate:
      return "candidate";
    case Role::leader:
      return "leader";
  }
  ERIS_ASSERT(false, "a role is one of those listed");
}

Core::Core(Config config, Configuration configuration)
    : config_(std::move(config)),
      rng_(base::Rng(config_.seed).stream("paxos")),
      configurations_(std::move(configuration),
                      config_.bugs.has(Bug::reconfiguration_ignores_window) ? 1 : config_.alpha),
      store_({.sessions_max = config_.limits.sessions_max,
              .deduplicate = !config_.bugs.has(Bug::command_proposed_twice)}) {}

base::Result<Core> Core::make(Config config, const core::Recovered& recovered) {
  ERIS_CHECK_OK(validate(config));
  Configuration configuration = first_configuration(config);
  Core made(std::move(config), std::move(configuration));
  if (made.is_member()) made.speaks_from_ = Slot(1);
  ERIS_CHECK_OK(made.recover(recovered));
  return made;
}

base::Result<void> Core::recover(const core::Recovered& recovered) {
  if (!recovered.snapshot.empty()) ERIS_CHECK_OK(load_snapshot(recovered.snapshot));
  Slot recorded = chosen_;
  for (std::size_t i = 0; i < recovered.records.size(); ++i) {
    ERIS_TRY(std::optional<Record> read, read_record(recovered, i));
    if (!read) break;
    Record& record = *read;
    if (const auto* promised = std::get_if<PromisedRecord>(&record)) {
      promised_ = std::max(promised_, promised->ballot);
      promise_on_record_ = promised_;
    } else if (auto* accepted = std::get_if<AcceptedRecord>(&record)) {
      promised_ = std::max(promised_, accepted->accepted.ballot);
      log_.put(accepted->slot,
               {accepted->accepted.ballot, std::move(accepted->accepted.decree), false});
    } else if (auto* learned = std::get_if<LearnedRecord>(&record)) {
      log_.put(learned->slot, {learned->learned.ballot, std::move(learned->learned.decree), true});
    } else if (const auto* joined = std::get_if<JoinedRecord>(&record)) {
      speaks_from_ = joined->from;
    } else {
      recorded = std::max(recorded, std::get<ChosenRecord>(record).up_to);
    }
  }
  ERIS_CHECK_OK(recover_chosen(recorded));
  // Before the restart this node may have confirmed a leader, whose lease then still counts on it:
  // hold on to that leader for one election timeout.
  if (!recovered.records.empty() || !recovered.snapshot.empty()) leader_heard_at_ = Instant{};
  return {};
}

/// Nothing for a last record that a power loss cut short: its sync was never reported, so nobody
/// was promised anything about it. A driver whose log has checksums of its own hides it; the
/// simulator's disk does not. Any other damage is an error.
base::Result<std::optional<Record>> Core::read_record(const core::Recovered& recovered,
                                                      std::size_t at) {
  auto record = decode_record(recovered.records[at]);
  if (record) return *std::move(record);
  if (at + 1 < recovered.records.size()) return std::unexpected(std::move(record).error());
  tail_was_torn_ = true;
  return std::nullopt;
}

base::Result<void> Core::recover_chosen(Slot recorded) {
  const bool tolerates_gaps =
      has(Bug::execution_skips_gaps) || has(Bug::truncated_without_transfer);
  while (chosen_ < recorded) {
    if (log_.find(chosen_.next()) == nullptr && !tolerates_gaps)
      return base::usage_error(
          fmt::format("the log has a gap: nothing in slot {} though {} are "
                      "chosen",
                      chosen_.next().value, recorded.value));
    slot_chosen(chosen_.next());
  }
  recorded_chosen_ = chosen_;
  durable_chosen_ = chosen_;
  return {};
}

Outputs Core::start(Instant now) {
  now_ = now;
  if (leader_heard_at_) leader_heard_at_ = now;
  reset_election_deadline();
  execute_chosen();
  // Writes the log anew without its torn end, behind which nothing could be found again.
  if (tail_was_torn_) take_snapshot();
  return finish();
}

Outputs Core::step(Instant now, const core::Input& input) {
  now_ = std::max(now_, now);
  dispatch(input);
  return finish();
}

void Core::dispatch(const core::Input& input) {
  if (const auto* received = std::get_if<core::Received>(&input)) {
    const auto message = decode_message(received->message);
    if (message && received->from != config_.self)
      std::visit([&](const auto& m) { handle(received->from, m); }, *message);
    else
      ++malformed_;
  } else if (const auto* requested = std::get_if<core::Requested>(&input)) {
    request(requested->id, requested->request);
  } else if (const auto* done = std::get_if<core::Persisted>(&input)) {
    persisted(done->count);
  } else if (std::holds_alternative<core::TimerFired>(input)) {
    timer();
  } else if (role_ == Role::leader) {
    start_read_round();
    send_proposals();
  }
}

void Core::persisted(PersistCount count) {
  persisted_ = std::max(persisted_, count);
  // An acceptor counts when a crash can no longer undo its word; so does a leader's own.
  promise_to_self();
  for (; !recordings_.empty() && recordings_.front().count <= persisted_; recordings_.pop_front())
    durable_chosen_ = recordings_.front().chosen;
  for (; !unsynced_.empty() && unsynced_.front().count <= persisted_; unsynced_.pop_front())
    if (role_ == Role::leader && unsynced_.front().ballot == ballot_)
      count_accepted(config_.self, unsynced_.front().slot);
  if (role_ == Role::leader) advance_chosen();
}

void Core::timer() {
  timer_set_.reset();
  if (role_ == Role::leader) {
    lead_on();
  } else if (now_ >= election_deadline_) {
    // A ballot that came to nothing: its clients shall ask elsewhere.
    become_follower(NodeId());
    // Servers that are in no configuration yet or any more wait to be told.
    if (is_member()) begin_ballot();
  }
}

void Core::lead_on() {
  // A leader that hears from no quorum would keep its clients waiting for nothing.
  const bool checks_quorum = !has(Bug::leader_reads_unconfirmed);
  if (checks_quorum && now_ - proposing_->quorum_heard_at >= config_.timeouts.election_max) {
    become_follower(NodeId());
    return;
  }
  watch_joining();
  if (now_ < proposing_->heartbeat_due) return;
  ask_for_promises();
  retransmit();
  go_on_catching_up();
  broadcast_heartbeat();
}

Outputs Core::finish() {
  if (proposing_) proceed();
  execute_chosen();
  watch_window();
  if (role_ == Role::leader) serve_confirmed_reads();
  record_chosen();
  maybe_take_snapshot();
  arm_timer();
  return std::exchange(outputs_, {});
}

Instant Core::next_deadline() const {
  return role_ == Role::leader ? proposing_->heartbeat_due : election_deadline_;
}

/// A deadline that moves later, as a follower's does with each message, needs no new timer: the one
/// set before fires early, finds nothing due, and is set again.
void Core::arm_timer() {
  const Instant due = next_deadline();
  if (timer_set_ && *timer_set_ <= due) return;
  timer_set_ = due;
  outputs_.emplace_back(core::SetTimer{due});
}

void Core::send(NodeId to, const Message& message, bool after_persist) {
  ERIS_ASSERT(to != config_.self, "a node does not send to itself");
  outputs_.emplace_back(core::Send{to, encode(message), after_persist});
}

void Core::reply(RequestId to, const kv::ClientReply& reply) {
  outputs_.emplace_back(core::Reply{to, kv::encode(reply)});
}

void Core::append_record(const Record& record) {
  outputs_.emplace_back(core::Append{encode_record(record)});
  ++issued_;
}

void Core::persist_promise() {
  const bool own = role_ == Role::candidate;
  if (own ? has(Bug::ballot_reused) : has(Bug::promise_not_persisted)) return;
  append_record(PromisedRecord{promised_});
  promise_on_record_ = promised_;
  promised_at_ = issued_;
}

/// Now and then, so that a node that restarts need not ask others what it knew. And at once when
/// the last slot of an earlier configuration is chosen: its servers are kept until enough know.
void Core::record_chosen() {
  const Slot last = configurations_.latest_waits_for();
  const bool is_awaited = recorded_chosen_ < last && chosen_ >= last;
  const bool is_due = chosen_.value >= recorded_chosen_.value + config_.limits.chosen_record_slots;
  if (!is_awaited && !is_due) return;
  // There is nothing on disk that such a record could speak of.
  if (!has(Bug::accepted_not_persisted)) append_record(ChosenRecord{chosen_});
  chosen_is_recorded(chosen_);
}

/// By the durable action that was issued last.
void Core::chosen_is_recorded(Slot up_to) {
  recorded_chosen_ = up_to;
  if (persisted_ >= issued_)
    durable_chosen_ = up_to;
  else
    recordings_.push_back({issued_, up_to});
}

core::Beacon Core::beacon() const {
  const auto number = [](auto id) { return static_cast<std::int64_t>(id.value); };
  const auto node = [](NodeId id) { return id == NodeId() ? std::string() : base::to_text(id); };
  return {{{"term", static_cast<std::int64_t>(promised_.round)},
           {"ballot", to_text(promised_)},
           {"durable", promise_is_durable()},
           {"role", std::string(to_text(role_))},
           {"leader", node(leader_)},
           {"commit", number(chosen_)},
           {"applied", number(executed_)},
           {"last_index", number(log_.last())},
           {"snapshot_index", number(snapshot_.slot)},
           {"config", to_text(configurations_.governing(chosen_.next()).second)},
           {"state_hash", fmt::format("{:016x}", store_.state_hash())},
           {"malformed", static_cast<std::int64_t>(malformed_)}}};
}

}  // namespace eris::paxos
