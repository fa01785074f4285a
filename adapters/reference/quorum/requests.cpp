#include "adapters/reference/quorum/requests.hpp"

#include <utility>

#include "adapters/reference/kv/encodings.hpp"
#include "harness/base/assert.hpp"

namespace eris::quorum {
namespace {

using kv::Reader;
using kv::Writer;

enum class Kind : std::uint8_t { read = 1, write, status, add_server, remove_server };

Level decode_level(Reader& reader) {
  const std::uint8_t level = reader.u8();
  if (level > static_cast<std::uint8_t>(Level::all)) reader.fail();
  return static_cast<Level>(level);
}

HybridTime decode_time(Reader& reader) {
  const HybridTime time = reader.u64();
  if (time > hybrid_time_max) reader.fail();
  return time;
}

struct Encoder {
  Writer& writer;
  void kind(Kind kind) const { writer.u8(static_cast<std::uint8_t>(kind)); }
  void operator()(const ReadRequest& request) const {
    kind(Kind::read);
    encode(writer, request.key);
    writer.u8(static_cast<std::uint8_t>(request.level));
    writer.u64(request.seen);
  }
  void operator()(const WriteRequest& request) const {
    kind(Kind::write);
    encode(writer, request.key);
    encode(writer, request.value);
    writer.boolean(request.deleted);
    encode(writer, request.context);
    writer.u8(static_cast<std::uint8_t>(request.level));
    writer.u64(request.seen);
  }
  void operator()(const StatusRequest&) const { kind(Kind::status); }
  void operator()(const AddServer& request) const {
    kind(Kind::add_server);
    writer.id(request.server);
  }
  void operator()(const RemoveServer& request) const {
    kind(Kind::remove_server);
    writer.id(request.server);
  }
};

ReadRequest decode_read(Reader& reader) {
  ReadRequest request{.key = kv::decode_value(reader)};
  request.level = decode_level(reader);
  request.seen = decode_time(reader);
  return request;
}

WriteRequest decode_write(Reader& reader) {
  WriteRequest request{.key = kv::decode_value(reader)};
  request.value = kv::decode_value(reader);
  request.deleted = reader.boolean();
  request.context = decode_clock(reader);
  request.level = decode_level(reader);
  request.seen = decode_time(reader);
  return request;
}

ClientRequest decode_any(Reader& reader) {
  switch (static_cast<Kind>(reader.u8())) {
    case Kind::read:
      return decode_read(reader);
    case Kind::write:
      return decode_write(reader);
    case Kind::status:
      return StatusRequest{};
    case Kind::add_server:
      return AddServer{reader.id<NodeId>()};
    case Kind::remove_server:
      return RemoveServer{reader.id<NodeId>()};
  }
  reader.fail();
  return StatusRequest{};
}

}  // namespace

bool certainly_not_applied(ReplyKind kind) {
  return kind == ReplyKind::unavailable || kind == ReplyKind::rejected;
}

std::string encode(const ClientRequest& request) {
  Writer writer;
  std::visit(Encoder{writer}, request);
  return std::move(writer).take();
}

base::Result<ClientRequest> decode_request(std::string_view bytes) {
  Reader reader(bytes);
  ClientRequest request = decode_any(reader);
  if (!reader.finished()) return kv::malformed("client request", bytes);
  return request;
}

std::string encode(const ClientReply& reply) {
  Writer writer;
  writer.u8(static_cast<std::uint8_t>(reply.kind));
  writer.u32(static_cast<std::uint32_t>(reply.values.size()));
  for (const Value& value : reply.values) encode(writer, value);
  encode(writer, reply.context);
  encode(writer, reply.stamp);
  writer.text(reply.detail);
  return std::move(writer).take();
}

base::Result<ClientReply> decode_reply(std::string_view bytes) {
  Reader reader(bytes);
  ClientReply reply;
  const std::uint8_t kind = reader.u8();
  if (kind < 1 || kind > static_cast<std::uint8_t>(ReplyKind::unknown)) reader.fail();
  reply.kind = static_cast<ReplyKind>(kind);
  reply.values.resize(reader.count(1));
  for (Value& value : reply.values) value = kv::decode_value(reader);
  reply.context = decode_clock(reader);
  reply.stamp = decode_stamp(reader);
  reply.detail = std::string(reader.text());
  if (!reader.finished()) return kv::malformed("reply", bytes);
  return reply;
}

std::string encode(const NodeStatus& status) {
  Writer writer;
  writer.u64(status.ring);
  kv::encode_nodes(writer, status.members);
  writer.boolean(status.moving);
  kv::encode_nodes(writer, status.reachable);
  writer.boolean(status.serving);
  return std::move(writer).take();
}

base::Result<NodeStatus> decode_status(std::string_view bytes) {
  Reader reader(bytes);
  NodeStatus status{.ring = reader.u64(), .members = kv::decode_nodes(reader)};
  status.moving = reader.boolean();
  status.reachable = kv::decode_nodes(reader);
  status.serving = reader.boolean();
  if (!reader.finished()) return kv::malformed("node status", bytes);
  return status;
}

std::string_view to_text(ReplyKind kind) {
  switch (kind) {
    case ReplyKind::ok:
      return "ok";
    case ReplyKind::unavailable:
      return "unavailable";
    case ReplyKind::rejected:
      return "rejected";
    case ReplyKind::unknown:
      return "unknown";
  }
  ERIS_ASSERT(false, "a reply is of one of these kinds");
}

}  // namespace eris::quorum
