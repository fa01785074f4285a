#include "adapters/reference/raft/invariants.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/reference/raft/quorum.hpp"
#include "harness/base/text.hpp"

namespace eris::raft {

using base::to_text;

Invariants::Invariants(kv::StoreOptions store) : replayed_(store) {
  state_hashes_.push_back(replayed_.state_hash());
}

void Invariants::violate(const char* invariant, std::vector<NodeId> nodes, std::string what) {
  std::sort(nodes.begin(), nodes.end());
  violations_.push_back({invariant, std::move(what), std::move(nodes)});
}

bool Invariants::violated(const std::string& invariant) const {
  return std::any_of(violations_.begin(), violations_.end(),
                     [&](const Violation& v) { return v.invariant == invariant; });
}

// ---- what nodes show

void Invariants::started(const Core& core) {
  const Term promised = promised_terms_[core.self()];
  if (core.term() < promised)
    violate("term-regression", {core.self()},
            fmt::format("{} came back in term {} after it spoke for term {}", to_text(core.self()),
                        core.term().value, promised.value));
  Seen& seen = seen_[core.self()];
  seen.term = core.term();
  seen.role = core.role();
  seen.commit = LogIndex();
  seen.applied = LogIndex();
  stepped(core);
}

void Invariants::stepped(const Core& core) {
  Seen& seen = seen_[core.self()];
  check_terms_and_leaders(core, seen);
  check_log(core, seen);
  check_acknowledged(core);
  check_beliefs(core);
  check_configurations(core);
  check_commit(core, seen);
  check_state(core, seen);
  seen.term = core.term();
  seen.role = core.role();
  seen.commit = core.commit();
  seen.applied = core.applied();
  seen.last = core.log().last();
}

/// Election safety (figure 3.2): at most one leader in a term.
void Invariants::check_terms_and_leaders(const Core& core, const Seen& before) {
  if (core.term() < before.term)
    violate("term-regression", {core.self()},
            fmt::format("{} went from term {} to {}", to_text(core.self()), before.term.value,
                        core.term().value));
  if (core.role() != Role::leader) return;
  Reign& reign = reigns_[core.term()];
  if (reign.leader != NodeId() && reign.leader != core.self())
    violate("election-safety", {reign.leader, core.self()},
            fmt::format("{} and {} both lead term {}", to_text(reign.leader), to_text(core.self()),
                        core.term().value));
  const bool begins = before.role != Role::leader || before.term != core.term();
  if (begins) check_new_leader(core);
  reign.leader = core.self();
  if (reign.configuration != core.log().configuration()) {
    reign.configuration = core.log().configuration();
    advance_ghost(reign, core.term());
  }
  // Leader append-only (figure 3.2).
  if (!begins && core.log().hash_at(before.last.index) != before.last.hash)
    violate("leader-append-only", {core.self()},
            fmt::format("{} changed its own log while it led term {}", to_text(core.self()),
                        core.term().value));
}

/// Leader completeness (figure 3.2): a leader's log holds all that leaders before it committed.
void Invariants::check_new_leader(const Core& core) {
  const LogPoint committed = committed_.last();
  if (core.term() <= committed_in_ || core.log().base().index > committed.index) return;
  if (core.log().hash_at(committed.index) != committed.hash)
    violate("leader-completeness", {core.self()},
            fmt::format("{} leads term {} without entry {}, which is committed",
                        to_text(core.self()), core.term().value, committed.index.value));
}

/// In one term there is one leader, so what was acknowledged to it stays until the term ends.
void Invariants::check_acknowledged(const Core& core) {
  auto& [term, index] = acknowledged_[core.self()];
  if (core.term() != term || core.log().last_index() >= index) return;
  violate("acknowledged-entry-lost", {core.self()},
          fmt::format("{} acknowledged entry {} in term {} and has {}", to_text(core.self()),
                      index.value, term.value, core.log().last_index().value));
  index = core.log().last_index();
}

/// What a leader believes to be on a follower's disk (its matchIndex) is there, unless a later term
/// has replaced it since.
void Invariants::check_beliefs(const Core& core) {
  if (core.role() != Role::leader) return;
  for (const auto& [node, disk] : disks_) {
    const auto believed = core.believed_match(node);
    if (!believed) continue;
    const auto held = disk.log.hash_at(*believed);
    const auto here = core.log().hash_at(*believed);
    // What one of them has compacted away can no longer be compared.
    if (*believed <= disk.log.last_index() && (!held || !here || held == here)) continue;
    const auto follower = seen_.find(node);
    if (follower == seen_.end() || follower->second.term > core.term()) continue;
    if (!amnesia_told_.insert({core.term(), node}).second) continue;
    violate("amnesia", {core.self(), node},
            fmt::format("{} believes in term {} that {} holds entry {}; its disk {}",
                        to_text(core.self()), core.term().value, to_text(node), believed->value,
                        *believed <= disk.log.last_index()
                            ? "holds another one there"
                            : fmt::format("ends at {}", disk.log.last_index().value)));
  }
}

/// Log matching (figure 3.2): the same index and term, the same log up to there.
void Invariants::check_log(const Core& core, Seen& seen) {
  const Log& log = core.log();
  seen.hashes.resize(log.last_index().value);
  for (LogIndex index = log.last_index(); log.holds(index); index = LogIndex(index.value - 1)) {
    const std::uint64_t hash = *log.hash_at(index);
    if (std::exchange(seen.hashes[index.value - 1], hash) == hash) return;
    const auto key = std::pair(index, *log.term_at(index));
    const auto [known, fresh] = canonical_.emplace(key, hash);
    if (!fresh && known->second != hash)
      violate("log-matching", {core.self()},
              fmt::format("{} has another entry {} of term {} than others have",
                          to_text(core.self()), index.value, key.second.value));
  }
}

/// One change at a time, and none before the leader has committed in its own term (section 4.1 and
/// its correction of 2015).
void Invariants::check_configurations(const Core& core) {
  if (core.role() != Role::leader) return;
  const Log& log = core.log();
  const LogIndex latest = log.configuration_index();
  if (latest <= core.commit() || log.term_at(latest) != core.term()) return;
  if (log.term_at(core.commit()) != core.term())
    violate("configuration", {core.self()},
            fmt::format("{} changed the membership before it committed an entry of term {}",
                        to_text(core.self()), core.term().value));
  if (log.configuration_at(LogIndex(latest.value - 1)).first > core.commit())
    violate("configuration", {core.self()},
            fmt::format("{} has two uncommitted membership changes", to_text(core.self())));
}

void Invariants::check_commit(const Core& core, const Seen& before) {
  const LogIndex commit = core.commit();
  if (commit < before.commit)
    violate("commit-regression", {core.self()},
            fmt::format("{} took its commit index back from {} to {}", to_text(core.self()),
                        before.commit.value, commit.value));
  if (commit == before.commit) return;
  if (commit > committed_.last_index())
    violate("ghost-commit", {core.self()},
            fmt::format("{} says that entry {} is committed; by the disks it is {}",
                        to_text(core.self()), commit.value, committed_.last_index().value));
  else if (const auto hash = core.log().hash_at(commit); hash && hash != committed_.hash_at(commit))
    violate("state-machine-safety", {core.self()},
            fmt::format("{} says that its entry {} is committed, and another one is",
                        to_text(core.self()), commit.value));
}

/// State machine safety (figure 3.2), and that each command changes the state once.
void Invariants::check_state(const Core& core, const Seen& before) {
  const LogIndex applied = core.applied();
  if (applied < before.applied)
    violate("applied-regression", {core.self()},
            fmt::format("{} took its applied index back from {} to {}", to_text(core.self()),
                        before.applied.value, applied.value));
  if (applied > core.commit())
    violate("applied-beyond-commit", {core.self()},
            fmt::format("{} applied {} of which {} are committed", to_text(core.self()),
                        applied.value, core.commit().value));
  if (core.snapshot_index() > applied)
    violate("snapshot-beyond-applied", {core.self()},
            fmt::format("{} has a snapshot of what it has not applied", to_text(core.self())));
  if (applied == before.applied || applied.value >= state_hashes_.size()) return;
  if (core.state_hash() != state_hashes_[applied.value])
    violate("state-divergence", {core.self()},
            fmt::format("{} has another state after entry {} than the committed entries give",
                        to_text(core.self()), applied.value));
}

// ---- what disks hold

void Invariants::durable(NodeId node, const core::Append& action) {
  if (auto record = decode_record(action.record))
    store_record(node, disks_[node], *std::move(record));
  else
    violate("encoding", {node}, record.error().what);
}

void Invariants::durable(NodeId node, const core::Checkpoint& action) {
  if (action.snapshot.empty()) {
    disks_[node].log = Log(Configuration{});
    for (const std::string& bytes : action.records) durable(node, core::Append{bytes});
    return;
  }
  const auto contents = decode_snapshot(action.snapshot);
  if (!contents) {
    violate("encoding", {node}, contents.error().what);
    return;
  }
  Disk& disk = disks_[node];
  disk.log = Log(contents->configuration, contents->point);
  for (const std::string& bytes : action.records) durable(node, core::Append{bytes});
}

void Invariants::replaced(NodeId node) {
  disks_.erase(node);
  seen_.erase(node);
  promised_terms_.erase(node);
  acknowledged_.erase(node);
  std::erase_if(votes_, [node](const auto& vote) { return vote.first.first == node; });
  for (auto& [term, reign] : reigns_) reign.durable.erase(node);
}

void Invariants::store_record(NodeId node, Disk& disk, Record&& record) {
  if (const auto* state = std::get_if<HardState>(&record)) {
    disk.term = state->term;
    return;
  }
  auto& [index, entry] = std::get<EntryRecord>(record);
  if (index <= disk.log.base().index || index > disk.log.last_index().next()) {
    violate("log-gap", {node},
            fmt::format("{} stored entry {} after entry {}", to_text(node), index.value,
                        disk.log.last_index().value));
    return;
  }
  disk.log.truncate(index);
  const Term term = entry.term;
  disk.log.append(std::move(entry));
  // An entry of the node's present term can only have come in that term. One of an earlier term
  // counts for nothing: a later leader sent it (section 3.6.2).
  if (term != disk.term) return;
  Reign& reign = reigns_[term];
  LogIndex& reached = reign.durable[node];
  reached = std::max(reached, index);
  advance_ghost(reign, term);
}

/// An entry is committed when it, or a later entry of its leader's own term, is on the disks of a
/// quorum of the configuration that governs.
void Invariants::advance_ghost(Reign& reign, Term term) {
  if (reign.leader == NodeId()) return;
  const auto of = [&reign](NodeId node) {
    const auto found = reign.durable.find(node);
    return found == reign.durable.end() ? LogIndex() : found->second;
  };
  const LogIndex reached = reached_by_quorum<LogIndex>(
      reign.configuration, majority_of(reign.configuration.voters.size()), reign.leader,
      of(reign.leader), of);
  if (reached <= committed_.last_index()) return;
  for (const auto& [node, index] : reign.durable) {
    const Log& log = disks_[node].log;
    if (index < reached || log.base().index > committed_.last_index() || !log.holds(reached))
      continue;
    commit_from(log, reached, term);
    return;
  }
}

void Invariants::commit_from(const Log& log, LogIndex to, Term term) {
  const LogPoint before = committed_.last();
  if (log.hash_at(before.index) != before.hash) {
    violate("committed-entry-lost", {reigns_[term].leader},
            fmt::format("term {} committed entry {} over another committed entry", term.value,
                        to.value));
    return;
  }
  for (LogIndex index = before.index.next(); index <= to; index = index.next()) {
    const Entry& entry = log.at(index);
    committed_.append(entry);
    if (entry.kind == EntryKind::command)
      if (const auto command = kv::decode_command(entry.payload)) replayed_.apply(index, *command);
    state_hashes_.push_back(replayed_.state_hash());
  }
  committed_in_ = std::max(committed_in_, term);
}

// ---- what nodes promise

void Invariants::sent(NodeId node, NodeId to, const Message& message) {
  const auto* request = std::get_if<RequestVote>(&message);
  const auto* reply = std::get_if<VoteReply>(&message);
  const bool only_asks =
      (request != nullptr && request->pre_vote) || (reply != nullptr && reply->pre_vote);
  if (!only_asks) {
    Term& promised = promised_terms_[node];
    promised = std::max(promised, term_of(message));
  }
  if (request != nullptr && !request->pre_vote) vote(node, request->term, node);
  if (reply != nullptr && reply->granted && !reply->pre_vote) vote(node, reply->term, to);
  const auto* appended = std::get_if<AppendReply>(&message);
  // What a later term's leader has taken off the disk since, perhaps by the very sync that put it
  // there, was rightly acknowledged to the leader before.
  if (appended != nullptr && appended->success && appended->term >= disks_[node].term) {
    auto& acknowledged = acknowledged_[node];
    if (acknowledged.first != appended->term) acknowledged = {appended->term, LogIndex()};
    acknowledged.second = std::max(acknowledged.second, appended->index);
    const LogIndex held = disks_[node].log.last_index();
    if (appended->index > held)
      violate("durability", {node},
              fmt::format("{} acknowledged entry {} with {} on its disk", to_text(node),
                          appended->index.value, held.value));
  }
}

/// One vote a term, across restarts (section 3.4).
void Invariants::vote(NodeId voter, Term term, NodeId candidate) {
  const auto [known, fresh] = votes_.emplace(std::pair(voter, term), candidate);
  if (!fresh && known->second != candidate)
    violate("one-vote-per-term", {voter},
            fmt::format("{} voted for {} and for {} in term {}", to_text(voter),
                        to_text(known->second), to_text(candidate), term.value));
}

// ---- what clients see

void Invariants::invoked(RequestId request, bool is_read) {
  asked_[request] = is_read ? std::optional(answered_up_to_) : std::nullopt;
}

void Invariants::answered(RequestId request, const kv::ClientReply& reply) {
  const auto found = asked_.find(request);
  if (found == asked_.end()) {
    violate("reply", {},
            fmt::format("request {} was answered twice or never asked", request.value));
    return;
  }
  const auto must_see = found->second;
  asked_.erase(found);
  if (reply.kind != kv::ReplyKind::ok) return;
  if (must_see && reply.index < *must_see)
    violate("stale-read", {},
            fmt::format("a read saw entries up to {}, though clients had been shown {}",
                        reply.index.value, must_see->value));
  if (reply.index > committed_.last_index())
    violate(
        "uncommitted-answer", {},
        fmt::format("a client was told of entry {}, which is not committed", reply.index.value));
  answered_up_to_ = std::max(answered_up_to_, reply.index);
}

}  // namespace eris::raft
