#include "harness/journal/memory_journal.hpp"

#include <utility>

namespace eris::journal {

MemoryJournal::MemoryJournal(model::Header header) {
  builder_.set_header(std::move(header));
}

base::Result<model::EventIndex> MemoryJournal::append(base::Instant time,
                                                      const model::Event& event) {
  model::Event stamped = event;
  stamped.index = next_;
  stamped.time = time;
  ERIS_CHECK_OK(builder_.add(std::move(stamped)));
  return next_++;
}

model::History MemoryJournal::finish() {
  return builder_.finish();
}

}  // namespace eris::journal
