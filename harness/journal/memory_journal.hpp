// MemoryJournal: the record of a run that goes straight into a History, without a file.
//
// Why: `eris sim` and `eris prove` judge thousands of simulated runs, and keep the journals of the
// few that show something; those are made again from their seed.
// Thread rule: one owner.
#pragma once

#include "harness/journal/journal.hpp"

namespace eris::journal {

class MemoryJournal final : public Sink {
 public:
  explicit MemoryJournal(model::Header header);

  /// Errors: internal, for events that contradict those before.
  [[nodiscard]] base::Result<model::EventIndex> append(base::Instant time,
                                                       const model::Event& event) override;

  /// The history so far; nothing may be appended afterwards.
  [[nodiscard]] model::History finish();

 private:
  model::HistoryBuilder builder_;
  model::EventIndex next_ = 0;
};

}  // namespace eris::journal
