#include "harness/sim/administrator.hpp"

#include <algorithm>
#include <utility>

namespace eris::sim {

using namespace std::chrono_literals;

namespace {

/// Between two requests for the same change.
constexpr base::Duration patience = 100ms;

}  // namespace

bool Administrator::remove(base::NodeId server, model::ServerData data) {
  left_.insert(server);
  return want({.server = server, .joins = false, .data = data});
}

bool Administrator::add(base::NodeId server, model::ServerData data) {
  return want({.server = server, .joins = true, .data = data});
}

bool Administrator::want(Change change) {
  const auto earlier = std::ranges::find(wanted_, change.server, &Change::server);
  const bool all_done = earlier == wanted_.end();
  // What was not begun yet need not be begun to be undone.
  if (!all_done && !earlier->is_begun) {
    if (change.joins) left_.erase(change.server);
    wanted_.erase(earlier);
    return false;
  }
  // Nor is a disk erased any more whose server is already wanted back.
  if (!all_done && change.joins) earlier->data = change.data = model::ServerData::kept;
  wanted_.push_back(change);
  if (!looks_) look();
  return all_done;
}

void Administrator::look() {
  looks_ = !wanted_.empty();
  if (!looks_) return;
  Change& change = wanted_.front();
  if (change.joins && !change.is_begun) world_.bring_up(change.server, change.data);
  change.is_begun = true;
  if (const auto leader = world_.leader())
    world_.ask_as_administrator(++asked_, *leader,
                                change.joins ? system_.add_server_request(change.server)
                                             : system_.remove_server_request(change.server));
  world_.happens(world_.now() + patience, AdministratorLooks{});
}

void Administrator::answered(std::uint64_t number, std::string_view answer) {
  if (number != asked_ || wanted_.empty() || !system_.is_membership_changed(answer)) return;
  ++asked_;  // A second answer to the same request is void.
  const Change done = std::exchange(wanted_.front(), {});
  wanted_.pop_front();
  if (done.joins && std::ranges::find(wanted_, done.server, &Change::server) == wanted_.end())
    left_.erase(done.server);
  if (!done.joins && done.data == model::ServerData::erased) world_.erase(done.server);
}

}  // namespace eris::sim
