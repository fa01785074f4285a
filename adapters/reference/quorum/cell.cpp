#include "adapters/reference/quorum/cell.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/reference/kv/hash.hpp"
#include "harness/base/text.hpp"

namespace eris::quorum {
namespace {

constexpr std::uint32_t stamp_bytes = 20;

/// The latest that was seen of an actor.
Stamp stamp_of(const VersionVector::value_type& seen) {
  return {seen.second, seen.first.node, seen.first.stay};
}

std::string bytes_of(const Version& version) {
  kv::Writer writer;
  writer.boolean(version.deleted);
  encode(writer, version.value);
  return std::move(writer).take();
}

/// Stamps are never given twice, unless the clocks are broken; even then all replicas must agree.
bool wins(const Version& a, const Version& b) {
  if (a.stamp != b.stamp) return a.stamp > b.stamp;
  return bytes_of(a) > bytes_of(b);
}

bool join_last_write(Cell& local, const Cell& other, const JoinRule& rule) {
  if (other.versions.empty()) return false;
  const Version& theirs = other.versions.back();
  if (local.versions.empty()) {
    local.versions.push_back(theirs);
    return true;
  }
  Version& ours = local.versions.back();
  if (rule.tie_keeps_local && ours.stamp.time == theirs.stamp.time) return false;
  if (!wins(theirs, ours)) return false;
  ours = theirs;
  return true;
}

const Version* find(const Cell& cell, Stamp stamp) {
  const auto found = std::ranges::lower_bound(cell.versions, stamp, {}, &Version::stamp);
  return found != cell.versions.end() && found->stamp == stamp ? &*found : nullptr;
}

/// What is there on both sides stays; what one side has and the other has never seen stays too.
bool join_siblings(Cell& local, const Cell& other, const JoinRule& rule) {
  std::vector<Version> kept;
  for (const Version& ours : local.versions)
    if (find(other, ours.stamp) != nullptr || !has_seen(other.clock, ours.stamp))
      kept.push_back(ours);
  for (const Version& theirs : other.versions)
    if (find(local, theirs.stamp) == nullptr && !has_seen(local.clock, theirs.stamp))
      kept.push_back(theirs);
  std::ranges::sort(kept, {}, &Version::stamp);
  if (rule.siblings_dropped && kept.size() > 1) kept = {kept.back()};
  VersionVector clock = local.clock;
  join(clock, other.clock);
  const bool changed = kept != local.versions || clock != local.clock;
  local.versions = std::move(kept);
  local.clock = std::move(clock);
  return changed;
}

}  // namespace

HybridTime to_hybrid(Duration duration) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  if (milliseconds <= 0) return 0;
  return std::min(static_cast<HybridTime>(milliseconds) << 16, hybrid_time_max);
}

bool join(Cell& local, const Cell& other, const JoinRule& rule) {
  return rule.conflict == Conflict::siblings ? join_siblings(local, other, rule)
                                             : join_last_write(local, other, rule);
}

void join(VersionVector& clock, const VersionVector& other) {
  for (const auto& [actor, time] : other) {
    HybridTime& seen = clock[actor];
    seen = std::max(seen, time);
  }
}

void write(Cell& local, Version version, const VersionVector& context, const JoinRule& rule) {
  if (rule.conflict == Conflict::last_write_wins) {
    join(local, Cell{.versions = {std::move(version)}}, rule);
    return;
  }
  std::erase_if(local.versions, [&](const Version& ours) { return has_seen(context, ours.stamp); });
  join(local.clock, context);
  // The coordinator holds all that it numbered for this key in this stay: its clock may go on.
  HybridTime& seen = local.clock[version.stamp.actor()];
  seen = std::max(seen, version.stamp.time);
  local.versions.push_back(std::move(version));
  std::ranges::sort(local.versions, {}, &Version::stamp);
  if (rule.siblings_dropped && local.versions.size() > 1)
    local.versions = {std::move(local.versions.back())};
}

bool has_seen(const VersionVector& clock, Stamp stamp) {
  const auto found = clock.find(stamp.actor());
  return found != clock.end() && found->second >= stamp.time;
}

bool has_seen(const Cell& cell, Stamp stamp) {
  if (!cell.clock.empty()) return has_seen(cell.clock, stamp);
  return !cell.versions.empty() && cell.versions.back().stamp >= stamp;
}

bool has_seen(const Cell& cell, const Cell& other) {
  if (cell.clock.empty() && other.clock.empty())
    return other.versions.empty() || has_seen(cell, other.versions.back().stamp);
  return std::ranges::all_of(
      other.clock, [&](const auto& seen) { return has_seen(cell.clock, stamp_of(seen)); });
}

bool is_tombstone(const Cell& cell) {
  return !cell.versions.empty() && std::ranges::all_of(cell.versions, &Version::deleted);
}

Stamp latest(const Cell& cell) {
  return cell.versions.empty() ? Stamp{} : cell.versions.back().stamp;
}

std::uint64_t hash(const Cell& cell) {
  std::uint64_t result = 0;
  for (const auto& [actor, time] : cell.clock)
    result = kv::mix(kv::mix(kv::mix(result, actor.node.value), actor.stay), time);
  for (const Version& version : cell.versions) {
    result = kv::mix(kv::mix(result, version.stamp.time), version.stamp.node.value);
    result = kv::mix(result, version.stamp.stay);
    result = kv::mix(result, version.deleted ? 1 : hash(version.value));
  }
  return result;
}

void encode(kv::Writer& writer, Stamp stamp) {
  writer.u64(stamp.time);
  writer.id(stamp.node);
  writer.u64(stamp.stay);
}

Stamp decode_stamp(kv::Reader& reader) {
  Stamp stamp{.time = reader.u64()};
  stamp.node = reader.id<NodeId>();
  stamp.stay = reader.u64();
  if (stamp.time > hybrid_time_max) reader.fail();
  return stamp;
}

void encode(kv::Writer& writer, const VersionVector& clock) {
  writer.u32(static_cast<std::uint32_t>(clock.size()));
  for (const auto& seen : clock) encode(writer, stamp_of(seen));
}

VersionVector decode_clock(kv::Reader& reader) {
  VersionVector clock;
  for (std::uint32_t left = reader.count(stamp_bytes); left > 0; --left) {
    const Stamp stamp = decode_stamp(reader);
    if (!clock.empty() && clock.rbegin()->first >= stamp.actor()) reader.fail();
    clock.emplace_hint(clock.end(), stamp.actor(), stamp.time);
  }
  return clock;
}

void encode(kv::Writer& writer, const Cell& cell) {
  encode(writer, cell.clock);
  writer.u32(static_cast<std::uint32_t>(cell.versions.size()));
  for (const Version& version : cell.versions) {
    encode(writer, version.stamp);
    writer.boolean(version.deleted);
    encode(writer, version.value);
  }
}

Cell decode_cell(kv::Reader& reader) {
  Cell cell{.clock = decode_clock(reader)};
  for (std::uint32_t left = reader.count(stamp_bytes + 2); left > 0; --left) {
    Version version{.stamp = decode_stamp(reader)};
    version.deleted = reader.boolean();
    version.value = kv::decode_value(reader);
    // Ascending, and seen by the clock where there is one.
    if (!cell.versions.empty() && cell.versions.back().stamp >= version.stamp) reader.fail();
    if (!cell.clock.empty() && !has_seen(cell.clock, version.stamp)) reader.fail();
    cell.versions.push_back(std::move(version));
  }
  if (cell.clock.empty() && cell.versions.size() > 1) reader.fail();
  return cell;
}

std::string to_text(Stamp stamp) {
  std::string text =
      fmt::format("{}.{}@{}", stamp.time >> 16, stamp.time & 0xffff, base::to_text(stamp.node));
  if (stamp.stay != 0) text += fmt::format("/{}", stamp.stay);
  return text;
}

std::string to_text(const Cell& cell) {
  if (cell.versions.empty()) return "nothing";
  std::vector<std::string> parts;
  for (const Version& version : cell.versions)
    parts.push_back(fmt::format("{}={}", to_text(version.stamp),
                                version.deleted ? "deleted" : kv::to_text(version.value)));
  return fmt::format("{}", fmt::join(parts, " "));
}

}  // namespace eris::quorum
