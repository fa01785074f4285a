#include "workloads/key_pool.hpp"

#include <utility>

#include "harness/base/assert.hpp"

namespace eris::workloads {

KeyPool::KeyPool(Settings settings) : settings_(std::move(settings)) {
  ERIS_ASSERT(settings_.keys > 0, "a workload has at least one key");
  places_.reserve(settings_.keys);
  for (std::size_t i = 0; i < settings_.keys; ++i) places_.push_back({fresh_key()});
}

model::Value KeyPool::use(std::size_t place) {
  Place& used = places_.at(place);
  const std::uint64_t limit = settings_.operations_per_key;
  if (limit != 0 && used.operations == limit) retire(used);
  ++used.operations;
  return used.key;
}

model::Value KeyPool::last_seen(const model::Value& key) const {
  const auto found = seen_.find(key);
  return found == seen_.end() ? model::Value() : found->second;
}

void KeyPool::saw(const model::Value& key, const model::Value& value) {
  if (const auto found = seen_.find(key); found != seen_.end()) found->second = value;
}

std::vector<model::Value> KeyPool::worth_reading() const {
  std::vector<model::Value> keys(retired_.begin(), retired_.end());
  for (const Place& place : places_)
    if (place.operations > 0) keys.push_back(place.key);
  return keys;
}

model::Value KeyPool::fresh_key() {
  model::Value key(settings_.prefix + std::to_string(next_name_++));
  seen_.emplace(key, model::Value());
  return key;
}

void KeyPool::retire(Place& place) {
  seen_.erase(place.key);
  retired_.push_back(place.key);
  if (retired_.size() > settings_.retired_kept) retired_.pop_front();
  place = {fresh_key()};
}

std::vector<model::Op> reads_of(const std::vector<model::Value>& keys, std::size_t copies) {
  std::vector<model::Op> reads;
  reads.reserve(keys.size() * copies);
  for (const model::Value& key : keys)
    for (std::size_t copy = 0; copy < copies; ++copy)
      reads.push_back(
          {.process = {}, .function = model::function::read, .key = key, .argument = {}});
  return reads;
}

model::OptionSchema operations_per_key_option(std::int64_t default_value) {
  return {.name = "operations-per-key",
          .kind = model::OptionKind::integer,
          .default_value = default_value,
          .help =
              "operations after which a key retires and a fresh one takes its place, which "
              "keeps checking cheap; 0: never",
          .minimum = 0,
          .maximum = 1e9};
}

}  // namespace eris::workloads
