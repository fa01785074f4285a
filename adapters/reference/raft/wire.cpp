// The encoding of messages.hpp: one byte for the kind, then the fields in order of declaration.
#include <utility>

#include <fmt/format.h>

#include "adapters/reference/kv/encodings.hpp"
#include "adapters/reference/raft/messages.hpp"

namespace eris::raft {
namespace {

using kv::Reader;
using kv::Writer;

void write(Writer& writer, const RequestVote& m) {
  writer.id(m.term);
  writer.boolean(m.pre_vote);
  writer.boolean(m.transfer);
  writer.id(m.last_index);
  writer.id(m.last_term);
}
void read(Reader& reader, RequestVote& m) {
  m.term = reader.id<Term>();
  m.pre_vote = reader.boolean();
  m.transfer = reader.boolean();
  m.last_index = reader.id<LogIndex>();
  m.last_term = reader.id<Term>();
}

void write(Writer& writer, const VoteReply& m) {
  writer.id(m.term);
  writer.boolean(m.pre_vote);
  writer.boolean(m.granted);
}
void read(Reader& reader, VoteReply& m) {
  m.term = reader.id<Term>();
  m.pre_vote = reader.boolean();
  m.granted = reader.boolean();
}

void write(Writer& writer, const AppendEntries& m) {
  writer.id(m.term);
  writer.id(m.previous_index);
  writer.id(m.previous_term);
  writer.id(m.commit);
  writer.u32(static_cast<std::uint32_t>(m.entries.size()));
  for (const Entry& entry : m.entries) encode(writer, entry);
}
void read(Reader& reader, AppendEntries& m) {
  m.term = reader.id<Term>();
  m.previous_index = reader.id<LogIndex>();
  m.previous_term = reader.id<Term>();
  m.commit = reader.id<LogIndex>();
  m.entries.resize(reader.count(entry_bytes_min));
  for (Entry& entry : m.entries) decode_entry(reader, entry);
}

void write(Writer& writer, const AppendReply& m) {
  writer.id(m.term);
  writer.boolean(m.success);
  writer.id(m.index);
  writer.id(m.hint_index);
  writer.id(m.hint_term);
}
void read(Reader& reader, AppendReply& m) {
  m.term = reader.id<Term>();
  m.success = reader.boolean();
  m.index = reader.id<LogIndex>();
  m.hint_index = reader.id<LogIndex>();
  m.hint_term = reader.id<Term>();
}

void write(Writer& writer, const Heartbeat& m) {
  writer.id(m.term);
  writer.id(m.commit);
  writer.u64(m.round);
}
void read(Reader& reader, Heartbeat& m) {
  m.term = reader.id<Term>();
  m.commit = reader.id<LogIndex>();
  m.round = reader.u64();
}

void write(Writer& writer, const HeartbeatReply& m) {
  writer.id(m.term);
  writer.u64(m.round);
}
void read(Reader& reader, HeartbeatReply& m) {
  m.term = reader.id<Term>();
  m.round = reader.u64();
}

void write(Writer& writer, const InstallSnapshot& m) {
  writer.id(m.term);
  writer.id(m.last_index);
  writer.id(m.last_term);
  writer.u64(m.offset);
  writer.u64(m.total_bytes);
  writer.text(m.data);
}
void read(Reader& reader, InstallSnapshot& m) {
  m.term = reader.id<Term>();
  m.last_index = reader.id<LogIndex>();
  m.last_term = reader.id<Term>();
  m.offset = reader.u64();
  m.total_bytes = reader.u64();
  m.data = reader.text();
}

void write(Writer& writer, const SnapshotReply& m) {
  writer.id(m.term);
  writer.id(m.last_index);
  writer.u64(m.received_bytes);
  writer.boolean(m.installed);
}
void read(Reader& reader, SnapshotReply& m) {
  m.term = reader.id<Term>();
  m.last_index = reader.id<LogIndex>();
  m.received_bytes = reader.u64();
  m.installed = reader.boolean();
}

void write(Writer& writer, const TimeoutNow& m) {
  writer.id(m.term);
}
void read(Reader& reader, TimeoutNow& m) {
  m.term = reader.id<Term>();
}

struct Describe {
  std::string operator()(const RequestVote& m) const {
    return fmt::format("{} term {} last {}@{}{}", m.pre_vote ? "PreVote" : "RequestVote",
                       m.term.value, m.last_index.value, m.last_term.value,
                       m.transfer ? " transfer" : "");
  }
  std::string operator()(const VoteReply& m) const {
    return fmt::format("{} term {} {}", m.pre_vote ? "PreVoteReply" : "VoteReply", m.term.value,
                       m.granted ? "granted" : "denied");
  }
  std::string operator()(const AppendEntries& m) const {
    return fmt::format("AppendEntries term {} after {}@{} commit {} entries {}", m.term.value,
                       m.previous_index.value, m.previous_term.value, m.commit.value,
                       m.entries.size());
  }
  std::string operator()(const AppendReply& m) const {
    if (m.success) return fmt::format("AppendReply term {} match {}", m.term.value, m.index.value);
    return fmt::format("AppendReply term {} refused {} hint {}@{}", m.term.value, m.index.value,
                       m.hint_index.value, m.hint_term.value);
  }
  std::string operator()(const Heartbeat& m) const {
    return fmt::format("Heartbeat term {} commit {} round {}", m.term.value, m.commit.value,
                       m.round);
  }
  std::string operator()(const HeartbeatReply& m) const {
    return fmt::format("HeartbeatReply term {} round {}", m.term.value, m.round);
  }
  std::string operator()(const InstallSnapshot& m) const {
    return fmt::format("InstallSnapshot term {} last {}@{} offset {} bytes {} of {}", m.term.value,
                       m.last_index.value, m.last_term.value, m.offset, m.data.size(),
                       m.total_bytes);
  }
  std::string operator()(const SnapshotReply& m) const {
    return fmt::format("SnapshotReply term {} last {} received {}{}", m.term.value,
                       m.last_index.value, m.received_bytes, m.installed ? " installed" : "");
  }
  std::string operator()(const TimeoutNow& m) const {
    return fmt::format("TimeoutNow term {}", m.term.value);
  }
};

}  // namespace

std::string encode(const Message& message) {
  Writer writer;
  kv::encode_alternative(writer, message, [](Writer& w, const auto& m) { write(w, m); });
  return std::move(writer).take();
}

base::Result<Message> decode_message(std::string_view bytes) {
  Reader reader(bytes);
  base::Result<Message> message;
  kv::decode_alternative(reader, *message, [](Reader& r, auto& m) { read(r, m); });
  if (!reader.finished()) return kv::malformed("Raft message", bytes);
  return message;
}

Term term_of(const Message& message) {
  return std::visit([](const auto& m) { return m.term; }, message);
}

std::string to_text(const Message& message) {
  return std::visit(Describe{}, message);
}

}  // namespace eris::raft
