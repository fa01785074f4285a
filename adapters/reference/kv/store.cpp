#include "adapters/reference/kv/store.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "adapters/reference/kv/hash.hpp"
#include "harness/base/assert.hpp"

namespace eris::kv {
namespace {

ClientReply ok(Value value = {}) {
  return {.kind = ReplyKind::ok, .value = std::move(value)};
}
ClientReply wrong_type(Value present) {
  return {.kind = ReplyKind::wrong_type, .value = std::move(present)};
}

std::uint64_t hash(const ClientReply& reply) {
  return mix(mix(static_cast<std::uint64_t>(reply.kind), hash(reply.value)), reply.index.value);
}

std::uint64_t entry_hash(const Value& key, std::uint64_t value_hash) {
  return mix(hash(key), value_hash);
}

}  // namespace

Store::Store(StoreOptions options) : options_(options) {
  ERIS_ASSERT(options_.sessions_max > 0, "a store keeps at least one session");
}

ClientReply Store::apply(LogIndex index, const Command& command) {
  ClientReply reply = command.function == Function::open_session ? open_session(index)
                      : command.session == SessionId()           ? execute(index, command)
                                                                 : apply_in_session(index, command);
  return reply;
}

ClientReply Store::read(const Value& key, LogIndex applied) const {
  const auto found = entries_.find(key);
  ClientReply reply = ok(found == entries_.end() ? Value() : found->second.value);
  reply.index = applied;
  return reply;
}

ClientReply Store::open_session(LogIndex index) {
  const SessionId id(index.value);
  if (sessions_.size() >= options_.sessions_max) expire_oldest();
  ClientReply reply = ok(Value(static_cast<std::int64_t>(index.value)));
  reply.index = index;
  const auto [opened, is_new] = sessions_.try_emplace(id);
  if (is_new) sessions_by_use_.emplace(opened->second.used, id);
  touch(id, opened->second, index);
  hash_anew(id, opened->second);
  return reply;
}

ClientReply Store::apply_in_session(LogIndex index, const Command& command) {
  const auto found = sessions_.find(command.session);
  if (found == sessions_.end()) return {.kind = ReplyKind::session_expired, .index = index};
  Session& session = found->second;
  if (options_.deduplicate && command.sequence == session.sequence) return session.reply;
  if (options_.deduplicate && command.sequence < session.sequence)
    return {.kind = ReplyKind::unknown,
            .index = index,
            .detail = "the session has gone on to later commands"};
  ClientReply reply = execute(index, command);
  session.sequence = command.sequence;
  session.reply = reply;
  touch(found->first, session, index);
  hash_anew(found->first, session);
  return reply;
}

void Store::touch(SessionId id, Session& session, LogIndex index) {
  auto place = sessions_by_use_.extract({session.used, id});
  ERIS_ASSERT(!place.empty(), "every session stands in the order of use");
  session.used = index;
  place.value() = {index, id};
  sessions_by_use_.insert(sessions_by_use_.end(), std::move(place));
}

void Store::hash_anew(SessionId id, Session& session) {
  sessions_hash_ ^= session.hash;
  session.hash = mix(mix(mix(id.value, session.sequence), hash(session.reply)), session.used.value);
  sessions_hash_ ^= session.hash;
}

void Store::expire_oldest() {
  const auto oldest = sessions_by_use_.begin();
  const auto found = sessions_.find(oldest->second);
  ERIS_ASSERT(found != sessions_.end(), "every session stands in the order of use");
  sessions_hash_ ^= found->second.hash;
  sessions_.erase(found);
  sessions_by_use_.erase(oldest);
}

ClientReply Store::execute(LogIndex index, const Command& command) {
  ClientReply reply;
  switch (command.function) {
    case Function::read:
      reply = read(command.key, index);
      break;
    case Function::write:
      put(command.key, command.argument);
      break;
    case Function::cas:
      reply = execute_cas(command);
      break;
    case Function::append:
      reply = execute_append(command);
      break;
    case Function::erase:
      remove(command.key);
      break;
    case Function::increment:
      reply = execute_increment(command);
      break;
    case Function::open_session:
      ERIS_ASSERT(false, "opening a session is not done within one");
  }
  reply.index = index;
  return reply;
}

ClientReply Store::execute_cas(const Command& command) {
  const auto found = entries_.find(command.key);
  const Value present = found == entries_.end() ? Value() : found->second.value;
  if (present != command.expected) return {.kind = ReplyKind::cas_mismatch, .value = present};
  put(command.key, command.argument);
  return ok();
}

ClientReply Store::execute_append(const Command& command) {
  const auto found = entries_.find(command.key);
  if (found == entries_.end()) {
    put(command.key, Value(Value::List{command.argument}));
    return ok();
  }
  Slot& slot = found->second;
  Value::List* list = slot.value.list();
  if (list == nullptr) return wrong_type(slot.value);
  contents_hash_ ^= entry_hash(command.key, slot.value_hash);
  slot.value_hash = extend_list_hash(slot.value_hash, command.argument);
  list->push_back(command.argument);
  contents_hash_ ^= entry_hash(command.key, slot.value_hash);
  return ok();
}

ClientReply Store::execute_increment(const Command& command) {
  const auto found = entries_.find(command.key);
  const Value present = found == entries_.end() ? Value(std::int64_t{0}) : found->second.value;
  const std::int64_t* delta = command.argument.integer();
  if (present.integer() == nullptr || delta == nullptr) return wrong_type(present);
  std::int64_t sum = 0;
  if (__builtin_add_overflow(*present.integer(), *delta, &sum)) return wrong_type(present);
  put(command.key, Value(sum));
  return ok(Value(sum));
}

void Store::put(const Value& key, Value value) {
  const std::uint64_t value_hash = kv::hash(value);
  put_hashed(key, std::move(value), value_hash);
}

void Store::put_hashed(const Value& key, Value value, std::uint64_t value_hash) {
  auto [slot, inserted] = entries_.try_emplace(key);
  if (!inserted) contents_hash_ ^= entry_hash(key, slot->second.value_hash);
  slot->second = {std::move(value), value_hash};
  contents_hash_ ^= entry_hash(key, value_hash);
}

void Store::remove(const Value& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  contents_hash_ ^= entry_hash(key, found->second.value_hash);
  entries_.erase(found);
}

std::string Store::snapshot() const {
  std::vector<std::pair<std::string, const Slot*>> entries;
  entries.reserve(entries_.size());
  for (const auto& [key, slot] : entries_) {
    Writer encoded_key;
    encode(encoded_key, key);
    entries.emplace_back(std::move(encoded_key).take(), &slot);
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });

  Writer writer;
  writer.u32(static_cast<std::uint32_t>(entries.size()));
  for (const auto& [key, slot] : entries) {
    writer.raw(key);
    encode(writer, slot->value);
  }
  writer.u32(static_cast<std::uint32_t>(sessions_by_use_.size()));
  for (const auto& [used, id] : sessions_by_use_) {
    const Session& session = sessions_.at(id);
    writer.id(id);
    writer.id(used);
    writer.u64(options_.sessions_in_snapshot ? session.sequence : 0);
    encode(writer, options_.sessions_in_snapshot ? session.reply : ClientReply{});
  }
  return std::move(writer).take();
}

base::Result<void> Store::restore(std::string_view snapshot) {
  Store restored(options_);
  Reader reader(snapshot);
  const std::uint32_t entry_count = reader.count(2);
  for (std::uint32_t i = 0; i < entry_count && reader.ok(); ++i) {
    const Value key = decode_value(reader);
    restored.put(key, decode_value(reader));
  }
  const std::uint32_t session_count = reader.count(3 * sizeof(std::uint64_t));
  for (std::uint32_t i = 0; i < session_count && reader.ok(); ++i) {
    const SessionId id = reader.id<SessionId>();
    Session session;
    session.used = reader.id<LogIndex>();
    session.sequence = reader.u64();
    session.reply = decode_reply(reader);
    restored.hash_anew(id, session);
    restored.sessions_by_use_.emplace(session.used, id);
    restored.sessions_.emplace(id, std::move(session));
  }
  if (!reader.finished() || restored.entries_.size() != entry_count ||
      restored.sessions_by_use_.size() != session_count ||
      restored.sessions_.size() != session_count)
    return base::usage_error(
        fmt::format("malformed snapshot of the store, {} bytes", snapshot.size()));
  *this = std::move(restored);
  return {};
}

}  // namespace eris::kv
