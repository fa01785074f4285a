#include "adapters/etcd/client.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "adapters/etcd/errors.hpp"
#include "harness/base/assert.hpp"

namespace eris::adapters::etcd {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto pause_after_refusal = std::chrono::milliseconds(25);

/// True where the node gave no answer at all.
bool is_silence(FailureKind kind) {
  using enum FailureKind;
  return kind == connect_refused || kind == connect_failed || kind == connect_timed_out ||
         kind == nothing_sent || kind == broken || kind == timed_out;
}

void pause_until(Deadline deadline) {
  std::this_thread::sleep_until(std::min(deadline, Clock::now() + pause_after_refusal));
}

}  // namespace

EtcdClient::EtcdClient(ClientSettings settings)
    : settings_(std::move(settings)), current_(settings_.first) {
  ERIS_ASSERT(current_ < settings_.endpoints.size(), "a client begins at one of its endpoints");
  connection_ = std::make_unique<HttpConnection>(endpoint());
}

void EtcdClient::go_to_next_node() {
  current_ = (current_ + 1) % settings_.endpoints.size();
  connection_ = std::make_unique<HttpConnection>(endpoint());
}

std::expected<model::Outcome, Failure> EtcdClient::attempt(const model::Op& op, Deadline deadline) {
  const auto request = encode(op, settings_.key_prefix, settings_.read_mode);
  if (!request) return std::unexpected(request.error());
  const auto response = connection_->exchange(*request, deadline);
  if (!response) return std::unexpected(response.error());
  return decode(op, *response);
}

model::Outcome EtcdClient::invoke(const model::Op& op, base::Duration timeout) {
  const Deadline deadline = Clock::now() + timeout;
  auto outcome = attempt(op, deadline);
  if (outcome) return *std::move(outcome);

  const Failure& failure = outcome.error();
  if (is_silence(failure.kind)) go_to_next_node();
  if (rule_for(failure).unavailable) pause_until(deadline);
  return outcome_of(failure, op.function);
}

}  // namespace eris::adapters::etcd
