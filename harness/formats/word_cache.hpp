// WordCache: one Value for each text that comes again and again (keys, keywords, micro-operations).
//
// Why: a history of transactions names "append" millions of times. Shared, each costs a reference
// instead of an allocation.
// Invariant: holds at most words_max short texts; others get a Value of their own.
// Thread rule: one owner.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

#include "harness/model/value.hpp"

namespace eris::formats {

class WordCache {
 public:
  [[nodiscard]] model::Value value_of(std::string_view text) {
    if (text.size() > bytes_max) return model::Value(text);
    if (const auto found = words_.find(text); found != words_.end()) return found->second;
    model::Value value(text);
    if (words_.size() < words_max) words_.emplace(std::string(text), value);
    return value;
  }

 private:
  static constexpr std::size_t bytes_max = 32;
  static constexpr std::size_t words_max = 16 * 1024;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  boost::unordered_flat_map<std::string, model::Value, Hash, std::equal_to<>> words_;
};

}  // namespace eris::formats
