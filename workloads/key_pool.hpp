// KeyPool: the keys that a workload uses at present, and the values it has seen on them.
//
// Why keys retire: each key is checked on its own, and checking a key is cheap while its history is
// short. After a set number of operations a key is never written again and a fresh one, with a new
// name, takes its place. Retired keys are still read at the end, so that nothing lost on them goes
// unseen.
// Invariants: names are never used twice; a place holds one live key at any time.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/model/operation.hpp"
#include "harness/model/schema.hpp"
#include "harness/model/value.hpp"

namespace eris::workloads {

class KeyPool {
 public:
  struct Settings {
    std::string prefix;                    ///< keys are prefix0, prefix1, …
    std::size_t keys = 1;                  ///< live at any time
    std::uint64_t operations_per_key = 0;  ///< then the key retires; 0: never
    std::size_t retired_kept = 0;          ///< how many of the latest retired keys to remember
  };
  explicit KeyPool(Settings settings);

  /// The live key at this place, one operation older. The key may retire after this one.
  [[nodiscard]] model::Value use(std::size_t place);

  /// The last value that clients saw on a live key: read, or installed by an acknowledged
  /// operation. Nil where none is known.
  [[nodiscard]] model::Value last_seen(const model::Value& key) const;
  /// Forgets what it is told about keys that are not live.
  void saw(const model::Value& key, const model::Value& value);

  /// Keys worth reading when the run ends: live ones that were used, and the latest retired ones.
  [[nodiscard]] std::vector<model::Value> worth_reading() const;

  [[nodiscard]] std::size_t size() const { return places_.size(); }

 private:
  struct Place {
    model::Value key;
    std::uint64_t operations = 0;
  };
  [[nodiscard]] model::Value fresh_key();
  void retire(Place& place);

  Settings settings_;
  std::uint64_t next_name_ = 0;
  std::vector<Place> places_;
  std::deque<model::Value> retired_;
  std::unordered_map<model::Value, model::Value> seen_;  ///< live keys only
};

/// Each key read by several processes: `copies` reads of a key stand next to one another, so that
/// handing them out in turn gives them to different processes.
[[nodiscard]] std::vector<model::Op> reads_of(const std::vector<model::Value>& keys,
                                              std::size_t copies);

/// The option `operations-per-key`.
[[nodiscard]] model::OptionSchema operations_per_key_option(std::int64_t default_value);

}  // namespace eris::workloads
