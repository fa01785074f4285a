#include "harness/run/process_table.hpp"

#include <algorithm>

#include "harness/base/assert.hpp"

namespace eris::run {

ProcessTable::ProcessTable(std::size_t concurrency) : places_(concurrency) {
  ERIS_ASSERT(concurrency > 0, "a run has at least one process");
  for (std::size_t place = 0; place < concurrency; ++place) {
    places_[place].process = base::ProcessId(place);
    idle_.push_back(place);
  }
}

std::optional<base::ProcessId> ProcessTable::take() {
  if (idle_.empty()) return std::nullopt;
  Place& place = places_[idle_.front()];
  idle_.pop_front();
  place.busy = true;
  return place.process;
}

std::optional<base::ProcessId> ProcessTable::take_at(std::size_t place) {
  Place& taken = places_.at(place);
  if (taken.busy) return std::nullopt;
  idle_.erase(std::ranges::find(idle_, place));
  taken.busy = true;
  return taken.process;
}

void ProcessTable::put_back(base::ProcessId process) {
  busy_place_of(process).busy = false;
  idle_.push_front(place_of(process));
}

void ProcessTable::completed(base::ProcessId process, model::Status status) {
  Place& place = busy_place_of(process);
  if (place.retires || status == model::Status::info) place.process = successor(process);
  place.busy = place.retires = false;
  idle_.push_back(place_of(process));
}

void ProcessTable::retire_all() {
  for (Place& place : places_)
    if (place.busy)
      place.retires = true;
    else
      place.process = successor(place.process);
}

std::size_t ProcessTable::place_of(base::ProcessId process) const {
  return static_cast<std::size_t>(process.value % places_.size());
}

base::ProcessId ProcessTable::successor(base::ProcessId process) const {
  return base::ProcessId(process.value + places_.size());
}

ProcessTable::Place& ProcessTable::busy_place_of(base::ProcessId process) {
  Place& place = places_[place_of(process)];
  ERIS_ASSERT(place.busy && place.process == process, "only a busy process can be done");
  return place;
}

}  // namespace eris::run
