#include "adapters/reference/raft/log.hpp"

#include <algorithm>

#include "adapters/reference/kv/hash.hpp"
#include "harness/base/assert.hpp"

namespace eris::raft {

std::uint64_t chain_hash(std::uint64_t before, const Entry& entry) {
  const std::uint64_t head =
      kv::mix(kv::mix(before, entry.term.value), static_cast<std::uint64_t>(entry.kind));
  return kv::hash_bytes(head, entry.payload);
}

Log::Log(Configuration configuration, LogPoint base) : base_(base) {
  configurations_.emplace_back(base.index, std::move(configuration));
}

LogIndex Log::last_with_term_at_most(Term term, LogIndex index) const {
  const auto after = std::partition_point(slots_.begin(), slots_.end(),
                                          [term](const Slot& s) { return s.entry.term <= term; });
  const LogIndex last(base_.index.value + static_cast<std::uint64_t>(after - slots_.begin()));
  return std::max(base_.index, std::min(last, index));
}

void Log::append(Entry entry) {
  const LogPoint before = last();
  const std::uint64_t bytes_before =
      slots_.empty() ? base_bytes_
                     : slots_.back().bytes_before + slots_.back().entry.payload.size();
  const std::uint64_t hash = chain_hash(before.hash, entry);
  if (entry.kind == EntryKind::configuration)
    configurations_.emplace_back(before.index.next(), configuration_in(entry));
  slots_.push_back({std::move(entry), hash, bytes_before});
}

void Log::truncate(LogIndex from) {
  ERIS_ASSERT(from > base_.index, "what a snapshot covers is never truncated");
  if (from > last_index()) return;
  slots_.resize(from.value - base_.index.value - 1);
  while (configurations_.size() > 1 && configurations_.back().first >= from)
    configurations_.pop_back();
}

void Log::compact(LogIndex to) {
  if (to <= base_.index) return;
  const Slot& new_base = slot(to);
  const std::uint64_t bytes = new_base.bytes_before + new_base.entry.payload.size();
  const LogPoint point{to, new_base.entry.term, new_base.hash};
  slots_.erase(slots_.begin(),
               slots_.begin() + static_cast<std::ptrdiff_t>(to.value - base_.index.value));
  base_ = point;
  base_bytes_ = bytes;
  while (configurations_.size() > 1 && configurations_[1].first <= to)
    configurations_.erase(configurations_.begin());
}

const std::pair<LogIndex, Configuration>& Log::configuration_at(LogIndex index) const {
  for (auto it = configurations_.rbegin(); it != configurations_.rend(); ++it)
    if (it->first <= index) return *it;
  return configurations_.front();
}

std::size_t Log::payload_bytes_after(LogIndex index) const {
  if (slots_.empty() || index >= last_index()) return 0;
  const std::uint64_t end = slots_.back().bytes_before + slots_.back().entry.payload.size();
  const std::uint64_t begin =
      index <= base_.index ? base_bytes_ : slot(index).bytes_before + at(index).payload.size();
  return end - begin;
}

}  // namespace eris::raft
