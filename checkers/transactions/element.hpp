// Element: a value of a key, as a key of hash maps. It points at the value and does not copy it.
// Thread rule: plain value.
#pragma once

#include <cstddef>

#include "checkers/transactions/transaction.hpp"

namespace eris::checkers::transactions {

struct Element {
  KeyId key;
  const model::Value* value;
  bool operator==(const Element& other) const { return key == other.key && *value == *other.value; }
};

struct ElementHash {
  using is_avalanching = void;
  std::size_t operator()(const Element& element) const noexcept {
    const std::size_t mixed = (element.value->hash() ^ element.key) * 0x9e3779b97f4a7c15;
    return mixed ^ (mixed >> 29);
  }
};

}  // namespace eris::checkers::transactions
