#include "adapters/reference/client/network/blocking_client.hpp"

#include <chrono>
#include <thread>
#include <utility>

namespace eris::client {
namespace {

using Clock = std::chrono::steady_clock;

base::Instant now() {
  return Clock::now().time_since_epoch();
}

Clock::time_point at(base::Instant instant) {
  return Clock::time_point(std::chrono::duration_cast<Clock::duration>(instant));
}

}  // namespace

BlockingClient::BlockingClient(std::unique_ptr<adapters::PureClient> logic,
                               std::vector<ClientNode> nodes)
    : logic_(std::move(logic)) {
  for (ClientNode& node : nodes)
    connections_.emplace(node.id, NodeConnection(std::move(node.endpoint)));
}

model::Outcome BlockingClient::invoke(const model::Op& op, base::Duration timeout) {
  const base::Instant began = now();
  adapters::ClientWish wish = logic_->begin(op, began, began + timeout);
  for (;;) {
    if (auto* finish = std::get_if<adapters::Finish>(&wish)) return std::move(finish->outcome);
    if (const auto* ask = std::get_if<adapters::Ask>(&wish))
      wish = grant(*ask);
    else
      wish = grant(std::get<adapters::Pause>(wish));
  }
}

adapters::ClientWish BlockingClient::grant(const adapters::Ask& ask) {
  const auto connection = connections_.find(ask.node);
  // A node whose address nobody told: it joined later.
  if (connection == connections_.end())
    return logic_->unanswered(now(), adapters::NoAnswer::connect_failed);
  const auto answer = connection->second.exchange(ask.request, at(ask.until));
  return answer ? logic_->answered(now(), *answer) : logic_->unanswered(now(), answer.error());
}

adapters::ClientWish BlockingClient::grant(const adapters::Pause& pause) {
  std::this_thread::sleep_until(at(pause.until));
  return logic_->woken(now());
}

}  // namespace eris::client
