#include "checkers/certificates/certificate.hpp"

#include <string_view>

namespace eris::checkers::certificates {

using model::History;
using model::Operation;
using model::Value;

namespace {

/// FNV-1a (Fowler, Noll, Vo), eight bytes at a time: the same on every machine, for ever.
class Hash {
 public:
  void add(std::uint64_t word) {
    hash_ = (hash_ ^ word) * 0x100000001b3ull;
    hash_ ^= hash_ >> 29;
  }
  void add(std::string_view text) {
    add(text.size());
    for (const char c : text) add(static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
  }
  void add(const Value& value) {
    if (value.is_nil()) return add(1);
    if (value.is_boolean()) return add(value.boolean() ? 3 : 2);
    if (value.is_integer()) {
      add(4);
      return add(static_cast<std::uint64_t>(value.integer()));
    }
    if (value.is_text()) {
      add(5);
      return add(std::string_view(value.text()));
    }
    add(6);
    add(value.list().size());
    for (const Value& item : value.list()) add(item);
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325ull;
};

}  // namespace

HistoryIdentity identity_of(const History& history) {
  Hash hash;
  for (const Operation& operation : history.operations) {
    hash.add(static_cast<std::uint64_t>(operation.process.value));
    hash.add(operation.function.view());
    hash.add(history.key_of(operation));
    hash.add(operation.argument);
    hash.add(operation.result);
    hash.add(operation.invoked);
    hash.add(operation.completed);
    hash.add(static_cast<std::uint64_t>(operation.status));
    hash.add(static_cast<std::uint64_t>(operation.error == 0 ? 0 : 1));
  }
  return {history.operations.size(), history.events, hash.value()};
}

}  // namespace eris::checkers::certificates
