// EdnReader: Clojure's data notation, read form by form from text in memory.
//
// Why our own: histories come as gigabytes of it, of which nearly all is small maps of keywords and
// integers; a caller takes such a map apart as it is read, and nothing is built that is not kept.
// What it reads: nil, booleans, integers (also 12N), floats, strings, characters, keywords,
// symbols, vectors, lists, sets, maps, tagged forms, metadata, comments and discarded forms.
// Values: keywords and symbols become text, without the colon; a map becomes the list of its
// [key value] pairs, ascending by key; a set becomes an ascending list; a tag is dropped. A
// fraction has no Value: see trouble(). Errors: throws Malformed. Invariant: 64 bytes after the
// text's end are readable, and the first of them is NUL or a blank, so that words end there by
// themselves. Thread rule: one owner.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/formats/malformed.hpp"
#include "harness/formats/word_cache.hpp"
#include "harness/model/value.hpp"

namespace eris::formats {

class EdnReader {
 public:
  /// Forms nested deeper than this are refused, since reading them is recursive.
  static constexpr int depth_max = 500;

  explicit EdnReader(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  /// Goes on with other text, keeping what was learnt. `what` it is, for messages: "line".
  void restart(std::string_view text, std::string_view what) {
    at_ = text.data();
    end_ = at_ + text.size();
    what_ = what;
  }

  /// Skips what means nothing, and says whether the text ends there.
  [[nodiscard]] bool at_end() {
    skip_blank();
    return at_ == end_;
  }
  /// Where the next form begins (after at_end(), or a form's own end).
  [[nodiscard]] const char* at() const { return at_; }
  /// The first character of the next form.
  [[nodiscard]] char peek() {
    skip_blank();
    return *at_;
  }
  /// Takes this bracket if it comes next.
  [[nodiscard]] bool take(char bracket) {
    if (peek() != bracket || at_ == end_) return false;
    ++at_;
    return true;
  }
  /// Drops the tag before a form, if there is one: "#jepsen.history.Op".
  void drop_tag();

  [[nodiscard]] model::Value read();
  /// Takes the next form without making anything of it; gives its text.
  std::string_view skip();
  /// The items of the vector that comes next, valid until the reader is used again.
  [[nodiscard]] std::vector<model::Value>& read_vector();

  /// A keyword without its colon, valid as long as the text. `expected` is for the message: what
  /// should stand there.
  [[nodiscard]] std::string_view read_keyword(std::string_view expected);
  [[nodiscard]] std::int64_t read_integer(std::string_view expected);

  /// Says what was expected here instead of what is there.
  [[noreturn]] void refuse(std::string_view expected);

  /// The first number that no Value can hold (its text was taken instead), since this was last
  /// asked. Only what a client said must not hold one.
  [[nodiscard]] std::optional<Malformed> trouble() { return std::exchange(trouble_, std::nullopt); }

 private:
  enum class Kind : std::uint8_t { word, blank, delimiter };
  /// Counts the forms that are open, discarded ones too.
  class Nested {
   public:
    explicit Nested(EdnReader& reader);
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;
    ~Nested() { --reader_.depth_; }

   private:
    EdnReader& reader_;
  };
  static const std::array<Kind, 256> kinds;
  static Kind kind(char c) { return kinds[static_cast<unsigned char>(c)]; }

  void skip_blank() {
    while (kind(*at_) == Kind::blank && at_ != end_) ++at_;
    if (*at_ == ';' || *at_ == '#') skip_comments();
  }
  void skip_comments();
  void skip_form();
  void skip_items(char close);
  void skip_string();

  model::Value read_list(char close);
  model::Value read_set();
  model::Value read_map();
  model::Value read_tagged();
  model::Value read_number();
  model::Value read_odd_number(std::string_view token);
  model::Value read_word();
  model::Value read_string();
  model::Value read_character();
  model::Value unheld(std::string_view token, std::string what);
  /// Puts the items up to `close` onto items_; gives where they begin.
  std::size_t collect(char close);
  model::Value::List take_items(std::size_t first);
  void append_escape(std::string& text);
  std::string_view token();
  [[noreturn]] void unclosed(const char* open, char close) const;

  const char* at_;
  const char* end_;
  std::string_view what_ = "file";
  int depth_ = 0;
  WordCache words_;
  std::vector<model::Value> items_;  ///< of all lists that are open
  std::vector<model::Value> vector_;
  std::string text_;
  std::optional<Malformed> trouble_;
};

}  // namespace eris::formats
