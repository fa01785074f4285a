#include "adapters/reference/quorum/testing/promises.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "adapters/reference/quorum/testing/linear_register.hpp"
#include "harness/base/assert.hpp"

namespace eris::quorum {
namespace {

std::int64_t number(const Value& value) {
  const std::int64_t* number = value.integer();
  ERIS_ASSERT(number != nullptr && *number > 0, "tests write numbers above 0");
  return *number;
}

bool shows(const ClientReply& reply, const Value& value) {
  return std::ranges::find(reply.values, value) != reply.values.end();
}

std::string what_was_read(const ClientReply& reply) {
  std::string text;
  for (const Value& value : reply.values) text += kv::to_text(value) + " ";
  return fmt::format("a read was answered with {}(stamp {})", text, to_text(reply.stamp));
}

}  // namespace

void Promises::breaks(std::string what) {
  if (!broken_) broken_ = std::move(what);
}

std::size_t Promises::count(Level level, Level usual) const {
  if (config_.mode == Mode::abd) level = Level::quorum;
  return count_of(level == Level::usual ? usual : level, config_.replication);
}

// ---- what is asked and answered

void Promises::asked(core::RequestId id, const ClientRequest& request) {
  if (const auto* read = std::get_if<ReadRequest>(&request)) {
    key_of_[id] = kv::to_text(read->key);
    keys_[key_of_[id]].reads[id] = {.begin = ++moment_, .level = read->level};
  } else if (const auto* write = std::get_if<WriteRequest>(&request)) {
    key_of_[id] = kv::to_text(write->key);
    keys_[key_of_[id]].writes[id] = {.request = *write, .begin = ++moment_};
  }
}

void Promises::answered(core::RequestId id, const ClientReply& reply) {
  Key& key = keys_.at(key_of_.at(id));
  if (const auto found = key.writes.find(id); found != key.writes.end()) {
    Write& write = found->second;
    write.end = ++moment_;
    write.outcome = reply.kind;
    write.stamp = reply.stamp;
    if (write.acknowledged() && write.stamp.time <= write.request.seen)
      breaks(
          fmt::format("write {} is stamped before what its client had seen", to_text(write.stamp)));
    for (const auto& [other, read] : key.reads)
      if (read.end) check_values(key, read.reply);
    return;
  }
  Read& read = key.reads.at(id);
  if (reply.kind != ReplyKind::ok) return;
  read.end = ++moment_;
  read.reply = reply;
  check_values(key, reply);
  const std::vector<Stamp> floor = must_be_seen(key, read);
  if (config_.conflict == Conflict::siblings)
    check_siblings(key, reply, floor);
  else
    check_latest(key, reply, floor.empty() ? Stamp{} : std::ranges::max(floor));
}

// ---- what is promised

/// Whatever is read was written, and did not fail; a stamp names one write.
void Promises::check_values(const Key& key, const ClientReply& reply) {
  if (config_.conflict == Conflict::last_write_wins && reply.values.size() > 1)
    breaks(what_was_read(reply) + ", though the last write wins");
  for (const Value& value : reply.values) {
    const auto written = std::ranges::find_if(key.writes, [&](const auto& write) {
      return !write.second.request.deleted && write.second.request.value == value;
    });
    if (written == key.writes.end())
      breaks(what_was_read(reply) + ", which nobody wrote");
    else if (written->second.failed())
      breaks(what_was_read(reply) + ", and that write had failed");
    else if (config_.conflict == Conflict::last_write_wins && written->second.acknowledged() &&
             written->second.stamp != reply.stamp)
      breaks(fmt::format("{}, and that write was acknowledged with stamp {}", what_was_read(reply),
                         to_text(written->second.stamp)));
  }
}

/// The stamps of what is at so many replicas of the key that the read must meet one of them: writes
/// that were acknowledged, and what earlier reads have shown, which they write back.
std::vector<Stamp> Promises::must_be_seen(const Key& key, const Read& read) const {
  std::vector<Stamp> seen;
  if (config_.mode == Mode::dynamo && config_.sloppy) return seen;
  const std::size_t asked = count(read.level, config_.read_level);
  for (const auto& [id, write] : key.writes) {
    const std::size_t stored = count(write.request.level, config_.write_level);
    if (write.acknowledged() && *write.end < read.begin && asked + stored > config_.replication)
      seen.push_back(write.stamp);
  }
  if (!quorums_meet(config_)) return seen;
  const std::size_t written_back =
      config_.replication - count(Level::usual, config_.read_level) + 1;
  for (const auto& [id, earlier] : key.reads)
    if (earlier.end && *earlier.end < read.begin && asked + written_back > config_.replication)
      seen.push_back(earlier.reply.stamp);
  return seen;
}

/// A deletion that everybody knows of is forgotten, with all that it replaced.
bool Promises::may_be_forgotten(const Key& key, Stamp stamp) const {
  return std::ranges::any_of(key.writes, [&](const auto& entry) {
    const Write& write = entry.second;
    if (!write.request.deleted || write.failed()) return false;
    if (config_.conflict == Conflict::siblings)
      return write.stamp == stamp || has_seen(write.request.context, stamp);
    return write.stamp == Stamp{} || write.stamp >= stamp;
  });
}

void Promises::check_latest(const Key& key, const ClientReply& reply, Stamp floor) {
  if (reply.stamp >= floor) return;
  if (reply.stamp == Stamp{} && may_be_forgotten(key, floor)) return;
  breaks(fmt::format("{} and does not see stamp {}", what_was_read(reply), to_text(floor)));
}

void Promises::check_siblings(const Key& key, const ClientReply& reply,
                              const std::vector<Stamp>& floor) {
  for (const Stamp& stamp : floor)
    if (!has_seen(reply.context, stamp) && !may_be_forgotten(key, stamp))
      breaks(fmt::format("{} and does not see stamp {}", what_was_read(reply), to_text(stamp)));
  for (const auto& [id, write] : key.writes) {
    if (!write.acknowledged() || write.request.deleted) continue;
    if (!has_seen(reply.context, write.stamp) || shows(reply, write.request.value)) continue;
    const bool replaced = std::ranges::any_of(key.writes, [&](const auto& other) {
      return !other.second.failed() && has_seen(other.second.request.context, write.stamp);
    });
    if (!replaced)
      breaks(fmt::format("{} and element {} is lost: nobody has replaced it", what_was_read(reply),
                         kv::to_text(write.request.value)));
  }
}

void Promises::at_rest(const Value& name, const std::vector<ClientReply>& replies) {
  Key& key = keys_[kv::to_text(name)];
  std::vector<Stamp> acknowledged;
  for (const auto& [id, write] : key.writes)
    if (write.acknowledged()) acknowledged.push_back(write.stamp);
  for (const ClientReply& reply : replies) {
    if (reply.kind != ReplyKind::ok) {
      breaks(
          fmt::format("a node does not serve at rest: {} {}", to_text(reply.kind), reply.detail));
      return;
    }
    check_values(key, reply);
    if (config_.conflict == Conflict::siblings)
      check_siblings(key, reply, acknowledged);
    else
      check_latest(key, reply, acknowledged.empty() ? Stamp{} : std::ranges::max(acknowledged));
    if (reply.values != replies.front().values)
      breaks(fmt::format("at rest {}, and elsewhere {}", what_was_read(replies.front()),
                         what_was_read(reply)));
  }
}

bool Promises::linearizable(const Key& key) const {
  std::vector<RegisterOperation> history;
  for (const auto& [id, write] : key.writes) {
    if (write.failed()) continue;
    const std::int64_t value = write.request.deleted ? 0 : number(write.request.value);
    const bool ended = write.acknowledged();
    history.push_back({true, value, write.begin, ended ? *write.end : RegisterOperation::never});
  }
  for (const auto& [id, read] : key.reads) {
    if (!read.end) continue;
    const auto& values = read.reply.values;
    history.push_back({false, values.empty() ? 0 : number(values.front()), read.begin, *read.end});
  }
  return is_linearizable(history);
}

std::optional<std::string> Promises::broken() const {
  if (broken_ || config_.mode != Mode::abd) return broken_;
  for (const auto& [name, key] : keys_)
    if (!linearizable(key)) return fmt::format("key {} is no linearizable register", name);
  return std::nullopt;
}

}  // namespace eris::quorum
