#include "checkers/certificates/certificate_json.hpp"

#include <charconv>

#include <fmt/format.h>
#include <simdjson.h>

#include "harness/model/json_read.hpp"
#include "harness/model/json_text.hpp"

namespace eris::checkers::certificates {

namespace json = model::json;
using json::JsonValue;
using json::Malformed;
using model::EventIndex;
using model::Verdict;

namespace {

constexpr std::string_view format_name = "eris-certificate";

// ---- writing

void append_key(std::string& out, const KeyCertificate& key) {
  out += "{\"key\":";
  json::append_value(out, key.key);
  out += ",\"verdict\":";
  json::append_string(out, to_text(key.verdict));
  if (key.verdict == Verdict::invalid) {
    out += ",\"until\":";
    json::append_number(out, key.until);
  }
  if (key.verdict != Verdict::unknown) {
    out += ",\"operations\":[";
    for (std::size_t i = 0; i < key.operations.size(); ++i) {
      if (i > 0) out += ',';
      json::append_number(out, key.operations[i]);
    }
    out += ']';
  }
  if (key.verdict != Verdict::valid) {
    out += ",\"text\":";
    json::append_string(out, key.text);
  }
  if (!key.log.empty()) {
    out += ",\"log\":[";
    for (std::size_t i = 0; i < key.log.size(); ++i) {
      if (i > 0) out += ',';
      json::append_string(out, key.log[i]);
    }
    out += ']';
  }
  out += '}';
}

// ---- reading

std::uint64_t read_hash(JsonValue value) {
  const std::string_view digits = json::read_word(value);
  std::uint64_t hash = 0;
  const auto [end, problem] =
      std::from_chars(digits.data(), digits.data() + digits.size(), hash, 16);
  if (problem != std::errc() || end != digits.data() + digits.size() || digits.size() != 16)
    throw Malformed{fmt::format("'{}' is no hash of 16 hexadecimal digits", digits)};
  return hash;
}

Verdict read_verdict(JsonValue value) {
  const std::string_view word = json::read_word(value);
  const auto verdict = model::parse_verdict(word);
  const bool known =
      verdict == Verdict::valid || verdict == Verdict::invalid || verdict == Verdict::unknown;
  if (!known)
    throw Malformed{fmt::format("'{}' is no verdict of a certificate", word),
                    "it is valid, invalid or unknown"};
  return *verdict;
}

HistoryIdentity read_identity(JsonValue value) {
  HistoryIdentity identity;
  json::read_object(value, {{"operations", json::into(identity.operations, json::read_count)},
                            {"events", json::into(identity.events, json::read_count)},
                            {"hash", json::into(identity.hash, read_hash)}});
  return identity;
}

/// The members that a key has depend on its verdict.
KeyCertificate read_key(JsonValue value) {
  if (value.type() != json::json_type::object) throw Malformed{"a key's evidence is an object"};
  KeyCertificate key;
  bool named = false, judged = false;
  for (auto field : value.get_object()) {
    const std::string_view name = field.unescaped_key();
    JsonValue member = field.value();
    if (name == "key") {
      key.key = json::read_value(member);
      named = true;
    } else if (name == "verdict") {
      key.verdict = read_verdict(member);
      judged = true;
    } else if (name == "until") {
      key.until = json::read_count(member);
    } else if (name == "operations") {
      key.operations = json::read_list(member, json::read_count);
    } else if (name == "text") {
      key.text = json::read_text(member);
    } else if (name == "log") {
      key.log = json::read_list(member, json::read_text);
    } else {
      throw Malformed{fmt::format("a key's evidence has no '{}'", name)};
    }
  }
  if (!named || !judged) throw Malformed{"a key's evidence needs a key and a verdict"};
  return key;
}

void check_format(JsonValue value) {
  if (json::read_word(value) != format_name) throw Malformed{"this is not a certificate"};
}

void check_version(JsonValue value) {
  const std::int64_t version = json::read_integer(value);
  if (version != certificate_version)
    throw Malformed{fmt::format("version {} of certificates is not known here", version),
                    "use the Eris that wrote it, or a newer one"};
}

Certificate read_certificate(simdjson::ondemand::document& document) {
  Certificate certificate;
  simdjson::ondemand::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS)
    throw Malformed{"this is not a certificate"};
  json::read_object(
      object,
      {{"format", check_format},
       {"version", check_version},
       {"consistency", json::into(certificate.consistency, json::read_text)},
       {"object", json::into(certificate.object, json::read_text)},
       {"history", json::into(certificate.history, read_identity)},
       {"verdict", json::into(certificate.verdict, read_verdict)},
       {"keys", [&](JsonValue keys) { certificate.keys = json::read_list(keys, read_key); }}});
  json::expect_end(document);
  return certificate;
}

}  // namespace

std::string to_json(const Certificate& certificate) {
  std::string out = fmt::format("{{\"format\":\"{}\",\"version\":{},\"consistency\":", format_name,
                                certificate_version);
  json::append_string(out, certificate.consistency);
  out += ",\"object\":";
  json::append_string(out, certificate.object);
  out += fmt::format(",\"history\":{{\"operations\":{},\"events\":{},\"hash\":\"{:016x}\"}}",
                     certificate.history.operations, certificate.history.events,
                     certificate.history.hash);
  out += ",\"verdict\":";
  json::append_string(out, to_text(certificate.verdict));
  out += ",\"keys\":[";
  for (std::size_t i = 0; i < certificate.keys.size(); ++i) {
    out += i > 0 ? ",\n" : "\n";
    append_key(out, certificate.keys[i]);
  }
  return out + "]}\n";
}

base::Result<Certificate> parse_certificate(std::string_view text) {
  const simdjson::padded_string padded(text);
  simdjson::ondemand::parser parser;
  return json::read_document(parser, std::string_view(padded), read_certificate);
}

}  // namespace eris::checkers::certificates
