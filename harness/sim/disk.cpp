#include "harness/sim/disk.hpp"

#include <utility>

#include "harness/base/assert.hpp"

namespace eris::sim {

using namespace std::chrono_literals;

std::optional<Disk::Sync> Disk::begin_sync() {
  if (syncing_ || waiting_.empty()) return std::nullopt;
  syncing_ = durable_ + waiting_.size();
  return Sync{.takes = rng_.duration(200us, 2ms), .up_to = *syncing_};
}

void Disk::end_sync() {
  ERIS_ASSERT(syncing_.has_value(), "a sync ends after it began");
  while (durable_ < *syncing_) {
    write(std::move(waiting_.front()));
    waiting_.pop_front();
    ++durable_;
  }
  syncing_.reset();
}

void Disk::process_died() {
  const std::uint64_t surviving = rng_.below(waiting_.size() + 1);
  for (std::uint64_t i = 0; i < surviving; ++i) write(std::move(waiting_[i]));
  forget_life();
}

void Disk::power_lost() {
  forget_life();
}

void Disk::write(DurableAction action) {
  on_durable_(action);
  if (auto* append = std::get_if<core::Append>(&action)) {
    content_.records.push_back(std::move(append->record));
    return;
  }
  auto& checkpoint = std::get<core::Checkpoint>(action);
  content_ = {std::move(checkpoint.snapshot), std::move(checkpoint.records)};
}

void Disk::forget_life() {
  waiting_.clear();
  syncing_.reset();
  durable_ = 0;
}

}  // namespace eris::sim
