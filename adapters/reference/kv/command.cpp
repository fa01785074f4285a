#include "adapters/reference/kv/command.hpp"

#include "adapters/reference/kv/encodings.hpp"
#include "harness/base/assert.hpp"

namespace eris::kv {
namespace {

enum class RequestKind : std::uint8_t {
  command = 1,
  status = 2,
  add_server = 3,
  remove_server = 4,
  transfer_leadership = 5,
};

void encode(Writer& writer, const Command& command) {
  writer.u8(static_cast<std::uint8_t>(command.function));
  writer.id(command.session);
  writer.u64(command.sequence);
  encode(writer, command.key);
  encode(writer, command.argument);
  encode(writer, command.expected);
}

void decode_command(Reader& reader, Command& command) {
  const std::uint8_t function = reader.u8();
  if (function < 1 || function > static_cast<std::uint8_t>(Function::open_session)) reader.fail();
  command.function = static_cast<Function>(function);
  command.session = reader.id<SessionId>();
  command.sequence = reader.u64();
  decode_value(reader, command.key);
  decode_value(reader, command.argument);
  decode_value(reader, command.expected);
}

struct RequestEncoder {
  Writer& writer;

  void kind(RequestKind kind) const { writer.u8(static_cast<std::uint8_t>(kind)); }
  void operator()(const Command& command) const {
    kind(RequestKind::command);
    encode(writer, command);
  }
  void operator()(const StatusRequest&) const { kind(RequestKind::status); }
  void operator()(const AddServer& request) const {
    kind(RequestKind::add_server);
    writer.id(request.server);
  }
  void operator()(const RemoveServer& request) const {
    kind(RequestKind::remove_server);
    writer.id(request.server);
  }
  void operator()(const TransferLeadership& request) const {
    kind(RequestKind::transfer_leadership);
    writer.id(request.to);
  }
};

void decode_request(Reader& reader, ClientRequest& request) {
  switch (static_cast<RequestKind>(reader.u8())) {
    case RequestKind::command:
      return decode_command(reader, request.emplace<Command>());
    case RequestKind::status:
      request = StatusRequest{};
      return;
    case RequestKind::add_server:
      request = AddServer{reader.id<NodeId>()};
      return;
    case RequestKind::remove_server:
      request = RemoveServer{reader.id<NodeId>()};
      return;
    case RequestKind::transfer_leadership:
      request = TransferLeadership{reader.id<NodeId>()};
      return;
  }
  reader.fail();
}

}  // namespace

bool certainly_not_applied(ReplyKind kind) {
  switch (kind) {
    case ReplyKind::cas_mismatch:
    case ReplyKind::wrong_type:
    case ReplyKind::not_leader:
    case ReplyKind::rejected:
      return true;
    case ReplyKind::ok:
    case ReplyKind::unknown:
    case ReplyKind::session_expired:
      return false;
  }
  return false;
}

std::string encode_command(const Command& command) {
  Writer writer;
  encode(writer, command);
  return std::move(writer).take();
}

base::Result<Command> decode_command(std::string_view bytes) {
  Reader reader(bytes);
  base::Result<Command> command;
  decode_command(reader, *command);
  if (!reader.finished()) return malformed("command", bytes);
  return command;
}

std::string encode(const ClientRequest& request) {
  Writer writer;
  std::visit(RequestEncoder{writer}, request);
  return std::move(writer).take();
}

base::Result<ClientRequest> decode_request(std::string_view bytes) {
  Reader reader(bytes);
  base::Result<ClientRequest> request;
  decode_request(reader, *request);
  if (!reader.finished()) return malformed("client request", bytes);
  return request;
}

void encode(Writer& writer, const ClientReply& reply) {
  writer.u8(static_cast<std::uint8_t>(reply.kind));
  encode(writer, reply.value);
  writer.id(reply.leader);
  writer.id(reply.index);
  writer.text(reply.detail);
}

namespace {

void decode_reply(Reader& reader, ClientReply& reply) {
  const std::uint8_t kind = reader.u8();
  if (kind < 1 || kind > static_cast<std::uint8_t>(ReplyKind::session_expired)) reader.fail();
  reply.kind = static_cast<ReplyKind>(kind);
  decode_value(reader, reply.value);
  reply.leader = reader.id<NodeId>();
  reply.index = reader.id<LogIndex>();
  reply.detail = reader.text();
}

}  // namespace

ClientReply decode_reply(Reader& reader) {
  ClientReply reply;
  decode_reply(reader, reply);
  return reply;
}

std::string encode(const ClientReply& reply) {
  Writer writer;
  encode(writer, reply);
  return std::move(writer).take();
}

base::Result<ClientReply> decode_reply(std::string_view bytes) {
  Reader reader(bytes);
  base::Result<ClientReply> reply;
  decode_reply(reader, *reply);
  if (!reader.finished()) return malformed("client reply", bytes);
  return reply;
}

std::string encode(const NodeStatus& status) {
  Writer writer;
  writer.text(status.role);
  writer.id(status.term);
  writer.id(status.leader);
  writer.id(status.commit);
  writer.id(status.applied);
  writer.id(status.last);
  encode_nodes(writer, status.voters);
  encode_nodes(writer, status.learners);
  writer.boolean(status.serving);
  return std::move(writer).take();
}

base::Result<NodeStatus> decode_status(std::string_view bytes) {
  Reader reader(bytes);
  NodeStatus status;
  status.role = std::string(reader.text());
  status.term = reader.id<Term>();
  status.leader = reader.id<NodeId>();
  status.commit = reader.id<LogIndex>();
  status.applied = reader.id<LogIndex>();
  status.last = reader.id<LogIndex>();
  status.voters = decode_nodes(reader);
  status.learners = decode_nodes(reader);
  status.serving = reader.boolean();
  if (!reader.finished()) return malformed("node status", bytes);
  return status;
}

std::string_view to_text(Function function) {
  switch (function) {
    case Function::read:
      return "read";
    case Function::write:
      return "write";
    case Function::cas:
      return "cas";
    case Function::append:
      return "append";
    case Function::erase:
      return "delete";
    case Function::increment:
      return "increment";
    case Function::open_session:
      return "open-session";
  }
  ERIS_ASSERT(false, "a function is one of those listed");
}

std::string_view to_text(ReplyKind kind) {
  switch (kind) {
    case ReplyKind::ok:
      return "ok";
    case ReplyKind::cas_mismatch:
      return "cas-mismatch";
    case ReplyKind::wrong_type:
      return "wrong-type";
    case ReplyKind::not_leader:
      return "not-leader";
    case ReplyKind::rejected:
      return "rejected";
    case ReplyKind::unknown:
      return "unknown";
    case ReplyKind::session_expired:
      return "session-expired";
  }
  ERIS_ASSERT(false, "a reply is of one of the kinds listed");
}

}  // namespace eris::kv
