// ValuePool: gives equal lists the same memory, and a list that goes on where another ended the
// same block.
//
// Why: in a history of transactions most of the memory is lists that are there again and again. An
// append is in the request and in the answer, and every read of a growing list holds all of it: a
// million transactions took 1.6 GB. Whoever joins events to operations passes the values through a
// pool; what they are does not change, and a list that fits nowhere stays as it is.
//
// How: lists lately seen are remembered by their hash, a bounded number of them. The hash of a list
// goes through the hashes of its beginnings, so that one look-up each finds what it continues.
// Invariant: only the pool that made a block writes to it, and only behind what anybody can see.
// Thread rule: one owner; the values may be read by other threads meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/model/value.hpp"

namespace eris::model {

class ValuePool {
 public:
  /// An equal value, in memory that it shares with others where it can.
  [[nodiscard]] Value shared(Value value);

 private:
  struct Remembered {
    std::size_t hash = 0;
    Value list;                  ///< nil: nothing is remembered
    std::uint32_t capacity = 0;  ///< of its block; 0: another's, not to be written to
  };

  [[nodiscard]] Value shared_list(Value list);
  void share_elements(Value& list);
  /// How long the longest beginning is that is remembered, of those that are tried; 0: none.
  [[nodiscard]] std::uint32_t known_beginning(const Value& list);
  [[nodiscard]] Value continued(Remembered known, const Value& list);
  void remember(std::size_t hash, const Value& list, std::uint32_t capacity);
  [[nodiscard]] Remembered& place_of(std::size_t hash);
  [[nodiscard]] Remembered* find(std::size_t hash, Value::Elements elements);

  std::vector<Remembered> lately_;
  std::size_t remembered_ = 0;
  std::vector<std::size_t> hashes_;  ///< scratch: of the beginnings of a list, by length
};

}  // namespace eris::model
