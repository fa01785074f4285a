#include "checkers/online/testing/stream.hpp"

#include <utility>

#include "checkers/testing/random_objects.hpp"

namespace eris::checkers::online::testing {

using model::Status;
using model::Value;
namespace function = model::function;

namespace {

constexpr std::uint64_t events_in_a_second = 20'000;

}  // namespace

Stream::Stream(const StreamOptions& options)
    : options_(options),
      object_(*find_object(options.object)),
      rng_(options.seed),
      clients_(options.clients),
      keys_(options.keys) {
  for (Client& client : clients_) client.op.process = base::ProcessId(next_process_++);
  for (Key& key : keys_) renew(key);
}

void Stream::renew(Key& key) {
  key = {.name = Value(next_key_++), .state = object_.initial(), .before = object_.initial()};
}

void Stream::tell(Follower& follower, std::uint64_t operations) {
  const std::uint64_t end = asked_ + operations;
  while (asked_ < end) {
    Client& client = clients_[rng_.below(clients_.size())];
    if (!client.open)
      ask(follower, client);
    else if (!client.applied)
      apply(client);
    else if (index_ >= client.stalled_until)
      answer(follower, client);
  }
}

void Stream::ask(Follower& follower, Client& client) {
  client.place = rng_.below(keys_.size());
  Key& key = keys_[client.place];
  const bool retires =
      options_.operations_per_key > 0 && key.operations >= options_.operations_per_key;
  if (retires && key.open > 0) return;  // it is answered on before it goes
  if (retires) renew(key);
  ++key.operations;
  ++key.open;
  ++asked_;
  client.op.function = options_.functions[rng_.below(options_.functions.size())];
  client.op.key = key.name;
  client.op.argument = argument_of(client.op.function, key);
  client.open = true;
  client.applied = false;
  client.stalled_until = rng_.chance(options_.stalls) ? index_ + events_in_a_second : 0;
  follower.invoked(client.op, index_, now());
  ++index_;
}

Value Stream::argument_of(const model::Function& function, const Key& key) {
  if (function == function::read || function == function::remove || function == function::dequeue)
    return {};
  if (function == function::increment) return 1;
  const Value fresh = options_.values == 0 ? Value(++next_value_)
                                           : Value(static_cast<std::int64_t>(rng_.below(
                                                 static_cast<std::uint64_t>(options_.values))));
  if (function != function::cas) return fresh;
  return Value(Value::List{rng_.chance(0.7) ? key.state : key.before, fresh});
}

void Stream::apply(Client& client) {
  client.applied = true;
  Key& key = keys_[client.place];
  const bool unknown = rng_.chance(options_.unknown_outcomes);
  client.outcome = {unknown ? Status::info : Status::ok, {}, {}};
  if (unknown && rng_.chance(0.5)) return;
  Call call{client.op.function, client.op.argument, {}, Answer::unknown};
  if (client.op.function == function::cas && client.op.argument.list()[0] != key.state) {
    client.outcome = {unknown ? Status::info : Status::fail, unknown ? Value() : key.state, {}};
    return;
  }
  if (client.op.function == function::read && !unknown)
    client.outcome.result = stale_ ? key.before : key.state;
  if (client.op.function == function::dequeue && !unknown) {
    const Value::Elements elements = (stale_ ? key.before : key.state).list();
    if (!elements.empty()) client.outcome.result = elements.front();
  }
  if (const auto after = object_.step(key.state, call); after && *after != key.state) {
    key.before = std::exchange(key.state, *after);
    if (client.op.function == function::increment && !unknown) client.outcome.result = key.state;
  }
}

void Stream::answer(Follower& follower, Client& client) {
  follower.completed(client.op, client.outcome, index_, now());
  ++index_;
  --keys_[client.place].open;
  client.open = false;
  if (client.outcome.status == Status::info) client.op.process = base::ProcessId(next_process_++);
}

}  // namespace eris::checkers::online::testing
