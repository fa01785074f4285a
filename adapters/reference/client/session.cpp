#include "adapters/reference/client/session.hpp"

#include <algorithm>
#include <utility>

#include "adapters/reference/client/values.hpp"
#include "harness/base/assert.hpp"

namespace eris::client {
namespace {

using adapters::ClientWish;
using adapters::Finish;
using base::Instant;
using namespace std::chrono_literals;

/// Between tries that a node refused at once, so that an election is not drowned in questions.
constexpr base::Duration pause = 10ms;
/// How much of an operation's time one try may take before another node is asked.
constexpr int tries_per_timeout = 3;

Finish failed(const EndingRule& rule, model::Value result = {}) {
  return {{.status = model::Status::fail,
           .result = std::move(result),
           .error = std::string(rule.error)}};
}

}  // namespace

Session::Session(std::vector<base::NodeId> nodes, std::size_t first)
    : nodes_(std::move(nodes)), current_(first) {
  ERIS_ASSERT(first < nodes_.size(), "a client starts at one of its nodes");
}

ClientWish Session::begin(const model::Op& op, Instant now, Instant deadline) {
  std::optional<kv::Command> command = to_command(op);
  if (!command) return failed(rule_for(Ending::unsendable));
  command_ = *std::move(command);
  deadline_ = deadline;
  if (command_.function != kv::Function::read && !session_)
    return put(now, {.function = kv::Function::open_session});
  return do_command(now);
}

ClientWish Session::do_command(Instant now) {
  if (command_.function != kv::Function::read) {
    command_.session = *session_;
    command_.sequence = ++sequence_;
  }
  return put(now, command_);
}

ClientWish Session::put(Instant now, const kv::Command& command) {
  question_ = {.opens_session = command.function == kv::Function::open_session,
               .request = kv::encode(kv::ClientRequest(command)),
               .try_time = (deadline_ - now) / tries_per_timeout};
  return ask_again(now);
}

ClientWish Session::ask_again(Instant now) {
  question_.reply.reset();
  return adapters::Ask{.node = nodes_[current_],
                       .request = question_.request,
                       .until = std::min(deadline_, now + question_.try_time)};
}

ClientWish Session::answered(Instant now, std::string_view answer) {
  auto reply = kv::decode_reply(answer);
  if (!reply) return ended(now, Ending::malformed);
  question_.reply = *std::move(reply);
  if (question_.reply->kind == kv::ReplyKind::ok) return succeeded(now);
  return ended(now, ending_of(question_.reply->kind));
}

ClientWish Session::unanswered(Instant now, adapters::NoAnswer why) {
  return ended(now, ending_of(why));
}

ClientWish Session::woken(Instant now) {
  return now < deadline_ ? ask_again(now) : give_up(last_ending_);
}

ClientWish Session::succeeded(Instant now) {
  if (!question_.opens_session)
    return Finish{
        {.status = model::Status::ok, .result = to_model(question_.reply->value), .error = {}}};
  const std::int64_t* id = question_.reply->value.integer();
  if (id == nullptr) return give_up(Ending::malformed);
  session_ = kv::SessionId(static_cast<std::uint64_t>(*id));
  sequence_ = 0;
  return do_command(now);
}

/// A try ended without success.
ClientWish Session::ended(Instant now, Ending ending) {
  const EndingRule& rule = rule_for(ending);
  last_ending_ = ending;
  if (!rule.definite) question_.uncertain = true;
  if (!rule.retry) return give_up(ending);
  return move_on(now, ending);
}

/// Chooses the node for the next try: the leader that this one named, or simply the next one.
ClientWish Session::move_on(Instant now, Ending ending) {
  if (ending == Ending::timed_out || ending == Ending::connect_timed_out)
    question_.silent = current_;
  const auto leader = place_of(question_.reply ? question_.reply->leader : base::NodeId());
  if (leader && leader != current_ && leader != question_.silent) {
    current_ = *leader;
    return woken(now);
  }
  if (ending != Ending::rejected) current_ = (current_ + 1) % nodes_.size();
  return adapters::Pause{std::min(deadline_, now + pause)};
}

/// No further try: says what is known of the operation.
ClientWish Session::give_up(Ending ending) {
  const EndingRule& rule = rule_for(ending);
  // A failure to open a session leaves the operation itself unsent.
  if (question_.opens_session) return failed(rule);
  if (ending == Ending::session_expired) session_.reset();
  // A read changes nothing, so that one without an answer may count as never made.
  const bool is_read = command_.function == kv::Function::read;
  if (is_read || rule.settles || !question_.uncertain)
    return failed(rule, question_.reply ? to_model(question_.reply->value) : model::Value());
  return Finish{{.status = model::Status::info, .result = {}, .error = std::string(rule.error)}};
}

/// A leader that joined after this client was made is one node more to talk to.
std::optional<std::size_t> Session::place_of(base::NodeId node) {
  if (node == base::NodeId()) return std::nullopt;
  const auto place = static_cast<std::size_t>(std::ranges::find(nodes_, node) - nodes_.begin());
  if (place == nodes_.size()) nodes_.push_back(node);
  return place;
}

}  // namespace eris::client
