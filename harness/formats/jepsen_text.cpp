// Jepsen's history.txt and the operations of a jepsen.log: process, type, function, value and error
// in a line, each as EDN.
#include <cstring>

#include <fmt/format.h>

#include "harness/formats/edn_record.hpp"
#include "harness/formats/readers.hpp"

namespace eris::formats {

namespace {

/// Before an operation in a log, of old versions and of new ones.
constexpr std::string_view marks[] = {"jepsen.util - ", "jepsen.util: "};

/// What follows the logger's name; nothing for a line of a log that is not by it.
std::optional<std::string_view> logged(std::string_view line) {
  for (const std::string_view mark : marks)
    if (const std::size_t at = line.find(mark); at != std::string_view::npos)
      return line.substr(at + mark.size());
  return std::nullopt;
}

/// Whether a line looks like an operation: a process, then a keyword as its type.
bool tells_operation(std::string_view line) {
  if (line.empty() || (line[0] != ':' && (line[0] < '0' || line[0] > '9'))) return false;
  const std::size_t process_end = line.find_first_of(" \t");
  const std::size_t type = line.find_first_not_of(" \t", process_end);
  return process_end != std::string_view::npos && type != std::string_view::npos &&
         line[type] == ':';
}

class TextReader {
 public:
  TextReader(std::string_view text, Importer& importer)
      : rest_(text), importer_(importer), edn_(text) {}

  void run() {
    const char* const begin = rest_.data();
    while (!rest_.empty()) take_line();
    if (!in_log_ && !rest_is_history_)
      throw Malformed{begin, "expected lines such as '3 :invoke :read nil', found none"};
    if (others_ > 0)
      importer_.remark(others_ == 1
                           ? "one line of the file tells of no operation"
                           : fmt::format("{} lines of the file tell of no operation", others_));
  }

 private:
  void take_line() {
    const std::size_t newline = rest_.find('\n');
    std::string_view line = rest_.substr(0, newline);
    rest_.remove_prefix(newline == std::string_view::npos ? rest_.size() : newline + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) return;
    if (const auto said = logged(line)) {
      in_log_ = true;
      if (tells_operation(*said)) return take_operation(*said);
    } else if (!in_log_ && (rest_is_history_ || tells_operation(line))) {
      rest_is_history_ = true;
      return take_operation(line);
    }
    ++others_;
  }

  void take_operation(std::string_view line) {
    record_ = {};
    record_.at = line.data();
    edn_.restart(line, "line");
    read_edn_process(edn_, record_);
    read_edn_type(edn_, record_);
    if (edn_.at_end()) edn_.refuse("a function");
    read_edn_function(edn_, importer_, record_);
    if (!edn_.at_end()) read_edn_value(edn_, record_);
    if (!edn_.at_end()) {
      // An error may be several words.
      const std::size_t begin = static_cast<std::size_t>(edn_.at() - line.data());
      std::string_view error = line.substr(begin);
      if (error.starts_with(':')) error.remove_prefix(1);
      if (error != "nil") record_.error = error;
    }
    importer_.add(record_);
  }

  std::string_view rest_;
  Importer& importer_;
  EdnReader edn_;
  Record record_;
  bool in_log_ = false;
  bool rest_is_history_ = false;
  std::uint64_t others_ = 0;
};

}  // namespace

void read_text(std::string_view text, Importer& importer) {
  TextReader(text, importer).run();
}

}  // namespace eris::formats
