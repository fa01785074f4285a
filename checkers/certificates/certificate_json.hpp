// The file form of certificates; described in docs/certificates.md.
// Invariant: parse_certificate(to_json(certificate)) == certificate.
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "checkers/certificates/certificate.hpp"
#include "harness/base/result.hpp"

namespace eris::checkers::certificates {

/// The version of the form that this Eris writes, and the newest that it reads.
inline constexpr std::int64_t certificate_version = 1;

/// JSON text, a line for each key.
[[nodiscard]] std::string to_json(const Certificate& certificate);

/// Errors: usage, when it is no certificate or one of a newer version; `where` is left for the
/// caller.
[[nodiscard]] base::Result<Certificate> parse_certificate(std::string_view json);

}  // namespace eris::checkers::certificates
