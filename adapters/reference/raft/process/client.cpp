#include "adapters/reference/raft/process/client.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "adapters/reference/raft/process/values.hpp"
#include "harness/base/assert.hpp"

namespace eris::raft {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Between tries that a node refused at once, so that an election is not drowned in questions.
constexpr auto pause = 10ms;
/// How much of an operation's time one try may take before another node is asked.
constexpr int tries_per_timeout = 3;

model::Outcome failed(const EndingRule& rule, model::Value result = {}) {
  return {
      .status = model::Status::fail, .result = std::move(result), .error = std::string(rule.error)};
}

}  // namespace

Client::Client(std::vector<ClientNode> nodes, std::size_t first) : current_(first) {
  ERIS_ASSERT(first < nodes.size(), "a client starts at one of its nodes");
  for (ClientNode& node : nodes) {
    ids_.push_back(node.id);
    connections_.emplace_back(std::move(node.endpoint));
  }
}

model::Outcome Client::invoke(const model::Op& op, base::Duration timeout) {
  const Deadline deadline = Clock::now() + timeout;
  std::optional<kv::Command> command = to_command(op);
  if (!command) return failed(rule_for(Ending::unsendable));
  const bool is_read = command->function == kv::Function::read;
  if (!is_read) {
    // A failure to open a session leaves the operation itself unsent.
    if (const auto ending = open_session(deadline)) return failed(rule_for(*ending));
    command->session = *session_;
    command->sequence = ++sequence_;
  }
  const Result result = ask(*command, deadline);
  if (result.reply && result.reply->kind == kv::ReplyKind::ok)
    return {.status = model::Status::ok, .result = to_model(result.reply->value), .error = {}};
  const EndingRule& rule = rule_for(result.ending);
  if (result.ending == Ending::session_expired) session_.reset();
  // A read changes nothing, so that one without an answer may count as never made.
  if (is_read || rule.settles || !result.uncertain)
    return failed(rule, result.reply ? to_model(result.reply->value) : model::Value());
  return {.status = model::Status::info, .result = {}, .error = std::string(rule.error)};
}

std::optional<Ending> Client::open_session(Deadline deadline) {
  if (session_) return std::nullopt;
  const Result result = ask({.function = kv::Function::open_session}, deadline);
  if (!result.reply || result.reply->kind != kv::ReplyKind::ok) return result.ending;
  const std::int64_t* id = result.reply->value.integer();
  if (id == nullptr) return Ending::malformed;
  session_ = kv::SessionId(static_cast<std::uint64_t>(*id));
  sequence_ = 0;
  return std::nullopt;
}

Client::Result Client::ask(const kv::Command& command, Deadline deadline) {
  const std::string request = kv::encode(kv::ClientRequest(command));
  const auto try_time = (deadline - Clock::now()) / tries_per_timeout;
  Result result;
  silent_.reset();
  do {
    auto reply = try_once(request, std::min(deadline, Clock::now() + try_time));
    if (reply && reply->kind == kv::ReplyKind::ok) {
      result.reply = *std::move(reply);
      return result;
    }
    result.ending = reply ? ending_of(reply->kind) : reply.error();
    const EndingRule& rule = rule_for(result.ending);
    if (!rule.definite) result.uncertain = true;
    if (!rule.retry) {
      if (reply) result.reply = *std::move(reply);
      return result;
    }
    move_on(result.ending, reply ? reply->leader : base::NodeId(), deadline);
  } while (Clock::now() < deadline);
  return result;
}

std::expected<kv::ClientReply, Ending> Client::try_once(std::string_view request,
                                                        Deadline deadline) {
  const auto answer = connections_[current_].exchange(request, deadline);
  if (!answer) return std::unexpected(answer.error());
  auto reply = kv::decode_reply(*answer);
  if (!reply) return std::unexpected(Ending::malformed);
  return *std::move(reply);
}

/// Chooses the node for the next try: the leader that this one named, or simply the next one.
void Client::move_on(Ending ending, base::NodeId leader_hint, Deadline deadline) {
  if (ending == Ending::timed_out || ending == Ending::connect_timed_out) silent_ = current_;
  const std::optional<std::size_t> leader = place_of(leader_hint);
  if (leader && leader != current_ && leader != silent_) {
    current_ = *leader;
    return;
  }
  if (ending != Ending::rejected) current_ = (current_ + 1) % connections_.size();
  std::this_thread::sleep_until(std::min<Deadline>(deadline, Clock::now() + pause));
}

std::optional<std::size_t> Client::place_of(base::NodeId node) const {
  const auto found = std::ranges::find(ids_, node);
  if (found == ids_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - ids_.begin());
}

}  // namespace eris::raft
