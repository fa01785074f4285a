// Certificates changed as somebody might who wants another verdict: they have to be refused, or be
// proofs as well.
// Thread rule: pure function of the generator.
#pragma once

#include "checkers/certificates/certificate.hpp"
#include "harness/base/rng.hpp"
#include "harness/model/history.hpp"

namespace eris::checkers::testing {

/// One change. The certificate has at least one key.
void tamper(certificates::Certificate& certificate, const model::History& history, base::Rng& rng);

}  // namespace eris::checkers::testing
