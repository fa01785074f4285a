// The encoding of messages.hpp: one byte for the kind, then the fields in order of declaration.
#include <utility>

#include <fmt/format.h>

#include "adapters/reference/kv/encodings.hpp"
#include "adapters/reference/paxos/messages.hpp"

namespace eris::paxos {
namespace {

using kv::Reader;
using kv::Writer;

/// The least that an encoded AcceptedDecree takes: a ballot and a decree.
constexpr std::size_t accepted_bytes_min = 12 + decree_bytes_min;

void write(Writer& writer, const Prepare& m) {
  encode(writer, m.ballot);
  writer.id(m.from);
  writer.boolean(m.joins);
}
void read(Reader& reader, Prepare& m) {
  m.ballot = decode_ballot(reader);
  m.from = reader.id<Slot>();
  m.joins = reader.boolean();
}

void write(Writer& writer, const Promise& m) {
  encode(writer, m.ballot);
  writer.id(m.from);
  writer.id(m.chosen);
  writer.u32(static_cast<std::uint32_t>(m.accepted.size()));
  for (const auto& [slot, accepted] : m.accepted) {
    writer.id(slot);
    encode(writer, accepted);
  }
}
void read(Reader& reader, Promise& m) {
  m.ballot = decode_ballot(reader);
  m.from = reader.id<Slot>();
  m.chosen = reader.id<Slot>();
  m.accepted.resize(reader.count(sizeof(Slot::value) + accepted_bytes_min));
  Slot last;
  for (auto& [slot, accepted] : m.accepted) {
    slot = reader.id<Slot>();
    accepted = decode_accepted(reader);
    if (slot <= last) reader.fail();
    last = slot;
  }
}

void write(Writer& writer, const Accept& m) {
  encode(writer, m.ballot);
  writer.id(m.chosen);
  writer.id(m.first);
  writer.u32(static_cast<std::uint32_t>(m.decrees.size()));
  for (const Decree& decree : m.decrees) encode(writer, decree);
}
void read(Reader& reader, Accept& m) {
  m.ballot = decode_ballot(reader);
  m.chosen = reader.id<Slot>();
  m.first = reader.id<Slot>();
  m.decrees.resize(reader.count(decree_bytes_min));
  for (Decree& decree : m.decrees) decree = decode_decree(reader);
}

void write(Writer& writer, const Accepted& m) {
  encode(writer, m.ballot);
  writer.id(m.first);
  writer.id(m.last);
}
void read(Reader& reader, Accepted& m) {
  m.ballot = decode_ballot(reader);
  m.first = reader.id<Slot>();
  m.last = reader.id<Slot>();
}

void write(Writer& writer, const Refused& m) {
  encode(writer, m.ballot);
  encode(writer, m.promised);
}
void read(Reader& reader, Refused& m) {
  m.ballot = decode_ballot(reader);
  m.promised = decode_ballot(reader);
}

void write(Writer& writer, const Heartbeat& m) {
  encode(writer, m.ballot);
  writer.id(m.chosen);
  writer.u64(m.round);
}
void read(Reader& reader, Heartbeat& m) {
  m.ballot = decode_ballot(reader);
  m.chosen = reader.id<Slot>();
  m.round = reader.u64();
}

void write(Writer& writer, const HeartbeatReply& m) {
  encode(writer, m.ballot);
  writer.u64(m.round);
  writer.id(m.recorded);
}
void read(Reader& reader, HeartbeatReply& m) {
  m.ballot = decode_ballot(reader);
  m.round = reader.u64();
  m.recorded = reader.id<Slot>();
}

void write(Writer& writer, const LearnRequest& m) {
  writer.id(m.from);
  writer.id(m.snapshot);
  writer.u64(m.received_bytes);
}
void read(Reader& reader, LearnRequest& m) {
  m.from = reader.id<Slot>();
  m.snapshot = reader.id<Slot>();
  m.received_bytes = reader.u64();
}

void write(Writer& writer, const Learn& m) {
  writer.id(m.first);
  writer.u32(static_cast<std::uint32_t>(m.decrees.size()));
  for (const AcceptedDecree& accepted : m.decrees) encode(writer, accepted);
}
void read(Reader& reader, Learn& m) {
  m.first = reader.id<Slot>();
  m.decrees.resize(reader.count(accepted_bytes_min));
  for (AcceptedDecree& accepted : m.decrees) accepted = decode_accepted(reader);
}

void write(Writer& writer, const SnapshotChunk& m) {
  writer.id(m.slot);
  writer.u64(m.offset);
  writer.u64(m.total_bytes);
  writer.text(m.data);
}
void read(Reader& reader, SnapshotChunk& m) {
  m.slot = reader.id<Slot>();
  m.offset = reader.u64();
  m.total_bytes = reader.u64();
  m.data = std::string(reader.text());
}

std::string run_text(Slot first, Slot last) {
  if (last < first) return "no slot";
  if (first == last) return fmt::format("slot {}", first.value);
  return fmt::format("slots {}..{}", first.value, last.value);
}

struct Describe {
  std::string operator()(const Prepare& m) const {
    return fmt::format("Prepare {} from {}{}", to_text(m.ballot), m.from.value,
                       m.joins ? " joins" : "");
  }
  std::string operator()(const Promise& m) const {
    std::string text = fmt::format("Promise {} from {} chosen {}", to_text(m.ballot), m.from.value,
                                   m.chosen.value);
    for (const auto& [slot, accepted] : m.accepted)
      text +=
          fmt::format(", {} {}@{}", slot.value, to_text(accepted.decree), to_text(accepted.ballot));
    return text;
  }
  std::string operator()(const Accept& m) const {
    std::string text =
        fmt::format("Accept {} {} chosen {}", to_text(m.ballot),
                    run_text(m.first, Slot(m.first.value + m.decrees.size() - 1)), m.chosen.value);
    if (m.decrees.size() == 1) text += ": " + to_text(m.decrees.front());
    return text;
  }
  std::string operator()(const Accepted& m) const {
    return fmt::format("Accepted {} {}", to_text(m.ballot), run_text(m.first, m.last));
  }
  std::string operator()(const Refused& m) const {
    return fmt::format("Refused {} for {}", to_text(m.ballot), to_text(m.promised));
  }
  std::string operator()(const Heartbeat& m) const {
    return fmt::format("Heartbeat {} chosen {} round {}", to_text(m.ballot), m.chosen.value,
                       m.round);
  }
  std::string operator()(const HeartbeatReply& m) const {
    std::string text = fmt::format("HeartbeatReply {} round {}", to_text(m.ballot), m.round);
    if (m.recorded != Slot()) text += fmt::format(" recorded {}", m.recorded.value);
    return text;
  }
  std::string operator()(const LearnRequest& m) const {
    std::string text = fmt::format("LearnRequest from {}", m.from.value);
    if (m.received_bytes > 0)
      text += fmt::format(" snapshot {} received {}", m.snapshot.value, m.received_bytes);
    return text;
  }
  std::string operator()(const Learn& m) const {
    return fmt::format("Learn {}", run_text(m.first, Slot(m.first.value + m.decrees.size() - 1)));
  }
  std::string operator()(const SnapshotChunk& m) const {
    return fmt::format("SnapshotChunk slot {} offset {} bytes {} of {}", m.slot.value, m.offset,
                       m.data.size(), m.total_bytes);
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
  if (!reader.finished()) return kv::malformed("Paxos message", bytes);
  return message;
}

std::string to_text(const Message& message) {
  return std::visit(Describe{}, message);
}

}  // namespace eris::paxos
