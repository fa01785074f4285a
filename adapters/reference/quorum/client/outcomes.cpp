#include "adapters/reference/quorum/client/outcomes.hpp"

#include <array>

#include "adapters/reference/client/endings.hpp"
#include "harness/base/assert.hpp"

namespace eris::quorum {
namespace {

constexpr std::array table{
    EndingRule{Ending::unsendable, "not supported", true, false, "no request was made of it"},
    EndingRule{Ending::connect_refused, "connection refused", true, true,
               "no connection, so nothing was sent"},
    EndingRule{Ending::connect_failed, "cannot connect", true, true,
               "no connection, so nothing was sent"},
    EndingRule{Ending::connect_timed_out, "connect timed out", true, true,
               "no connection, so nothing was sent"},
    EndingRule{Ending::nothing_sent, "connection lost before sending", true, true,
               "not a byte of the request left"},
    EndingRule{Ending::connection_lost, "connection lost", false, false,
               "the node may have sent the write to replicas before it died"},
    EndingRule{Ending::timed_out, "timed out", false, false,
               "the request may be on its way, or at some replicas"},
    EndingRule{Ending::malformed, "malformed answer", false, false,
               "the node did something, and what cannot be told"},
    EndingRule{Ending::unavailable, "unavailable", true, true,
               "too few replicas can be reached, so the write was sent to none"},
    EndingRule{Ending::rejected, "rejected", true, true,
               "refused before it was looked at: overload, or a node outside the ring"},
    EndingRule{Ending::unknown, "too few replicas answered", false, false,
               "those that have it will give it to others"},
};

}  // namespace

std::span<const EndingRule> ending_table() {
  return table;
}

const EndingRule& rule_for(Ending ending) {
  return client::rule_in(ending_table(), ending);
}

Ending ending_of(adapters::NoAnswer why) {
  return client::ending_without_answer<Ending>(why);
}

Ending ending_of(ReplyKind kind) {
  switch (kind) {
    case ReplyKind::ok:
      break;
    case ReplyKind::unavailable:
      return Ending::unavailable;
    case ReplyKind::rejected:
      return Ending::rejected;
    case ReplyKind::unknown:
      return Ending::unknown;
  }
  ERIS_ASSERT(false, "success is no failure, and every other kind of reply has an ending");
}

}  // namespace eris::quorum
