// Writes: which step of which transaction wrote each value, where a key gets every value once.
//
// Lists and registers both go by it: what was read is known by who wrote it. A write that failed
// gives way to another of the same value, as when a client tries again.
// Thread rule: constant once built.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/transactions/element.hpp"
#include "checkers/transactions/transaction.hpp"

namespace eris::checkers::transactions {

class Writes {
 public:
  /// Errors: usage, where a value was written to a key twice. Throws OutOfBudget.
  [[nodiscard]] static base::Result<Writes> of(const Transactions& transactions, Flavour flavour,
                                               Allowance& allowance);

  /// The step that wrote the value to the key, or `none`.
  [[nodiscard]] MicroId find(KeyId key, const model::Value& value) const {
    const auto found = by_value_.find(Element{key, &value});
    return found == by_value_.end() ? none : found->second;
  }

 private:
  boost::unordered_flat_map<Element, MicroId, ElementHash> by_value_;
};

}  // namespace eris::checkers::transactions
