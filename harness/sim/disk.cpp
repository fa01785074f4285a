#include "harness/sim/disk.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/assert.hpp"

namespace eris::sim {

using model::DiskTrouble;
using namespace std::chrono_literals;

namespace {

constexpr base::Duration sync_min = 200us;
constexpr base::Duration sync_max = 2ms;
/// On a disk that a fault made slow.
constexpr base::Duration slow_min = 50ms;
constexpr base::Duration slow_max = 500ms;

}  // namespace

base::Result<core::Recovered> Disk::open(bool takes_torn) {
  if (damage_)
    return base::environment_error(*damage_, "write-ahead log",
                                   "the node's disk must be replaced; the others have its data");
  if (torn_ && takes_torn) content_.records.push_back(*std::move(torn_));
  torn_.reset();
  return content_;
}

std::optional<Disk::Sync> Disk::begin_sync() {
  if (syncing_ || waiting_.empty()) return std::nullopt;
  syncing_ = durable_ + waiting_.size();
  base::Duration takes = rng_.duration(sync_min, sync_max);
  if (trouble_ == DiskTrouble::slow) {
    takes += rng_.duration(slow_min, slow_max);
    ++slow_syncs_;
  }
  if (quirks_.slow_syncs.strike(rng_)) takes += rng_.duration(0ns, quirks_.slow_sync_max);
  return Sync{.takes = takes, .up_to = *syncing_};
}

base::Result<void> Disk::end_sync() {
  ERIS_ASSERT(syncing_.has_value(), "a sync ends after it began");
  if (trouble_ == DiskTrouble::full)
    return base::environment_error("no space left on the device", "write-ahead log");
  if (trouble_ == DiskTrouble::failing)
    return base::environment_error("input/output error", "write-ahead log");
  bool makes_block = false;
  for (; durable_ < *syncing_; ++durable_) {
    makes_block = std::holds_alternative<core::Append>(waiting_.front());
    write(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  blocks_ += makes_block ? 1 : 0;
  syncing_.reset();
  return {};
}

void Disk::process_died() {
  // Where the disk has no room, what was not synced never got there.
  const bool keeps_some = trouble_ != DiskTrouble::full;
  const std::uint64_t surviving = keeps_some ? rng_.below(waiting_.size() + 1) : 0;
  for (std::uint64_t i = 0; i < surviving; ++i) write(std::move(waiting_[i]));
  blocks_ += surviving > 0 ? 1 : 0;
  forget_life();
}

void Disk::power_lost() {
  tear();
  forget_life();
}

/// Half of the power losses leave a part of the record that was being written, and zeros where the
/// rest should be.
void Disk::tear() {
  torn_.reset();
  if (waiting_.empty() || rng_.below(2) == 0) return;
  const auto* append = std::get_if<core::Append>(&waiting_.front());
  if (append == nullptr || append->record.empty()) return;
  torn_ = append->record;
  const std::size_t whole = rng_.below(torn_->size());
  torn_->replace(whole, torn_->size() - whole, torn_->size() - whole, '\0');
}

bool Disk::damage(DiskTrouble how) {
  ERIS_ASSERT(waiting_.empty(), "a disk is damaged while no process runs");
  // A misdirected block is the last one, which leaves a hole where it should be.
  const std::uint64_t needed = how == DiskTrouble::misdirected ? 2 : 1;
  if (blocks_ < needed || damage_) return false;
  const std::uint64_t block = rng_.below(blocks_ + 1 - needed);
  damage_ = fmt::format(
      "block {} of {} {}", block, blocks_ + 1,
      how == DiskTrouble::misdirected ? "holds another block" : "does not have its checksum");
  return true;
}

void Disk::wipe() {
  content_ = {};
  blocks_ = 0;
  damage_.reset();
  torn_.reset();
}

void Disk::write(DurableAction&& action) {
  on_durable_(action);
  if (auto* append = std::get_if<core::Append>(&action)) {
    content_.records.push_back(std::move(append->record));
    return;
  }
  auto& checkpoint = std::get<core::Checkpoint>(action);
  content_ = {std::move(checkpoint.snapshot), std::move(checkpoint.records)};
  blocks_ = 0;
}

void Disk::forget_life() {
  waiting_.clear();
  syncing_.reset();
  durable_ = 0;
}

}  // namespace eris::sim
