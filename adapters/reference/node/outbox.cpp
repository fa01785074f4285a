#include "adapters/reference/node/outbox.hpp"

#include "harness/base/assert.hpp"

namespace eris::node {
namespace {

template <typename... Callables>
struct Overloaded : Callables... {
  using Callables::operator()...;
};

}  // namespace

void Outbox::carry_out(core::Outputs outputs) {
  for (core::Output& output : outputs)
    std::visit(Overloaded{
                   [&](core::Append& append) {
                     ++listed_;
                     actions_.emplace_back(std::move(append));
                   },
                   [&](core::Checkpoint& checkpoint) {
                     ++listed_;
                     actions_.emplace_back(std::move(checkpoint));
                   },
                   [&](core::SetTimer& timer) { callbacks_.set_timer(timer.at); },
                   [&](core::Reply& reply) { hold_or_leave(std::move(reply)); },
                   [&](core::Send& send) {
                     if (send.after_persist)
                       hold_or_leave(std::move(send));
                     else
                       callbacks_.send(send);
                   },
               },
               output);
}

void Outbox::hold_or_leave(Held output) {
  if (persisted_ >= listed_)
    leave(output);
  else
    held_.emplace_back(listed_, std::move(output));
}

void Outbox::persisted(core::PersistCount count) {
  ERIS_ASSERT(count >= persisted_ && count <= listed_, "only what was listed becomes durable");
  persisted_ = count;
  for (; !held_.empty() && held_.front().first <= persisted_; held_.pop_front())
    leave(held_.front().second);
}

void Outbox::leave(const Held& output) const {
  std::visit(Overloaded{[&](const core::Send& send) { callbacks_.send(send); },
                        [&](const core::Reply& reply) { callbacks_.reply(reply); }},
             output);
}

}  // namespace eris::node
