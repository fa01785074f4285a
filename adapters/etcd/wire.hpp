// Etcd's v3 API in JSON: how operations become requests, and answers become outcomes.
//
// Nil is absence: etcd has no nil, so a write of nil deletes the key, and a cas from nil asks that
// the key does not exist (its create_revision is 0). Values are kept as JSON text.
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/etcd/errors.hpp"
#include "adapters/etcd/http.hpp"
#include "harness/base/strong_id.hpp"
#include "harness/model/operation.hpp"
#include "harness/model/value.hpp"

namespace eris::adapters::etcd {

enum class ReadMode {
  linearizable,  ///< confirmed with a quorum
  serializable,  ///< from the node's own state, however old
};

/// The request for an operation. Failures: unsendable, for a function that etcd has not, or text
/// that is not UTF-8.
[[nodiscard]] std::expected<HttpRequest, Failure> encode(const model::Op& op,
                                                         std::string_view key_prefix,
                                                         ReadMode read_mode);

/// What an answer says of an operation. A cas that found another value is an outcome (fail, with
/// the value found as the result), not a Failure.
[[nodiscard]] std::expected<model::Outcome, Failure> decode(const model::Op& op,
                                                            const HttpResponse& response);

/// What a member says of itself.
struct MemberStatus {
  std::uint64_t member = 0;
  std::optional<std::uint64_t> leader;
  base::Term term;
};
[[nodiscard]] std::optional<MemberStatus> decode_status(const HttpResponse& response);

struct Member {
  std::uint64_t id = 0;
  std::string name;
  std::vector<std::string> client_urls;
};
/// Empty where the answer cannot be read.
[[nodiscard]] std::vector<Member> decode_members(const HttpResponse& response);

/// "3.4.23", from GET /version.
[[nodiscard]] std::optional<std::string> decode_version(const HttpResponse& response);

}  // namespace eris::adapters::etcd
