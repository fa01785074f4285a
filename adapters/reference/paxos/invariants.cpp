#include "adapters/reference/paxos/invariants.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "adapters/reference/paxos/quorum.hpp"
#include "harness/base/text.hpp"

namespace eris::paxos {

using base::to_text;

Invariants::Invariants(Agreed agreed)
    : alpha_(agreed.alpha),
      configurations_(std::move(agreed.members), agreed.alpha),
      replayed_(agreed.store) {
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
  const Ballot given = promises_given_[core.self()];
  if (core.promised() < given)
    violate("promise-regression", {core.self()},
            fmt::format("{} came back with promise {} after it had promised {}",
                        to_text(core.self()), to_text(core.promised()), to_text(given)));
  check_acknowledged(core);
  Seen& seen = seen_[core.self()];
  seen = {.incarnation = seen.incarnation + 1, .promised = core.promised()};
  stepped(core);
}

/// What was accepted stays accepted, or makes room for a higher ballot, until it is chosen.
void Invariants::check_acknowledged(const Core& core) {
  for (const auto& [slot, ballot] : accepts_given_[core.self()]) {
    const Log::Entry* entry = core.log().find(slot);
    if (slot <= core.chosen() || (entry != nullptr && entry->ballot >= ballot)) continue;
    violate("accepted-lost", {core.self()},
            fmt::format("{} came back without slot {}, which it had accepted in {}",
                        to_text(core.self()), slot.value, to_text(ballot)));
    return;
  }
}

void Invariants::stepped(const Core& core) {
  Seen& seen = seen_[core.self()];
  if (core.promised() < seen.promised)
    violate("promise-regression", {core.self()},
            fmt::format("{} took its promise back from {} to {}", to_text(core.self()),
                        to_text(seen.promised), to_text(core.promised())));
  if (core.role() == Role::leader) {
    own_ballot(core.self(), core.ballot());
    led_.insert(core.ballot());
  }
  check_chosen(core, seen);
  check_executed(core, seen);
  seen.promised = core.promised();
  seen.chosen = core.chosen();
  seen.executed = core.executed();
}

/// Learned == chosen: what a node takes for chosen is so, by the disks of a quorum.
void Invariants::check_chosen(const Core& core, const Seen& before) {
  if (core.chosen() < before.chosen)
    violate("chosen-regression", {core.self()},
            fmt::format("{} took back what it knew to be chosen from {} to {}",
                        to_text(core.self()), before.chosen.value, core.chosen().value));
  for (Slot slot = std::max(before.chosen, core.log().base()).next(); slot <= core.chosen();
       slot = slot.next()) {
    const auto chosen = chosen_.find(slot);
    const Log::Entry* entry = core.log().find(slot);
    if (chosen == chosen_.end())
      violate("false-chosen", {core.self()},
              fmt::format("{} takes slot {} for chosen; by the disks it is not",
                          to_text(core.self()), slot.value));
    else if (entry == nullptr)
      violate("contiguity", {core.self()},
              fmt::format("{} takes slot {} for chosen and holds nothing there",
                          to_text(core.self()), slot.value));
    else if (hash(entry->decree) != chosen->second.first)
      violate("learned-is-chosen", {core.self()},
              fmt::format("{} takes another decree for chosen in slot {}", to_text(core.self()),
                          slot.value));
    else
      continue;
    return;
  }
}

/// Execution is contiguous, never ahead of what is chosen, and gives the same state everywhere.
void Invariants::check_executed(const Core& core, const Seen& before) {
  const Slot executed = core.executed();
  if (executed < before.executed)
    violate("execution-regression", {core.self()},
            fmt::format("{} went back from slot {} to {}", to_text(core.self()),
                        before.executed.value, executed.value));
  if (executed > core.chosen() || core.snapshot_slot() > executed)
    violate("execution-order", {core.self()},
            fmt::format("{} has executed {}, knows {} to be chosen and has a snapshot of {}",
                        to_text(core.self()), executed.value, core.chosen().value,
                        core.snapshot_slot().value));
  if (executed == before.executed || executed.value >= state_hashes_.size()) return;
  if (core.state_hash() != state_hashes_[executed.value])
    violate("state-divergence", {core.self()},
            fmt::format("{} has another state after slot {} than the chosen decrees give",
                        to_text(core.self()), executed.value));
}

// ---- what disks hold

void Invariants::durable(NodeId node, const core::Append& action) {
  if (const auto record = decode_record(action.record))
    store_record(node, disks_[node], *record);
  else
    violate("encoding", {node}, record.error().what);
}

/// Nothing new is accepted by a checkpoint; what was stays, but for what the snapshot covers.
void Invariants::durable(NodeId node, const core::Checkpoint& action) {
  const auto contents = decode_snapshot(action.snapshot);
  if (!contents) {
    violate("encoding", {node}, contents.error().what);
    return;
  }
  Disk disk{.promised = {}, .snapshot = contents->slot, .accepted = {}};
  for (const std::string& bytes : action.records) {
    const auto record = decode_record(bytes);
    if (!record) {
      violate("encoding", {node}, record.error().what);
    } else if (const auto* promised = std::get_if<PromisedRecord>(&*record)) {
      disk.promised = std::max(disk.promised, promised->ballot);
    } else if (const auto* accepted = std::get_if<AcceptedRecord>(&*record)) {
      disk.promised = std::max(disk.promised, accepted->accepted.ballot);
      disk.accepted[accepted->slot] = {accepted->accepted.ballot, hash(accepted->accepted.decree)};
    } else if (const auto* learned = std::get_if<LearnedRecord>(&*record)) {
      disk.accepted[learned->slot] = {learned->learned.ballot, hash(learned->learned.decree)};
    }
  }
  auto& given = accepts_given_[node];
  given.erase(given.begin(), given.upper_bound(contents->slot));
  disks_[node] = std::move(disk);
}

/// What it said before the loss binds it no more: it may not speak of those slots again, and what
/// it accepted there was accepted. A ballot that it began and never led in carries no value, and
/// may be begun again. One that it led in may not: whoever lets it join has a quorum in a higher
/// one, which it then promises.
void Invariants::replaced(NodeId node) {
  disks_.erase(node);
  promises_given_.erase(node);
  accepts_given_.erase(node);
  std::erase_if(owners_, [&](const auto& entry) {
    const bool is_void = entry.first.proposer == node && !led_.contains(entry.first);
    if (is_void) reports_[entry.first].erase(node);
    return is_void;
  });
}

void Invariants::store_record(NodeId node, Disk& disk, const Record& record) {
  if (const auto* promised = std::get_if<PromisedRecord>(&record)) {
    disk.promised = std::max(disk.promised, promised->ballot);
    if (promised->ballot.proposer == node) own_report(node, promised->ballot, disk);
  } else if (const auto* accepted = std::get_if<AcceptedRecord>(&record)) {
    const auto& [ballot, decree] = accepted->accepted;
    if (ballot < disk.promised)
      violate(
          "accepted-below-promise", {node},
          fmt::format("{} accepted slot {} in {} with the promise {} on its disk", to_text(node),
                      accepted->slot.value, to_text(ballot), to_text(disk.promised)));
    disk.promised = std::max(disk.promised, ballot);
    Proposal& proposed = proposal(accepted->slot, ballot, decree);
    disk.accepted[accepted->slot] = {ballot, hash(decree)};
    auto& by = proposed.accepted_by;
    if (std::find(by.begin(), by.end(), node) == by.end()) by.push_back(node);
    count(accepted->slot, proposed);
  } else if (const auto* learned = std::get_if<LearnedRecord>(&record)) {
    disk.accepted[learned->slot] = {learned->learned.ballot, hash(learned->learned.decree)};
    check_learned(node, *learned);
  }
}

void Invariants::check_learned(NodeId node, const LearnedRecord& record) {
  const auto chosen = chosen_.find(record.slot);
  if (chosen == chosen_.end() || chosen->second.first != hash(record.learned.decree))
    violate("learned-is-chosen", {node},
            fmt::format("{} learned a decree for slot {} that is not chosen there", to_text(node),
                        record.slot.value));
}

/// One decree a slot and ballot.
Invariants::Proposal& Invariants::proposal(Slot slot, Ballot ballot, const Decree& decree) {
  const auto [known, fresh] = proposals_.try_emplace(std::pair(slot, ballot));
  if (fresh)
    known->second = {.hash = hash(decree), .decree = decree, .accepted_by = {}};
  else if (known->second.hash != hash(decree))
    violate(
        "one-decree-per-ballot", {},
        fmt::format("two decrees were proposed for slot {} in {}", slot.value, to_text(ballot)));
  return known->second;
}

/// Chosen: accepted in one ballot by a quorum of those who govern the slot. Who they are is known
/// only when the slot enters the window.
void Invariants::count(Slot slot, Proposal& proposal) {
  if (slot.value > prefix_.value + alpha_) return;
  const Configuration& configuration = configurations_.governing(slot).second;
  const auto& by = proposal.accepted_by;
  const std::size_t accepted = count_members(configuration, [&](NodeId member) {
    return std::find(by.begin(), by.end(), member) != by.end();
  });
  if (accepted >= majority_of(configuration.members.size())) choose(slot, proposal);
}

/// Chosen once and for all.
void Invariants::choose(Slot slot, Proposal& proposal) {
  const auto [known, fresh] = chosen_.try_emplace(slot, proposal.hash, Decree{});
  if (!fresh) {
    if (known->second.first != proposal.hash)
      violate("two-values-chosen", {}, fmt::format("slot {} has two chosen decrees", slot.value));
    return;
  }
  known->second.second = std::exchange(proposal.decree, {});
  advance();
}

void Invariants::advance() {
  for (auto next = chosen_.find(prefix_.next()); next != chosen_.end();
       next = chosen_.find(prefix_.next())) {
    prefix_ = next->first;
    const Decree decree = std::exchange(next->second.second, {});
    if (decree.kind == DecreeKind::configuration)
      configurations_.add(prefix_, configuration_in(decree));
    if (decree.kind == DecreeKind::command)
      if (const auto command = kv::decode_command(decree.payload))
        replayed_.apply(prefix_, *command);
    state_hashes_.push_back(replayed_.state_hash());
    const Slot entering(prefix_.value + alpha_);
    for (auto it = proposals_.lower_bound({entering, Ballot()});
         it != proposals_.end() && it->first.first == entering; ++it)
      count(entering, it->second);
  }
}

// ---- what nodes say

void Invariants::sent(NodeId node, NodeId, const Message& message) {
  std::visit([&](const auto& m) { sent_by(node, m); }, message);
}

/// A ballot belongs to one proposer, and to one life of it.
void Invariants::own_ballot(NodeId node, Ballot ballot) {
  auto& owners = owners_[ballot];
  if (!owners.insert({node, seen_[node].incarnation}).second || owners.size() == 1) return;
  const auto other =
      std::find_if(owners.begin(), owners.end(), [&](const Owner& o) { return o.node != node; });
  violate("ballot-uniqueness",
          other == owners.end() ? std::vector{node} : std::vector{other->node, node},
          other == owners.end() ? fmt::format("{} uses ballot {} again after a restart",
                                              to_text(node), to_text(ballot))
                                : fmt::format("{} and {} both use ballot {}", to_text(other->node),
                                              to_text(node), to_text(ballot)));
}

/// A promise survives a crash from the moment when it is spoken.
void Invariants::promised(NodeId node, Ballot ballot) {
  Ballot& given = promises_given_[node];
  given = std::max(given, ballot);
  const Ballot held = disks_[node].promised;
  if (held < ballot)
    violate("durability", {node},
            fmt::format("{} promised {} with {} on its disk", to_text(node), to_text(ballot),
                        to_text(held)));
}

/// A proposer's ballot is its own promise too, and what is on its disk then is its report.
void Invariants::own_report(NodeId node, Ballot ballot, const Disk& disk) {
  reports_[ballot].try_emplace(node, Report{Slot(1), disk.snapshot, disk.accepted});
}

void Invariants::sent_by(NodeId node, const Prepare& message) {
  own_ballot(node, message.ballot);
  promised(node, message.ballot);
  own_report(node, message.ballot, disks_[node]);
}

void Invariants::sent_by(NodeId node, const Promise& message) {
  promised(node, message.ballot);
  const auto [report, fresh] = reports_[message.ballot].try_emplace(node);
  // Asked again by a server that lost its disk, it reports more slots than before.
  if (!fresh && message.from >= report->second.from) return;
  report->second = {message.from, message.chosen, {}};
  for (const auto& [slot, accepted] : message.accepted)
    report->second.accepted.emplace(slot, Held{accepted.ballot, hash(accepted.decree)});
}

void Invariants::sent_by(NodeId node, const Accept& message) {
  Slot slot = message.first;
  for (const Decree& decree : message.decrees) {
    Proposal& proposed = proposal(slot, message.ballot, decree);
    if (!std::exchange(proposed.proposed, true))
      check_proposed(node, slot, message.ballot, proposed.hash);
    slot = slot.next();
  }
}

/// The rule of phase 2 (P2c): some quorum has promised, and reported nothing in this slot or, with
/// its highest ballot, this decree. Sorted by ballot, the i-th report is the highest of a quorum
/// when enough others stand below it.
void Invariants::check_proposed(NodeId node, Slot slot, Ballot ballot, std::uint64_t hash) {
  if (slot.value > prefix_.value + alpha_) {
    violate("window", {node},
            fmt::format("{} proposes in slot {} with {} chosen", to_text(node), slot.value,
                        prefix_.value));
    return;
  }
  std::vector<std::pair<Ballot, std::uint64_t>> reported;
  const Configuration& configuration = configurations_.governing(slot).second;
  for (const auto& [promiser, report] : reports_[ballot]) {
    if (!configuration.contains(promiser) || report.from > slot) continue;
    if (report.chosen >= slot) {
      const auto chosen = chosen_.find(slot);
      const Ballot above_all{std::numeric_limits<std::uint64_t>::max(), {}};
      reported.emplace_back(above_all, chosen == chosen_.end() ? 0 : chosen->second.first);
      continue;
    }
    const auto held = report.accepted.find(slot);
    reported.emplace_back(held == report.accepted.end() ? Ballot() : held->second.ballot,
                          held == report.accepted.end() ? hash : held->second.hash);
  }
  std::sort(reported.begin(), reported.end());
  const std::size_t quorum = majority_of(configuration.members.size());
  if (reported.size() < quorum)
    violate("phase-2-rule", {node},
            fmt::format("{} proposes in slot {} in {} without the promises of a quorum",
                        to_text(node), slot.value, to_text(ballot)));
  else if (std::none_of(reported.begin() + static_cast<std::ptrdiff_t>(quorum - 1), reported.end(),
                        [&](const auto& report) { return report.second == hash; }))
    violate(
        "phase-2-rule", {node},
        fmt::format("{} proposes in slot {} in {} another decree than the one reported with the "
                    "highest ballot",
                    to_text(node), slot.value, to_text(ballot)));
}

/// What is acknowledged is on disk, and was not promised away before.
void Invariants::sent_by(NodeId node, const Accepted& message) {
  const Disk& disk = disks_[node];
  if (message.ballot < promises_given_[node])
    violate("accepted-below-promise", {node},
            fmt::format("{} accepted in {} after it had promised {}", to_text(node),
                        to_text(message.ballot), to_text(promises_given_[node])));
  for (Slot slot = message.first; slot <= message.last; slot = slot.next()) {
    if (slot <= disk.snapshot) continue;
    Ballot& given = accepts_given_[node][slot];
    given = std::max(given, message.ballot);
    const auto held = disk.accepted.find(slot);
    if (held != disk.accepted.end() && held->second.ballot >= message.ballot) continue;
    violate("durability", {node},
            fmt::format("{} acknowledged slot {} in {}, which is not on its disk", to_text(node),
                        slot.value, to_text(message.ballot)));
    return;
  }
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
            fmt::format("a read saw slots up to {}, though clients had been shown {}",
                        reply.index.value, must_see->value));
  if (reply.index > prefix_)
    violate("unchosen-answer", {},
            fmt::format("a client was told of slot {}, which is not chosen", reply.index.value));
  answered_up_to_ = std::max(answered_up_to_, reply.index);
}

}  // namespace eris::paxos
