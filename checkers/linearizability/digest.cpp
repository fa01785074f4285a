#include "checkers/linearizability/digest.hpp"

#include <algorithm>
#include <bit>
#include <exception>
#include <new>

#include "checkers/linearizability/prefetch.hpp"
#include "checkers/linearizability/value_table.hpp"

namespace eris::checkers::linearizability {

namespace {

/// How far ahead room is asked for: of a thousand keys, each begins a line of memory of its own.
constexpr std::size_t prefetch_distance = 16;

/// Ids of one key for those of all keys: by an array where it is not much longer than what is
/// renamed, else by a hash table.
class Renaming {
 public:
  /// An entry has two values at most.
  Renaming(std::size_t ids, std::size_t entries) : direct_(ids <= entries * 4 + 64) {
    slots_.resize(direct_ ? ids : std::bit_ceil(entries * 4 + 2));
  }

  ValueId& operator[](ValueId id) {
    if (direct_) return slots_[id].name;
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (id * 0x9e3779b97f4a7c15ull >> 32) & mask;
    while (slots_[at].id != id && slots_[at].id != no_value) at = (at + 1) & mask;
    slots_[at].id = id;
    return slots_[at].name;
  }

 private:
  struct Slot {
    ValueId id = no_value;
    ValueId name = no_value;
  };

  bool direct_;
  std::vector<Slot> slots_;
};

}  // namespace

bool Digest::fits(const Entry& entry) {
  return entry.invoked < never_in_brief && entry.first < values_max &&
         (entry.optional() || entry.completed < never_in_brief);
}

Entry Digest::entry(const Brief& brief, std::uint32_t operation) {
  return {.invoked = brief.invoked,
          .completed = brief.completed == never_in_brief ? model::never : brief.completed,
          .operation = operation,
          .first = brief.value_and_kind >> kind_bits,
          .second = brief.second,
          .kind = brief.kind()};
}

Digest::Digest(const model::History& history, const KeyIndex& index, const SequentialObject& object,
               Allowance allowance)
    : index_(index), object_(object), keys_(index.keys()) {
  const auto& operations = history.operations;
  allowance.hold(operations.size() * (sizeof(Brief) + sizeof(model::Value) + 4 * sizeof(ValueId)));
  briefs_ = std::make_unique_for_overwrite<Brief[]>(operations.size());
  for (std::size_t key = 0; key < keys_.size(); ++key) keys_[key].end = index.begin(key);
  ValueTable table(operations.size());
  table.id(object.initial(), values_);
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    allowance.step();
    prefetch(operations, i + stream_distance);
    if (i + prefetch_distance < operations.size())
      __builtin_prefetch(briefs_.get() + keys_[operations[i + prefetch_distance].key].end, 1);
    Key& key = keys_[operations[i].key];
    if (key.plain) key.plain = lay(operations[i], i, table);
    if (key.plain) ++key.end;
  }
}

/// Lays it behind the others of its key. False where the key has to be left to prepare(), which
/// meets the exception again and tells it.
bool Digest::lay(const model::Operation& operation, std::uint32_t index, ValueTable& table) {
  try {
    const Seen seen = see(operation, object_);
    if (!is_plain(seen.shape.kind)) return false;
    const Entry entry = entry_of(operation, index, seen.shape, table, values_);
    // Field by field: a whole one would be put together elsewhere and wait to be copied.
    Brief& brief = briefs_[keys_[operation.key].end];
    brief.invoked = static_cast<std::uint32_t>(entry.invoked);
    brief.completed = static_cast<std::uint32_t>(entry.completed);  // never stays never
    brief.value_and_kind = entry.first << kind_bits | static_cast<std::uint32_t>(entry.kind);
    brief.second = entry.second;
    return fits(entry);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    return false;
  }
}

std::optional<Problem> Digest::problem(std::size_t key) const {
  if (!keys_[key].plain) return std::nullopt;
  const std::span operations = index_.operations(key);
  const std::span<const Brief> briefs(briefs_.get() + index_.begin(key), operations.size());
  Problem problem{.object = &object_};
  problem.entries.reserve(briefs.size());
  problem.values.reserve(std::min(values_.size(), briefs.size() + 1));
  Renaming names(values_.size(), briefs.size());
  const auto rename = [&](ValueId id) {
    ValueId& name = names[id];
    if (name != no_value) return name;
    problem.values.push_back(values_[id]);
    return name = static_cast<ValueId>(problem.values.size() - 1);
  };
  rename(initial_value);
  for (std::size_t i = 0; i < briefs.size(); ++i) {
    if (briefs[i].kind() == ShapeKind::nothing) continue;
    Entry& renamed = problem.entries.emplace_back(entry(briefs[i], operations[i]));
    if (renamed.kind == ShapeKind::impossible) continue;
    renamed.first = rename(renamed.first);
    if (renamed.kind == ShapeKind::swap) renamed.second = rename(renamed.second);
  }
  return problem;
}

}  // namespace eris::checkers::linearizability
