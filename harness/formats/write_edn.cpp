// Jepsen's history.edn, for Knossos and Elle: an operation map a line, indices dense.
#include <algorithm>

#include "harness/formats/written.hpp"
#include "harness/model/json_text.hpp"

namespace eris::formats {

namespace {

using model::Value;
using model::json::append_number;

bool is_keyword(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view hexadecimal = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hexadecimal[byte >> 4];
      out += hexadecimal[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_name(std::string& out, std::string_view name) {
  if (!is_keyword(name)) return append_string(out, name);
  out += ':';
  out += name;
}

void append_value(std::string& out, const Value& value) {
  if (value.is_integer()) return append_number(out, value.integer());
  if (value.is_text()) return append_string(out, value.text());
  if (value.is_boolean()) {
    out += value.boolean() ? "true" : "false";
  } else if (value.is_list()) {
    out += '[';
    for (const Value& item : value.list()) {
      if (out.back() != '[') out += ' ';
      append_value(out, item);
    }
    out += ']';
  } else {
    out += "nil";
  }
}

/// Elle wants the names of micro-operations as keywords: [[:append 1 2] [:r 3 nil]].
void append_transaction(std::string& out, const Value& transaction) {
  if (!is_transaction(transaction)) return append_value(out, transaction);
  out += '[';
  for (const Value& part : transaction.list()) {
    out += out.back() == '[' ? "[:" : " [:";
    out += part.list()[0].text();
    for (std::size_t i = 1; i < part.list().size(); ++i) {
      out += ' ';
      append_value(out, part.list()[i]);
    }
    out += ']';
  }
  out += ']';
}

class EdnWriter {
 public:
  EdnWriter(const model::History& history, const Sink& sink)
      : history_(history), keyed_(is_keyed(history)), output_(sink) {}

  void run() {
    for_each_moment(history_, [this](const Moment& moment) { append(moment); });
    output_.flush();
  }

 private:
  void append(const Moment& moment) {
    const model::Operation& operation = history_.operations[moment.operation];
    const bool is_invocation = moment.type == Type::invoke;
    std::string& out = output_.text();
    out += "{:index ";
    append_number(out, index_++);
    out += ", :time ";
    append_number(out, (is_invocation ? operation.invoked_at : operation.completed_at).count());
    out += ", :type :";
    out += is_invocation ? "invoke" : to_text(operation.status);
    out += ", :process ";
    append_number(out, operation.process.value);
    append_members(out, operation, members_of(history_, moment));
    out += "}\n";
    output_.line_done();
  }

  void append_members(std::string& out, const model::Operation& operation,
                      const Members& members) const {
    out += ", :f ";
    append_name(out, members.function);
    out += ", :value ";
    if (keyed_) {
      out += '[';
      append_value(out, history_.key_of(operation));
      out += ' ';
    }
    append_transaction(out, *members.value);
    if (keyed_) out += ']';
    const auto add = [&out](std::string_view name, const Value* value) {
      if (value == nullptr) return;
      out += name;
      append_value(out, *value);
    };
    add(", :argument ", members.argument);
    add(", :result ", members.result);
    add(", :observed ", members.observed);
    if (members.error == nullptr) return;
    out += ", :error ";
    append_string(out, *members.error);
  }

  const model::History& history_;
  const bool keyed_;
  Output output_;
  std::uint64_t index_ = 0;
};

}  // namespace

void write_edn(const model::History& history, const Sink& sink) {
  EdnWriter(history, sink).run();
}

}  // namespace eris::formats
