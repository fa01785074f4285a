// Certify: writes down the evidence for what the linearizability checker said.
//
// Why apart from the checker: evidence for "valid" is an order of every operation, which most users
// never ask for. It is looked for afterwards, key by key, from zones or by a second search. For
// "invalid" it is the witness of the finding, without which the checker does not say so; where that
// leaves more to the search than `verify` follows, a smaller one is looked for near the end of it.
//
// Nothing goes out unchecked: what `verify` would not accept becomes `unknown`, with the reason.
// Thread rule: as Checker::check.
#pragma once

#include "checkers/certificates/certificate.hpp"
#include "checkers/checker.hpp"
#include "checkers/objects/object.hpp"

namespace eris::checkers::linearizability {

/// `result`: what the checker said of this history and object. For `invalid` the certificate holds
/// the keys that are not linearizable, as many as there is a proof for, and no others.
[[nodiscard]] certificates::Certificate certify(const model::History& history,
                                                const SequentialObject& object,
                                                const model::CheckResult& result,
                                                const CheckContext& context);

}  // namespace eris::checkers::linearizability
