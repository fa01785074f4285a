#include "adapters/etcd/wire.hpp"

#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "adapters/etcd/base64.hpp"
#include "harness/base/assert.hpp"

namespace eris::adapters::etcd {
namespace {

using Json = nlohmann::json;

constexpr unsigned http_ok = 200;

std::unexpected<Failure> malformed() {
  return std::unexpected(Failure{.kind = FailureKind::malformed,
                                 .code = 0,
                                 .words = "the answer is not what etcd's v3 API promises"});
}

Json to_json(const model::Value& value) {
  if (value.is_boolean()) return value.boolean();
  if (value.is_integer()) return value.integer();
  if (value.is_text()) return value.text();
  if (value.is_nil()) return nullptr;
  Json list = Json::array();
  for (const model::Value& item : value.list()) list.push_back(to_json(item));
  return list;
}

std::optional<model::Value> from_json(const Json& json) {
  if (json.is_null()) return model::Value();
  if (json.is_boolean()) return model::Value(json.get<bool>());
  if (json.is_number_integer()) return model::Value(json.get<std::int64_t>());
  if (json.is_string()) return model::Value(std::string_view(json.get_ref<const std::string&>()));
  if (!json.is_array()) return std::nullopt;
  model::Value::List list;
  for (const Json& item : json) {
    auto value = from_json(item);
    if (!value) return std::nullopt;
    list.push_back(*std::move(value));
  }
  return model::Value(std::move(list));
}

/// A value as etcd will hold it, in base64. Throws Json::exception for text that is not UTF-8.
std::string stored(const model::Value& value) {
  return to_base64(to_json(value).dump());
}

std::string stored_key(const model::Value& key, std::string_view prefix) {
  return to_base64(fmt::format("{}{}", prefix, to_json(key).dump()));
}

/// What an operation of a transaction does to set the key to this value.
std::string set_operation(const std::string& key, const model::Value& value) {
  if (value.is_nil()) return fmt::format(R"({{"request_delete_range":{{"key":"{}"}}}})", key);
  return fmt::format(R"({{"request_put":{{"key":"{}","value":"{}"}}}})", key, stored(value));
}

std::string cas_body(const std::string& key, const model::Value& argument) {
  ERIS_ASSERT(argument.is_list() && argument.list().size() == 2, "a cas has [old new]");
  const model::Value& expected = argument.list()[0];
  const std::string condition =
      expected.is_nil() ? std::string(R"("target":"CREATE","create_revision":"0")")
                        : fmt::format(R"("target":"VALUE","value":"{}")", stored(expected));
  return fmt::format(R"({{"compare":[{{"key":"{}","result":"EQUAL",{}}}],"success":[{}],)"
                     R"("failure":[{{"request_range":{{"key":"{}"}}}}]}})",
                     key, condition, set_operation(key, argument.list()[1]), key);
}

HttpRequest request_for(const model::Op& op, std::string_view key_prefix, ReadMode read_mode) {
  const std::string key = stored_key(op.key, key_prefix);
  if (op.function == model::function::read) {
    const bool serializable = read_mode == ReadMode::serializable;
    return {.target = "/v3/kv/range",
            .body = fmt::format(R"({{"key":"{}"{}}})", key,
                                serializable ? R"(,"serializable":true)" : ""),
            .require_leader = !serializable};
  }
  if (op.function == model::function::cas)
    return {.target = "/v3/kv/txn", .body = cas_body(key, op.argument), .require_leader = true};
  if (op.function == model::function::remove || op.argument.is_nil())
    return {.target = "/v3/kv/deleterange",
            .body = fmt::format(R"({{"key":"{}"}})", key),
            .require_leader = true};
  return {.target = "/v3/kv/put",
          .body = fmt::format(R"({{"key":"{}","value":"{}"}})", key, stored(op.argument)),
          .require_leader = true};
}

bool is_understood(const model::Function& function) {
  return function == model::function::read || function == model::function::write ||
         function == model::function::cas || function == model::function::remove;
}

/// The gateway writes 64-bit numbers as text.
std::optional<std::uint64_t> number(const Json& object, const char* name) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_string()) return std::nullopt;
  const auto& text = field->get_ref<const std::string&>();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string text(const Json& object, const char* name) {
  const auto field = object.find(name);
  return field != object.end() && field->is_string() ? field->get<std::string>() : std::string();
}

Failure failure_of(const HttpResponse& response) {
  const Json body = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object() || !body.contains("code") || !body["code"].is_number_integer())
    return {.kind = FailureKind::http_error,
            .code = static_cast<int>(response.status),
            .words = fmt::format("HTTP {}", response.status)};
  // Up to 3.5 the words stand in both fields, from 3.6 on only in "message".
  std::string words = text(body, "message");
  if (words.empty()) words = text(body, "error");
  return {.kind = FailureKind::grpc_error, .code = body["code"].get<int>(), .words = words};
}

/// The value in the answer to a range of one key; nil where the key does not exist.
std::optional<model::Value> value_in(const Json& range) {
  const auto kvs = range.find("kvs");
  if (kvs == range.end()) return model::Value();
  if (!kvs->is_array() || kvs->size() != 1 || !kvs->front().is_object()) return std::nullopt;
  const auto bytes = from_base64(text(kvs->front(), "value"));
  if (!bytes) return std::nullopt;
  return from_json(Json::parse(*bytes, nullptr, /*allow_exceptions=*/false));
}

std::expected<model::Outcome, Failure> decode_failed_cas(const Json& body) {
  const auto responses = body.find("responses");
  if (responses == body.end() || !responses->is_array() || responses->size() != 1)
    return malformed();
  const Json& only = responses->front();
  if (!only.is_object() || !only.contains("response_range")) return malformed();
  const Json& range = only["response_range"];
  auto found = range.is_object() ? value_in(range) : std::nullopt;
  if (!found) return malformed();
  return model::Outcome{
      .status = model::Status::fail, .result = *std::move(found), .error = "comparison failed"};
}

/// The body of a good answer, or nothing where it is not an object.
std::optional<Json> good_body(const HttpResponse& response) {
  if (response.status != http_ok) return std::nullopt;
  Json body = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object()) return std::nullopt;
  return body;
}

}  // namespace

std::expected<HttpRequest, Failure> encode(const model::Op& op, std::string_view key_prefix,
                                           ReadMode read_mode) {
  if (!is_understood(op.function))
    return std::unexpected(
        Failure{.kind = FailureKind::unsendable,
                .code = 0,
                .words = fmt::format("etcd has no operation '{}'", op.function.view())});
  try {
    return request_for(op, key_prefix, read_mode);
  } catch (const Json::exception&) {
    return std::unexpected(Failure{
        .kind = FailureKind::unsendable, .code = 0, .words = "a key or value is not UTF-8 text"});
  }
}

std::expected<model::Outcome, Failure> decode(const model::Op& op, const HttpResponse& response) {
  if (response.status != http_ok) return std::unexpected(failure_of(response));
  const auto body = good_body(response);
  if (!body || !body->contains("header")) return malformed();
  if (op.function == model::function::read) {
    auto value = value_in(*body);
    if (!value) return malformed();
    return model::Outcome{.status = model::Status::ok, .result = *std::move(value), .error = {}};
  }
  // proto3 leaves out what is false: a transaction without "succeeded" took its else branch.
  if (op.function == model::function::cas && !body->contains("succeeded"))
    return decode_failed_cas(*body);
  return model::Outcome{.status = model::Status::ok, .result = {}, .error = {}};
}

std::optional<MemberStatus> decode_status(const HttpResponse& response) {
  const auto body = good_body(response);
  if (!body || !body->contains("header") || !(*body)["header"].is_object()) return std::nullopt;
  const auto member = number((*body)["header"], "member_id");
  if (!member) return std::nullopt;
  return MemberStatus{.member = *member,
                      .leader = number(*body, "leader"),
                      .term = base::Term(number(*body, "raftTerm").value_or(0))};
}

std::vector<Member> decode_members(const HttpResponse& response) {
  std::vector<Member> members;
  const auto body = good_body(response);
  if (!body || !body->contains("members") || !(*body)["members"].is_array()) return members;
  for (const Json& entry : (*body)["members"]) {
    const auto id = entry.is_object() ? number(entry, "ID") : std::nullopt;
    if (!id) continue;
    Member member{.id = *id, .name = text(entry, "name"), .client_urls = {}};
    if (const auto urls = entry.find("clientURLs"); urls != entry.end() && urls->is_array())
      for (const Json& url : *urls)
        if (url.is_string()) member.client_urls.push_back(url.get<std::string>());
    members.push_back(std::move(member));
  }
  return members;
}

std::optional<std::string> decode_version(const HttpResponse& response) {
  const auto body = good_body(response);
  if (!body) return std::nullopt;
  std::string version = text(*body, "etcdserver");
  if (version.empty()) return std::nullopt;
  return version;
}

}  // namespace eris::adapters::etcd
