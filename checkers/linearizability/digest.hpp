// Digest: the entries of every key, made in one pass over the history.
//
// Why: of a thousand keys each has an operation here and there. Going through the history once for
// each key waits for memory at every step; going through it once, and laying 32 bytes of each
// operation beside the others of its key, does not: half the time for keys that zones decide.
// Only plain operations are worth it, those of which the shape says all. A key that has another is
// left to prepare().
// Invariant: problem() gives what prepare() gives.
// Thread rule: problem() may be called from many threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "checkers/allowance.hpp"
#include "checkers/linearizability/problem.hpp"

namespace eris::checkers::linearizability {

class Digest {
 public:
  /// Throws OutOfBudget, and what the object throws. `index` has to outlive it.
  Digest(const model::History& history, const KeyIndex& index, const SequentialObject& object,
         Allowance allowance);

  /// Nothing where the key is left to prepare().
  [[nodiscard]] std::optional<Problem> problem(std::size_t key) const;

 private:
  struct Key {
    std::size_t end = 0;  ///< of its entries, which begin where its operations do
    bool plain = true;
  };

  const KeyIndex& index_;
  const SequentialObject& object_;
  std::vector<Key> keys_;
  /// Room for all operations, written where there is something: so much is not cleared first.
  std::unique_ptr<std::byte[]> memory_;
  Entry* entries_ = nullptr;  ///< there; values have one id in all keys
  std::vector<model::Value> values_;
};

}  // namespace eris::checkers::linearizability
