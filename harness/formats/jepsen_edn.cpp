// Jepsen's history.edn: operation maps one a line, or in one vector or list, tagged or not.
#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "harness/formats/edn_record.hpp"
#include "harness/formats/readers.hpp"

namespace eris::formats {

namespace {

using model::Value;

using ReadMember = void (*)(EdnReader&, Importer&, Record&);

struct Member {
  std::string_view name;
  ReadMember read;
};

/// In the order in which Jepsen prints them.
constexpr std::array members{
    Member{"index", [](EdnReader& edn, Importer&,
                       Record& r) { r.index = edn.read_integer("an integer as :index"); }},
    Member{"time",
           [](EdnReader& edn, Importer&, Record& r) {
             r.time = edn.read_integer("an integer of nanoseconds as :time");
           }},
    Member{"type", [](EdnReader& edn, Importer&, Record& r) { read_edn_type(edn, r); }},
    Member{"process", [](EdnReader& edn, Importer&, Record& r) { read_edn_process(edn, r); }},
    Member{"f", read_edn_function},
    Member{"value", [](EdnReader& edn, Importer&, Record& r) { read_edn_value(edn, r); }},
    Member{"error", [](EdnReader& edn, Importer&, Record& r) { read_edn_error(edn, r); }},
    Member{"key", [](EdnReader& edn, Importer&, Record& r) { r.key = edn.read(); }},
    Member{"argument", [](EdnReader& edn, Importer&, Record& r) { r.argument = edn.read(); }},
    Member{"result", [](EdnReader& edn, Importer&, Record& r) { r.result = edn.read(); }},
    Member{"observed", [](EdnReader& edn, Importer&, Record& r) { r.observed = edn.read(); }},
};

/// The member of this name, or nullptr. Maps have their members in the same order, one like the
/// other, so the search starts after the last one found and mostly ends at once.
const Member* find_member(std::string_view name, std::size_t& hint) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::size_t candidate = (hint + i) % members.size();
    if (members[candidate].name != name) continue;
    hint = candidate + 1;
    return &members[candidate];
  }
  return nullptr;
}

bool is_word(EdnReader& edn) {
  const char c = edn.peek();
  return c != '[' && c != '(' && c != '{' && c != '"' && c != '#' && c != '\\';
}

/// A map takes a line of about as many bytes as those in the middle of the file.
std::size_t estimated_operations(std::string_view text) {
  constexpr std::size_t sample_bytes_max = 64 * 1024;
  const std::string_view sample = text.substr(text.size() / 2, sample_bytes_max);
  const auto maps = static_cast<std::size_t>(std::ranges::count(sample, '{'));
  return sample.empty() ? 0 : text.size() / sample.size() * maps / 2 * 9 / 8;
}

}  // namespace

void read_edn_process(EdnReader& edn, Record& record) {
  const char c = edn.peek();
  if (c >= '0' && c <= '9') {
    record.process = static_cast<std::uint64_t>(edn.read_integer("a process"));
    return;
  }
  // Jepsen's clients are whole numbers; all else (:nemesis) is no client.
  if (c != ':' && c != '"' && c != 'n') edn.refuse("a number or a keyword as the process");
  const std::string_view name = edn.skip();
  if (name != "nil") record.other_process = name.substr(name.starts_with(':') ? 1 : 0);
}

void read_edn_type(EdnReader& edn, Record& record) {
  constexpr std::string_view expected = "one of :invoke, :ok, :fail, :info as :type";
  static_cast<void>(edn.peek());
  const char* const at = edn.at();
  const std::string_view name = edn.read_keyword(expected);
  record.type = parse_type(name);
  if (record.type == Type::missing)
    throw Malformed{at, fmt::format("expected {}, found ':{}'", expected, name)};
}

void read_edn_function(EdnReader& edn, Importer& importer, Record& record) {
  if (edn.peek() == ':') {
    record.name = importer.name(edn.read_keyword("a keyword as :f"));
    return;
  }
  const char* const at = edn.at();
  const Value name = edn.read();
  if (name.is_nil()) return;
  if (!name.is_text())
    throw Malformed{at, fmt::format("expected a keyword as :f, found {}", to_text(name))};
  record.name = importer.name(name.text());
}

void read_edn_value(EdnReader& edn, Record& record) {
  edn.drop_tag();
  record.has_value = true;
  const bool is_vector = edn.peek() == '[';
  record.value_at = edn.at();
  if (is_vector)
    record.set_list(edn.read_vector());
  else
    record.value = edn.read();
  record.value_source = {record.value_at, static_cast<std::size_t>(edn.at() - record.value_at)};
  record.trouble = edn.trouble();
}

void read_edn_error(EdnReader& edn, Record& record) {
  const char c = edn.peek();
  if (c == '"') {
    record.error = edn.read().text();
    return;
  }
  std::string_view source = edn.skip();
  if (source == "nil") return;
  if (source.starts_with(':')) source.remove_prefix(1);
  record.error = source;
}

void read_edn_record(EdnReader& edn, Importer& importer, Record& record) {
  edn.drop_tag();
  if (edn.peek() != '{') edn.refuse("an operation's map, '{'");
  record.at = edn.at();
  static_cast<void>(edn.take('{'));
  std::size_t hint = 0;
  while (!edn.take('}')) {
    if (edn.at_end()) throw Malformed{record.at, "this '{' has no '}': the file ends before it"};
    if (!is_word(edn)) {
      edn.skip();
      if (edn.peek() == '}') edn.refuse("a value after the key");
      edn.skip();
      continue;
    }
    const std::string_view key = edn.skip();
    if (edn.peek() == '}') edn.refuse(fmt::format("a value for {}", key));
    const Member* member = key.starts_with(':') ? find_member(key.substr(1), hint) : nullptr;
    if (member == nullptr)
      edn.skip();
    else
      member->read(edn, importer, record);
  }
}

void read_edn(std::string_view text, Importer& importer) {
  importer.reserve(estimated_operations(text));
  EdnReader edn(text);
  Record record;
  const auto read_one = [&] {
    record = {};
    read_edn_record(edn, importer, record);
    importer.add(record);
  };
  edn.drop_tag();
  const char* const open = edn.at();
  const char close = edn.take('[') ? ']' : edn.take('(') ? ')' : '\0';
  if (close == '\0') {
    while (!edn.at_end()) read_one();
    return;
  }
  while (!edn.take(close)) {
    if (edn.at_end())
      throw Malformed{open,
                      fmt::format("this '{}' has no '{}': the file ends before it", *open, close)};
    read_one();
  }
  if (!edn.at_end()) edn.refuse("the end of the file");
}

}  // namespace eris::formats
