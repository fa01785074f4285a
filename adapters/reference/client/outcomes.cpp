#include "adapters/reference/client/outcomes.hpp"

#include <array>

#include "adapters/reference/client/endings.hpp"
#include "harness/base/assert.hpp"

namespace eris::client {
namespace {

constexpr std::array table{
    EndingRule{Ending::unsendable, "not supported", true, true, false, "no request was made of it"},
    EndingRule{Ending::connect_refused, "connection refused", true, false, true,
               "no connection, so nothing was sent"},
    EndingRule{Ending::connect_failed, "cannot connect", true, false, true,
               "no connection, so nothing was sent"},
    EndingRule{Ending::connect_timed_out, "connect timed out", true, false, true,
               "no connection, so nothing was sent"},
    EndingRule{Ending::nothing_sent, "connection lost before sending", true, false, true,
               "not a byte of the request left"},
    EndingRule{Ending::connection_lost, "connection lost", false, false, true,
               "the node may have read the request before it died"},
    EndingRule{Ending::timed_out, "timed out", false, false, true,
               "the request may be on its way, in the log, or even applied"},
    EndingRule{Ending::malformed, "malformed answer", false, false, false,
               "the node did something, and what cannot be told"},
    EndingRule{Ending::not_leader, "not leader", true, false, true,
               "a node that does not lead appends nothing for clients"},
    EndingRule{Ending::rejected, "rejected", true, false, true,
               "refused before it was appended: overload or transfer of leadership"},
    EndingRule{Ending::unknown, "leadership lost", false, false, true,
               "appended by a leader that then lost its leadership: it may yet be committed"},
    EndingRule{Ending::cas_mismatch, "cas mismatch", true, true, false,
               "applied in its place in the log, where the comparison failed"},
    EndingRule{Ending::wrong_type, "wrong type", true, true, false,
               "applied in its place in the log, where the value was of another kind"},
    EndingRule{Ending::session_expired, "session expired", true, false, false,
               "the session was gone, so this try was not applied; an earlier one may have been"},
};

}  // namespace

std::span<const EndingRule> ending_table() {
  return table;
}

const EndingRule& rule_for(Ending ending) {
  return rule_in(ending_table(), ending);
}

Ending ending_of(adapters::NoAnswer why) {
  return ending_without_answer<Ending>(why);
}

Ending ending_of(kv::ReplyKind kind) {
  switch (kind) {
    case kv::ReplyKind::ok:
      break;
    case kv::ReplyKind::cas_mismatch:
      return Ending::cas_mismatch;
    case kv::ReplyKind::wrong_type:
      return Ending::wrong_type;
    case kv::ReplyKind::not_leader:
      return Ending::not_leader;
    case kv::ReplyKind::rejected:
      return Ending::rejected;
    case kv::ReplyKind::unknown:
      return Ending::unknown;
    case kv::ReplyKind::session_expired:
      return Ending::session_expired;
  }
  ERIS_ASSERT(false, "success is no failure, and every other kind of reply has an ending");
}

}  // namespace eris::client
