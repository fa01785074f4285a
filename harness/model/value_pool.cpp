#include "harness/model/value_pool.hpp"

#include <algorithm>
#include <memory>
#include <new>

namespace eris::model {

namespace {

// A power of two: of some hundred clients and some thousand keys, what each saw last.
constexpr std::size_t remembered_max = std::size_t{1} << 15;
constexpr std::size_t remembered_min = 64;
// Reads of a list that others append to lie a few elements apart.
constexpr std::uint32_t steps_back_max = 16;
constexpr std::uint32_t capacity_min = 8;

std::size_t longer(std::size_t hash, const Value& next) {
  hash = (hash ^ next.hash()) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 29);
}

}  // namespace

Value ValuePool::shared(Value value) {
  if (!value.is_list() || value.list().empty()) return value;
  return shared_list(std::move(value));
}

Value ValuePool::shared_list(Value list) {
  share_elements(list);
  const auto elements = list.list();
  hashes_.clear();
  std::size_t hash = 0;
  for (const Value& element : elements) hashes_.push_back(hash = longer(hash, element));
  if (const Remembered* same = find(hash, elements)) return same->list;
  // Lists of lists are requests and answers, which do not grow.
  if (!elements.back().is_list())
    if (const std::uint32_t length = known_beginning(list); length > 0)
      return continued(*find(hashes_[length - 1], elements.first(length)), list);
  remember(hash, list, 0);
  return list;
}

/// Only of a list that nobody else can see.
void ValuePool::share_elements(Value& list) {
  if (list.block()->owners.load(std::memory_order_acquire) != 1) return;
  auto* const first = const_cast<Value*>(list.elements());
  for (std::uint32_t i = 0; i < list.size(); ++i)
    if (first[i].is_list()) first[i] = shared(std::move(first[i]));
}

std::uint32_t ValuePool::known_beginning(const Value& list) {
  const auto elements = list.list();
  const auto length = static_cast<std::uint32_t>(elements.size());
  for (std::uint32_t back = 1; back < length && back <= steps_back_max; ++back)
    if (find(hashes_[length - back - 1], elements.first(length - back)) != nullptr)
      return length - back;
  return 0;
}

/// The list in the block of its beginning where the block goes on like it, or ends there and has
/// room; else in a block of its own that has room for more.
Value ValuePool::continued(Remembered known, const Value& list) {
  const auto elements = list.list();
  const auto length = static_cast<std::uint32_t>(elements.size());
  Value::Block* block = known.list.block();
  auto* there = const_cast<Value*>(known.list.elements());
  const std::uint32_t common = std::min(block->size, length);
  const bool goes_on =
      known.capacity >= length && std::equal(elements.begin(), elements.begin() + common, there);
  if (!goes_on) {
    known.capacity = std::max(capacity_min, 2 * length);
    known.list = Value();
    known.list.tail_ = Value::tagged(Value::Kind::list);
    block =
        new (::operator new(sizeof(Value::Block) + known.capacity * sizeof(Value))) Value::Block;
    there = reinterpret_cast<Value*>(block + 1);
    known.list.head_ = reinterpret_cast<std::uint64_t>(block);
  }
  for (; block->size < length; ++block->size)
    new (there + block->size) Value(elements[block->size]);
  // Each length that was passed on the way may be read, or continued, by somebody else.
  for (std::uint32_t passed = known.list.size() + 1; passed <= length; ++passed) {
    if (!goes_on && passed + steps_back_max < length) continue;
    known.list.tail_ = Value::tagged(Value::Kind::list, passed);
    remember(hashes_[passed - 1], known.list, known.capacity);
  }
  return known.list;
}

void ValuePool::remember(std::size_t hash, const Value& list, std::uint32_t capacity) {
  // What was remembered may be lost at any time, so it need not be moved.
  if (++remembered_ > lately_.size() && lately_.size() < remembered_max)
    lately_ = std::vector<Remembered>(std::max(remembered_min, 4 * lately_.size()));
  place_of(hash) = {hash, list, capacity};
}

ValuePool::Remembered& ValuePool::place_of(std::size_t hash) {
  return lately_[(hash >> 32) & (lately_.size() - 1)];
}

ValuePool::Remembered* ValuePool::find(std::size_t hash, Value::Elements elements) {
  if (lately_.empty()) return nullptr;
  Remembered& place = place_of(hash);
  if (place.hash != hash || !place.list.is_list()) return nullptr;
  return std::ranges::equal(place.list.list(), elements) ? &place : nullptr;
}

}  // namespace eris::model
