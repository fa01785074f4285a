// Jepsen's history.edn, for Knossos and Elle: an operation map a line, indices dense.
#include <algorithm>

#include "harness/formats/line_writer.hpp"
#include "harness/model/json_text.hpp"

namespace eris::formats {

namespace {

using model::Value;

bool is_keyword(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

struct Edn {
  static constexpr std::string_view open = "", between = "", close = "";
  static constexpr std::string_view index = "{:index ", time = ", :time ",
                                    type = ", :type :", process = ", :process ", function = ", :f ",
                                    value = ", :value ", after_key = " ", argument = ", :argument ",
                                    result = ", :result ", observed = ", :observed ",
                                    error = ", :error ", end = "}\n";

  static void append_text(std::string& out, std::string_view text) {
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

  static void append_name(std::string& out, std::string_view name) {
    if (!is_keyword(name)) return append_text(out, name);
    out += ':';
    out += name;
  }

  static void append_value(std::string& out, const Value& value) {
    if (value.is_integer()) return model::json::append_number(out, value.integer());
    if (value.is_text()) return append_text(out, value.text());
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
  static void append_main_value(std::string& out, const Value& transaction) {
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
};

}  // namespace

void write_edn(const model::History& history, const Sink& sink) {
  LineWriter<Edn>(history, sink).run();
}

}  // namespace eris::formats
