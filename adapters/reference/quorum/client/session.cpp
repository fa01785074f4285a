#include "adapters/reference/quorum/client/session.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "adapters/reference/client/values.hpp"
#include "harness/base/assert.hpp"

namespace eris::quorum {
namespace {

using adapters::ClientWish;
using adapters::Finish;
using client::to_kv;
using client::to_model;
using namespace std::chrono_literals;

/// Between tries that a node refused at once.
constexpr base::Duration pause = 10ms;
/// How much of an operation's time one read may take before another node is asked.
constexpr int tries_per_timeout = 3;

Finish failed(const EndingRule& rule) {
  return {{.status = model::Status::fail, .result = {}, .error = std::string(rule.error)}};
}

Finish done(model::Value result = {}) {
  return {{.status = model::Status::ok, .result = std::move(result), .error = {}}};
}

/// Every element of every sibling.
model::Value::List united(const ClientReply& found) {
  std::set<model::Value> elements;
  for (const Value& sibling : found.values)
    if (const Value::List* list = sibling.list())
      for (const Value& element : *list) elements.insert(to_model(element));
  return {elements.begin(), elements.end()};
}

}  // namespace

Session::Session(std::vector<NodeId> nodes, std::size_t first, bool sets)
    : nodes_(std::move(nodes)), current_(first), sets_(sets) {
  ERIS_ASSERT(first < nodes_.size(), "a client starts at one of its nodes");
}

ClientWish Session::begin(const model::Op& op, Instant now, Instant deadline) {
  namespace function = model::function;
  deadline_ = deadline;
  element_.reset();
  const Value key = to_kv(op.key);
  if (op.function == function::read) return put(now, ReadRequest{.key = key, .seen = seen_});
  if (sets_ && op.function == function::add) {
    element_ = to_kv(op.argument);
    return put(now, ReadRequest{.key = key, .seen = seen_});
  }
  if (!sets_ && op.function == function::write)
    return put(now, WriteRequest{.key = key, .value = to_kv(op.argument), .seen = seen_});
  if (!sets_ && op.function == function::remove)
    return put(now, WriteRequest{.key = key, .deleted = true, .seen = seen_});
  return failed(rule_for(Ending::unsendable));
}

ClientWish Session::put(Instant now, ClientRequest request) {
  is_write_ = std::holds_alternative<WriteRequest>(request);
  request_ = encode(request);
  // A write without an answer is not repeated, so it may take all the time there is.
  try_time_ = is_write_ ? deadline_ - now : (deadline_ - now) / tries_per_timeout;
  return ask_again(now);
}

ClientWish Session::ask_again(Instant now) {
  return adapters::Ask{
      .node = nodes_[current_], .request = request_, .until = std::min(deadline_, now + try_time_)};
}

ClientWish Session::answered(Instant now, std::string_view answer) {
  const auto reply = decode_reply(answer);
  if (!reply) return ended(now, Ending::malformed);
  seen_ = std::max(seen_, reply->stamp.time);
  if (reply->kind == ReplyKind::ok) return succeeded(now, *reply);
  return ended(now, ending_of(reply->kind));
}

ClientWish Session::unanswered(Instant now, adapters::NoAnswer why) {
  return ended(now, ending_of(why));
}

ClientWish Session::woken(Instant now) {
  return now < deadline_ ? ask_again(now) : failed(rule_for(last_ending_));
}

ClientWish Session::succeeded(Instant now, const ClientReply& reply) {
  if (is_write_) return done();
  if (element_) return add_to(now, reply);
  if (sets_) return done(model::Value(united(reply)));
  return done(reply.values.empty() ? model::Value() : to_model(reply.values.back()));
}

ClientWish Session::add_to(Instant now, const ClientReply& found) {
  model::Value::List elements = united(found);
  elements.push_back(to_model(*std::exchange(element_, std::nullopt)));
  const auto read = decode_request(request_);
  ERIS_ASSERT(read.has_value(), "a client can decode its own request");
  return put(now, WriteRequest{.key = std::get<ReadRequest>(*read).key,
                               .value = to_kv(model::Value(std::move(elements))),
                               .context = found.context,
                               .seen = seen_});
}

/// A try ended without success. Reads change nothing, so they may always be tried elsewhere, and
/// one without an answer counts as never made.
ClientWish Session::ended(Instant now, Ending ending) {
  const EndingRule& rule = rule_for(ending);
  last_ending_ = ending;
  if (is_write_ && !rule.definite)
    return Finish{{.status = model::Status::info, .result = {}, .error = std::string(rule.error)}};
  if (ending == Ending::malformed || ending == Ending::unsendable) return failed(rule);
  current_ = (current_ + 1) % nodes_.size();
  return adapters::Pause{std::min(deadline_, now + pause)};
}

}  // namespace eris::quorum
