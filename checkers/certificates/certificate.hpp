// Certificate: the evidence for a verdict, which a reader can check without trusting the search
// that came to it.
//
// Why: a checker of millions of operations is thousands of lines of cleverness. What it found can
// be checked by a few plain ones: that an order of the operations explains every answer, or that a
// handful of operations have none. `verify` (verify.hpp) is those few; the file form is described
// in docs/certificates.md.
//
// A certificate asserts nothing that has to be believed: it only points at operations, and all that
// follows from them is derived from the history again. So a changed certificate is refused, or
// is a proof as well.
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/model/history.hpp"
#include "harness/model/verdict.hpp"

namespace eris::checkers::certificates {

/// Which history a certificate is about.
struct HistoryIdentity {
  std::uint64_t operations = 0;
  std::uint64_t events = 0;
  std::uint64_t hash = 0;  ///< of all operations; tells histories apart, keeps no secret
  bool operator==(const HistoryIdentity&) const = default;
};

[[nodiscard]] HistoryIdentity identity_of(const model::History& history);

/// The evidence for one key. Operations are named by the event of their invocation, which is what
/// stands in the journal.
struct KeyCertificate {
  model::Value key;
  /// valid, invalid, or unknown where there is no evidence.
  model::Verdict verdict = model::Verdict::unknown;
  /// valid: an order that explains every answer, of all operations but those that did nothing or
  /// need not have. invalid: the operations that have no order, ascending.
  std::vector<model::EventIndex> operations;
  /// invalid: what is claimed of the history is claimed of its events up to this one.
  model::EventIndex until = 0;
  /// invalid: the violation in words, which prove nothing; unknown: why there is no evidence.
  std::string text;
  /// unknown: where the search ran into dead ends.
  std::vector<std::string> log;
  bool operator==(const KeyCertificate&) const = default;
};

struct Certificate {
  std::string consistency = "linearizable";
  std::string object;
  HistoryIdentity history;
  /// Of the whole history: valid when every key is; invalid when one is, and then the certificate
  /// need hold only that one.
  model::Verdict verdict = model::Verdict::unknown;
  std::vector<KeyCertificate> keys;
  bool operator==(const Certificate&) const = default;
};

}  // namespace eris::checkers::certificates
