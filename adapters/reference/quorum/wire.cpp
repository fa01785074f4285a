// The encoding of messages.hpp: ring, clock, one byte for the kind, then the fields in order.
#include <utility>

#include <fmt/format.h>

#include "adapters/reference/kv/encodings.hpp"
#include "adapters/reference/quorum/messages.hpp"
#include "harness/base/text.hpp"

namespace eris::quorum {
namespace {

using kv::Reader;
using kv::Writer;

void write(Writer& writer, const Get& m) {
  writer.u64(m.operation);
  encode(writer, m.key);
}
void read(Reader& reader, Get& m) {
  m.operation = reader.u64();
  m.key = kv::decode_value(reader);
}

void write(Writer& writer, const GetReply& m) {
  writer.u64(m.operation);
  encode(writer, m.cell);
}
void read(Reader& reader, GetReply& m) {
  m.operation = reader.u64();
  m.cell = decode_cell(reader);
}

void write(Writer& writer, const Put& m) {
  writer.u64(m.operation);
  encode(writer, m.key);
  encode(writer, m.cell);
  writer.id(m.hint_for);
  writer.boolean(m.repair);
}
void read(Reader& reader, Put& m) {
  m.operation = reader.u64();
  m.key = kv::decode_value(reader);
  m.cell = decode_cell(reader);
  m.hint_for = reader.id<NodeId>();
  m.repair = reader.boolean();
}

void write(Writer& writer, const PutReply& m) {
  writer.u64(m.operation);
}
void read(Reader& reader, PutReply& m) {
  m.operation = reader.u64();
}

void write(Writer& writer, const Forward& m) {
  writer.u64(m.operation);
  writer.text(m.request);
}
void read(Reader& reader, Forward& m) {
  m.operation = reader.u64();
  m.request = std::string(reader.text());
}

void write(Writer& writer, const ForwardReply& m) {
  writer.u64(m.operation);
  writer.text(m.reply);
}
void read(Reader& reader, ForwardReply& m) {
  m.operation = reader.u64();
  m.reply = std::string(reader.text());
}

void write(Writer&, const Gossip&) {}
void read(Reader&, Gossip&) {}

void write(Writer& writer, const RingUpdate& m) {
  encode(writer, m.ring);
}
void read(Reader& reader, RingUpdate& m) {
  m.ring = decode_ring(reader);
}

void write(Writer&, const Moved&) {}
void read(Reader&, Moved&) {}

void write(Writer& writer, const SyncRoots& m) {
  writer.u32(static_cast<std::uint32_t>(m.roots.size()));
  for (const auto& [range, root] : m.roots) {
    writer.u32(range);
    writer.u64(root);
  }
}
void read(Reader& reader, SyncRoots& m) {
  m.roots.resize(reader.count(12));
  for (auto& [range, root] : m.roots) {
    range = reader.u32();
    root = reader.u64();
  }
}

void write(Writer& writer, const SyncLeaves& m) {
  writer.u32(m.range);
  for (const std::uint64_t leaf : m.leaves) writer.u64(leaf);
}
void read(Reader& reader, SyncLeaves& m) {
  m.range = reader.u32();
  for (std::uint64_t& leaf : m.leaves) leaf = reader.u64();
}

void write(Writer& writer, const SyncCells& m) {
  writer.u32(m.range);
  writer.u32(m.leaves);
  writer.u32(static_cast<std::uint32_t>(m.cells.size()));
  for (const auto& [key, cell] : m.cells) {
    encode(writer, key);
    encode(writer, cell);
  }
}
void read(Reader& reader, SyncCells& m) {
  m.range = reader.u32();
  m.leaves = reader.u32();
  m.cells.resize(reader.count(1 + cell_bytes_min));
  for (auto& [key, cell] : m.cells) {
    key = kv::decode_value(reader);
    cell = decode_cell(reader);
  }
}

void write(Writer& writer, const Confirm& m) {
  encode(writer, m.key);
  encode(writer, m.tombstone);
}
void read(Reader& reader, Confirm& m) {
  m.key = kv::decode_value(reader);
  m.tombstone = decode_cell(reader);
}

void write(Writer& writer, const ConfirmReply& m) {
  encode(writer, m.key);
  encode(writer, m.latest);
  writer.boolean(m.clean);
}
void read(Reader& reader, ConfirmReply& m) {
  m.key = kv::decode_value(reader);
  m.latest = decode_stamp(reader);
  m.clean = reader.boolean();
}

void write(Writer& writer, const Collect& m) {
  encode(writer, m.key);
  encode(writer, m.tombstone);
}
void read(Reader& reader, Collect& m) {
  m.key = kv::decode_value(reader);
  m.tombstone = decode_cell(reader);
}

struct Describe {
  std::string operator()(const Get& m) const { return "Get " + kv::to_text(m.key); }
  std::string operator()(const GetReply& m) const { return "GetReply " + to_text(m.cell); }
  std::string operator()(const Put& m) const {
    return fmt::format(
        "Put {} {}{}{}", kv::to_text(m.key), to_text(m.cell), m.repair ? " repair" : "",
        m.hint_for == NodeId() ? std::string() : " hint for " + base::to_text(m.hint_for));
  }
  std::string operator()(const PutReply&) const { return "PutReply"; }
  std::string operator()(const Forward& m) const {
    return fmt::format("Forward {} bytes", m.request.size());
  }
  std::string operator()(const ForwardReply&) const { return "ForwardReply"; }
  std::string operator()(const Gossip&) const { return "Gossip"; }
  std::string operator()(const RingUpdate& m) const {
    return fmt::format("RingUpdate {}{}", m.ring.version, m.ring.moving() ? " moving" : "");
  }
  std::string operator()(const Moved&) const { return "Moved"; }
  std::string operator()(const SyncRoots& m) const {
    return fmt::format("SyncRoots of {} ranges", m.roots.size());
  }
  std::string operator()(const SyncLeaves& m) const {
    return fmt::format("SyncLeaves of range {}", m.range);
  }
  std::string operator()(const SyncCells& m) const {
    return fmt::format("SyncCells of range {}, {} cells", m.range, m.cells.size());
  }
  std::string operator()(const Confirm& m) const { return "Confirm " + kv::to_text(m.key); }
  std::string operator()(const ConfirmReply& m) const {
    return fmt::format("ConfirmReply {} {}", kv::to_text(m.key), m.clean ? "clean" : "not yet");
  }
  std::string operator()(const Collect& m) const { return "Collect " + kv::to_text(m.key); }
};

}  // namespace

std::string encode(const Message& message) {
  Writer writer;
  writer.u64(message.ring);
  writer.u64(message.clock);
  kv::encode_alternative(writer, message.body, [](Writer& w, const auto& m) { write(w, m); });
  return std::move(writer).take();
}

base::Result<Message> decode_message(std::string_view bytes) {
  Reader reader(bytes);
  Message message{.ring = reader.u64(), .clock = reader.u64()};
  if (message.clock > hybrid_time_max) reader.fail();
  kv::decode_alternative(reader, message.body, [](Reader& r, auto& m) { read(r, m); });
  if (!reader.finished()) return kv::malformed("quorum message", bytes);
  return message;
}

std::string to_text(const Message& message) {
  return std::visit(Describe{}, message.body);
}

}  // namespace eris::quorum
