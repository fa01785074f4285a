// Digest: the entries of every key, made in one pass over the history.
//
// Why: of a thousand keys each has an operation here and there. Going through the history once for
// each key waits for memory at every step; going through it once, and laying 16 bytes of each
// operation beside the others of its key, does not: less than half the time for keys that zones
// decide. Only plain operations are worth it, those of which the shape says all. A key that has
// another, one too large for the 16 bytes, or one at which the object throws, is left to prepare().
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
  /// Throws OutOfBudget. `index` has to outlive it.
  Digest(const model::History& history, const KeyIndex& index, const SequentialObject& object,
         Allowance allowance);

  /// Nothing where the key is left to prepare().
  [[nodiscard]] std::optional<Problem> problem(std::size_t key) const;

 private:
  /// An Entry in half the room. Values have one id in all keys. Which operation it is follows from
  /// its place, so that those that tell nothing have a place too.
  struct Brief {
    std::uint32_t invoked;
    std::uint32_t completed;  ///< never_in_brief: optional
    std::uint32_t value_and_kind;
    ValueId second;

    [[nodiscard]] ShapeKind kind() const {
      return static_cast<ShapeKind>(value_and_kind % (1u << kind_bits));
    }
  };
  static constexpr unsigned kind_bits = 4;
  static constexpr std::uint32_t never_in_brief = 0xffffffff;
  static constexpr ValueId values_max = no_value >> kind_bits;

  struct Key {
    std::size_t end = 0;  ///< of its briefs, which begin where its operations do
    bool plain = true;
  };

  [[nodiscard]] static bool fits(const Entry& entry);
  [[nodiscard]] static Entry entry(const Brief& brief, std::uint32_t operation);

  [[nodiscard]] bool lay(const model::Operation& operation, std::uint32_t index, ValueTable& table);

  const KeyIndex& index_;
  const SequentialObject& object_;
  std::vector<Key> keys_;
  /// Room for all operations, written where there is something: so much is not cleared first.
  std::unique_ptr<Brief[]> briefs_;
  std::vector<model::Value> values_;
};

}  // namespace eris::checkers::linearizability
