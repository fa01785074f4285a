#include "adapters/reference/quorum/invariants.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "adapters/reference/kv/hash.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::quorum {
namespace {

std::string key_text(const StoredKey& place) {
  kv::Reader reader(place.bytes);
  return kv::to_text(kv::decode_value(reader));
}

std::uint64_t version_hash(const Version& version) {
  return kv::mix(version.deleted ? 1 : 2, hash(version.value));
}

}  // namespace

Invariants::Invariants(Config common) : config_(std::move(common)) {
  config_.bugs = {};
}

void Invariants::violate(const char* invariant, std::string what, std::vector<NodeId> nodes) {
  std::ranges::sort(nodes);
  violations_.push_back({invariant, std::move(what), std::move(nodes)});
}

bool Invariants::violated(const std::string& invariant) const {
  return std::ranges::any_of(violations_,
                             [&](const Violation& seen) { return seen.invariant == invariant; });
}

// ---- rings

/// A ring that was not durable yet may be gone after a crash: nobody has heard of it.
void Invariants::started(const Core& core) {
  const RingState& ring = core.ring().state();
  const Disk& disk = disks_[core.self()];
  if (ring.version < disk.ring.version)
    violate("ring-goes-back",
            fmt::format("{} came back with ring {}, and had stored ring {}",
                        base::to_text(core.self()), ring.version, disk.ring.version),
            {core.self()});
  if (ring.version == 1) learn(ring);
  ring_seen_[core.self()] = ring.version;
}

void Invariants::stepped(const Core& core) {
  std::uint64_t& seen = ring_seen_[core.self()];
  if (core.ring().version() < seen)
    violate("ring-goes-back",
            fmt::format("{} went from ring {} to ring {}", base::to_text(core.self()), seen,
                        core.ring().version()),
            {core.self()});
  seen = core.ring().version();
}

void Invariants::learn(const RingState& ring) {
  if (ring.version == 0) return;
  const auto [known, is_new] =
      rings_.try_emplace(ring.version, ring, config_.virtual_nodes, config_.replication);
  if (!is_new && known->second.state() != ring)
    violate("two-rings", fmt::format("there are two rings with version {}", ring.version));
}

// ---- disks

void Invariants::durable(NodeId node, const core::Append& action) {
  const auto record = decode_record(action.record);
  ERIS_ASSERT(record.has_value(), "a core's records can be decoded");
  store(node, *record);
}

void Invariants::durable(NodeId node, const core::Checkpoint& action) {
  const auto records = decode_snapshot(action.snapshot);
  ERIS_ASSERT(records.has_value(), "a core's snapshots can be decoded");
  const Disk before = std::exchange(disks_[node], {});
  Disk& after = disks_[node];
  for (const Record& record : *records) {
    // What stood there before is no news: not even with a node that has left, and holds what the
    // others have forgotten since.
    const auto* cell = std::get_if<CellRecord>(&record);
    const auto held =
        cell != nullptr ? before.cells.find(stored_key(cell->key)) : before.cells.end();
    if (held != before.cells.end() && held->second == cell->cell)
      after.cells.insert(*held);
    else
      store(node, record);
  }
  for (const auto& [place, cell] : before.cells)
    if (!after.cells.contains(place) || !has_seen(after.cells.at(place), cell))
      violate("checkpoint-loses",
              fmt::format("{} lost key {} at a checkpoint", base::to_text(node), key_text(place)),
              {node});
}

void Invariants::store(NodeId node, const Record& record) {
  Disk& disk = disks_[node];
  if (const auto* cell = std::get_if<CellRecord>(&record)) {
    store_cell(node, stored_key(cell->key), cell->cell);
  } else if (const auto* hint = std::get_if<HintRecord>(&record)) {
    const StoredKey place = stored_key(hint->key);
    check_versions(node, place, hint->cell);
    disk.hints.insert_or_assign({hint->target, place}, hint->cell);
  } else if (const auto* dropped = std::get_if<DropRecord>(&record)) {
    const auto held = disk.cells.extract(stored_key(dropped->key));
    if (held.empty()) return;
    if (dropped->why == Dropped::collected) check_collected(node, held.key(), held.mapped());
    if (dropped->why == Dropped::moved) check_moved(node, held.key(), held.mapped());
  } else if (const auto* handed = std::get_if<HintDropRecord>(&record)) {
    const auto held = disk.hints.extract({handed->target, stored_key(handed->key)});
    if (!held.empty()) check_hint_dropped(node, handed->target, held.key().second, held.mapped());
  } else if (const auto* ring = std::get_if<RingRecord>(&record)) {
    disk.ring = ring->ring;
    learn(ring->ring);
  }
}

void Invariants::store_cell(NodeId node, const StoredKey& place, const Cell& cell) {
  Disk& disk = disks_[node];
  check_versions(node, place, cell);
  const auto [held, is_new] = disk.cells.try_emplace(place, cell);
  if (!is_new) {
    check_progress(node, place, held->second, cell);
    held->second = cell;
    return;
  }
  const Cell& collected = keys_[place].collected;
  const bool returns = std::ranges::any_of(cell.versions, [&](const Version& version) {
    return !version.deleted && has_seen(collected, version.stamp);
  });
  if (returns)
    violate("deleted-key-returns",
            fmt::format("{} stores {} for key {}, whose deletion everybody has forgotten",
                        base::to_text(node), to_text(cell), key_text(place)),
            {node});
}

/// A replica only gains knowledge; a sibling goes when a writer has seen it.
void Invariants::check_progress(NodeId node, const StoredKey& place, const Cell& before,
                                const Cell& after) {
  if (!has_seen(after, before)) {
    violate("replica-goes-back",
            fmt::format("{} replaced {} by the older {} for key {}", base::to_text(node),
                        to_text(before), to_text(after), key_text(place)),
            {node});
    return;
  }
  if (config_.conflict != Conflict::siblings) return;
  const VersionVector& replaced = keys_[place].replaced;
  for (const Version& version : before.versions) {
    const bool kept =
        std::ranges::find(after.versions, version.stamp, &Version::stamp) != after.versions.end();
    if (kept || has_seen(replaced, version.stamp) || forgotten(place, version.stamp)) continue;
    violate("sibling-lost",
            fmt::format("{} dropped version {} of key {}, which no writer had seen",
                        base::to_text(node), to_text(version.stamp), key_text(place)),
            {node});
  }
}

/// A stamp names one version; what failed is never stored.
void Invariants::check_versions(NodeId node, const StoredKey& place, const Cell& cell) {
  Key& key = keys_[place];
  for (const Version& version : cell.versions) {
    const std::uint64_t what = version_hash(version);
    if (const auto [known, is_new] = key.versions.try_emplace(version.stamp, what);
        !is_new && known->second != what) {
      violate("stamp-given-twice",
              fmt::format("{} names two different versions of key {}", to_text(version.stamp),
                          key_text(place)),
              {node, version.stamp.node});
      known->second = what;
    }
    if (key.failed.contains(version.stamp))
      violate("failed-write-stored",
              fmt::format("{} stores {} of key {}, whose writer was told that it failed",
                          base::to_text(node), to_text(version.stamp), key_text(place)),
              {node});
  }
}

bool Invariants::holds(NodeId node, const StoredKey& place, const Cell& cell) const {
  const auto disk = disks_.find(node);
  if (disk == disks_.end()) return false;
  const auto held = disk->second.cells.find(place);
  return held != disk->second.cells.end() && has_seen(held->second, cell);
}

bool Invariants::holds(NodeId node, const StoredKey& place, Stamp stamp) const {
  const auto disk = disks_.find(node);
  if (disk == disks_.end()) return false;
  const auto held = disk->second.cells.find(place);
  return held != disk->second.cells.end() && has_seen(held->second, stamp);
}

bool Invariants::forgotten(const StoredKey& place, Stamp stamp) const {
  const auto key = keys_.find(place);
  return key != keys_.end() && has_seen(key->second.collected, stamp);
}

/// In one of the rings there have been.
bool Invariants::all_owners_hold(const StoredKey& place, const Cell& cell) const {
  return std::ranges::any_of(rings_, [&](const auto& ring) {
    const auto groups = ring.second.groups(place.position);
    return !groups.empty() && std::ranges::all_of(groups.back(), [&](NodeId owner) {
      return holds(owner, place, cell);
    });
  });
}

void Invariants::check_hint_dropped(NodeId node, NodeId target, const StoredKey& place,
                                    const Cell& hint) {
  if (holds(target, place, hint) || forgotten(place, latest(hint))) return;
  // Where the target has left, an owner takes it.
  const auto& newest = rings_.rbegin()->second.state();
  const bool target_left = !std::ranges::binary_search(newest.members, target);
  const bool moved_on = rings_.size() > 1 && std::ranges::any_of(disks_, [&](const auto& disk) {
                          return holds(disk.first, place, hint);
                        });
  if ((target_left || rings_.size() > 1) && moved_on) return;
  violate("hint-forgotten",
          fmt::format("{} dropped its hint of key {} for {}, which does not have it",
                      base::to_text(node), key_text(place), base::to_text(target)),
          {node, target});
}

/// Everybody has it, or has forgotten it in the same way, and nobody has anything older.
void Invariants::check_collected(NodeId node, const StoredKey& place, const Cell& tombstone) {
  ++collected_tombstones_;
  Key& key = keys_[place];
  const bool began = has_seen(key.collected, latest(tombstone));
  const Ring& ring = rings_.rbegin()->second;
  for (const NodeId member : ring.state().everyone()) {
    const Disk& disk = disks_[member];
    const auto held = disk.cells.find(place);
    const bool owns = ring.owns(member, place.position);
    bool older = held != disk.cells.end() && !has_seen(held->second, tombstone);
    if (member != node && owns && held == disk.cells.end() && !began) older = true;
    for (const NodeId target : ring.state().everyone()) {
      const auto hint = disk.hints.find({target, place});
      if (hint != disk.hints.end() && !has_seen(hint->second, tombstone)) older = true;
    }
    if (!older) continue;
    violate("tombstone-collected-early",
            fmt::format("{} forgot that key {} was deleted, which {} does not know",
                        base::to_text(node), key_text(place), base::to_text(member)),
            {node, member});
    return;
  }
  join(key.collected, tombstone, {.conflict = config_.conflict});
}

void Invariants::check_moved(NodeId node, const StoredKey& place, const Cell& cell) {
  if (forgotten(place, latest(cell)) || all_owners_hold(place, cell)) return;
  violate("range-dropped",
          fmt::format("{} gave up key {}, which its owners do not have", base::to_text(node),
                      key_text(place)),
          {node});
}

// ---- clients

void Invariants::invoked(RequestId request, const ClientRequest& what) {
  if (const auto* read = std::get_if<ReadRequest>(&what)) {
    const StoredKey place = stored_key(read->key);
    const Key& key = keys_[place];
    asked_[request] = {.key = place,
                       .level = read->level,
                       .seen = read->seen,
                       .floor = std::max(key.acknowledged, key.shown)};
  } else if (const auto* write = std::get_if<WriteRequest>(&what)) {
    const StoredKey place = stored_key(write->key);
    Key& key = keys_[place];
    join(key.replaced, write->context);
    asked_[request] = {.key = place,
                       .is_write = true,
                       .level = write->level,
                       .seen = write->seen,
                       .floor = std::max(key.acknowledged, key.shown)};
  }
}

void Invariants::answered(RequestId request, const ClientReply& reply) {
  const auto found = asked_.extract(request);
  if (found.empty()) return;
  const Asked& asked = found.mapped();
  if (asked.is_write && certainly_not_applied(reply.kind) && reply.stamp != Stamp{}) {
    Key& key = keys_[asked.key];
    key.failed.insert(reply.stamp);
    if (key.versions.contains(reply.stamp))
      violate("failed-write-stored",
              fmt::format("{} of key {} is stored, and its writer was told that it failed",
                          to_text(reply.stamp), key_text(asked.key)));
  }
  if (reply.kind != ReplyKind::ok) return;
  if (asked.is_write)
    check_write(asked, reply);
  else
    check_read(asked, reply);
}

void Invariants::check_write(const Asked& asked, const ClientReply& reply) {
  ++acknowledged_writes_;
  const Stamp stamp = reply.stamp;
  if (!enough_hold(asked, stamp))
    violate("acknowledged-too-early",
            fmt::format("write {} of key {} was acknowledged, and too few replicas have stored it",
                        to_text(stamp), key_text(asked.key)),
            {stamp.node});
  if (stamp.time <= asked.seen)
    violate("stamp-behind-context",
            fmt::format("write {} of key {} is stamped before what its client had seen",
                        to_text(stamp), key_text(asked.key)),
            {stamp.node});
  if (config_.mode == Mode::abd && stamp <= asked.floor)
    violate("stamp-behind-acknowledged",
            fmt::format("write {} of key {} comes before {}, which was acknowledged before it "
                        "began",
                        to_text(stamp), key_text(asked.key), to_text(asked.floor)),
            {stamp.node});
  Key& key = keys_[asked.key];
  key.acknowledged = std::max(key.acknowledged, stamp);
}

void Invariants::check_read(const Asked& asked, const ClientReply& reply) {
  if (!quorums_meet(config_)) return;
  if (config_.mode == Mode::dynamo && asked.level != Level::usual) return;
  if (reply.stamp < asked.floor && !forgotten(asked.key, asked.floor))
    violate("read-misses-version",
            fmt::format("a read of key {} was answered with {}, though {} had been acknowledged "
                        "or read before it began",
                        key_text(asked.key), to_text(reply.stamp), to_text(asked.floor)));
  Key& key = keys_[asked.key];
  key.shown = std::max(key.shown, reply.stamp);
}

/// On the disks of as many owners as the level asks for, in one of the rings there have been; where
/// quorums are sloppy, hints count.
bool Invariants::enough_hold(const Asked& asked, Stamp stamp) const {
  if (forgotten(asked.key, stamp)) return true;
  Level level = asked.level == Level::usual ? config_.write_level : asked.level;
  if (config_.mode == Mode::abd) level = Level::quorum;
  std::size_t hints = 0;
  if (config_.mode == Mode::dynamo && config_.sloppy)
    for (const auto& [node, disk] : disks_)
      for (const NodeId target : rings_.rbegin()->second.state().everyone()) {
        const auto hint = disk.hints.find({target, asked.key});
        if (hint == disk.hints.end() || !has_seen(hint->second, stamp)) continue;
        ++hints;
        break;
      }
  return std::ranges::any_of(std::views::reverse(rings_), [&](const auto& ring) {
    const auto groups = ring.second.groups(asked.key.position);
    return !groups.empty() && std::ranges::all_of(groups, [&](const auto& owners) {
      const auto have = static_cast<std::size_t>(std::ranges::count_if(
          owners, [&](NodeId owner) { return holds(owner, asked.key, stamp); }));
      return have + hints >= count_of(level, owners.size());
    });
  });
}

void Invariants::quiet(const std::vector<const Core*>& running) {
  for (const Core* core : running) {
    // Whoever has left the ring keeps what it had, and nobody asks for it.
    if (!std::ranges::binary_search(core->ring().state().members, core->self())) continue;
    if (core->hint_count() > 0)
      violate("hints-left",
              fmt::format("{} still keeps {}", base::to_text(core->self()),
                          base::count_of(core->hint_count(), "hint")),
              {core->self()});
    for (const auto& [key, cell] : core->cells()) {
      const StoredKey place = stored_key(key);
      for (const Core* other : running) {
        if (!core->ring().owns(other->self(), place.position)) continue;
        const Cell* held = other->cell(key);
        if (held != nullptr && *held == cell) continue;
        violate("replicas-differ",
                fmt::format("{} holds {} for key {}, {} holds {}", base::to_text(core->self()),
                            to_text(cell), kv::to_text(key), base::to_text(other->self()),
                            held == nullptr ? "nothing" : to_text(*held)),
                {core->self(), other->self()});
        return;
      }
    }
  }
}

}  // namespace eris::quorum
