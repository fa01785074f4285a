#include "checkers/linearizability/digest.hpp"

#include <new>
#include <type_traits>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/linearizability/value_table.hpp"

namespace eris::checkers::linearizability {

static_assert(std::is_trivially_destructible_v<Entry>, "entries are laid into raw memory");

namespace {

/// Ids of one key for those of all keys: by an array where it is not much longer than what is
/// renamed.
class Renaming {
 public:
  Renaming(std::size_t ids, std::size_t entries) {
    if (ids <= entries * 4 + 64) array_.assign(ids, no_value);
  }

  ValueId& operator[](ValueId id) {
    return array_.empty() ? map_.try_emplace(id, no_value).first->second : array_[id];
  }

 private:
  std::vector<ValueId> array_;
  boost::unordered_flat_map<ValueId, ValueId> map_;
};

}  // namespace

Digest::Digest(const model::History& history, const KeyIndex& index, const SequentialObject& object,
               Allowance allowance)
    : index_(index), object_(object), keys_(index.keys()) {
  const std::size_t operations = history.operations.size();
  allowance.hold(operations * (sizeof(Entry) + sizeof(model::Value) + 4 * sizeof(ValueId)));
  memory_ = std::make_unique_for_overwrite<std::byte[]>(operations * sizeof(Entry));
  entries_ = reinterpret_cast<Entry*>(memory_.get());
  for (std::size_t key = 0; key < keys_.size(); ++key) keys_[key].end = index.begin(key);
  ValueTable table(operations);
  table.id(object.initial(), values_);
  for (std::uint32_t i = 0; i < operations; ++i) {
    allowance.step();
    Key& key = keys_[history.operations[i].key];
    if (!key.plain) continue;
    const Seen seen = see(history.operations[i], object);
    if (seen.shape.kind == ShapeKind::nothing) continue;
    key.plain = is_plain(seen.shape.kind);
    if (key.plain)
      new (entries_ + key.end++)
          Entry(entry_of(history.operations[i], i, seen.shape, table, values_));
  }
}

std::optional<Problem> Digest::problem(std::size_t key) const {
  if (!keys_[key].plain) return std::nullopt;
  const std::span<const Entry> entries(entries_ + index_.begin(key), entries_ + keys_[key].end);
  Problem problem{.object = &object_};
  problem.entries.reserve(entries.size());
  Renaming names(values_.size(), entries.size());
  const auto rename = [&](ValueId id) {
    ValueId& name = names[id];
    if (name != no_value) return name;
    problem.values.push_back(values_[id]);
    return name = static_cast<ValueId>(problem.values.size() - 1);
  };
  rename(initial_value);
  for (const Entry& entry : entries) {
    Entry& renamed = problem.entries.emplace_back(entry);
    if (entry.kind == ShapeKind::impossible) continue;
    renamed.first = rename(entry.first);
    if (entry.kind == ShapeKind::swap) renamed.second = rename(entry.second);
  }
  return problem;
}

}  // namespace eris::checkers::linearizability
