// A simulated run in memory: as the text of its journal, for tests that compare runs byte for byte,
// or as a history, for tests that judge it.
// Thread rule: any; runs share nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/simulated_system.hpp"
#include "harness/journal/journal.hpp"
#include "harness/model/history.hpp"
#include "harness/model/plan.hpp"

namespace eris::sim::testing {

/// Keeps each event as the line that a journal file would have.
class TextJournal final : public journal::Sink {
 public:
  [[nodiscard]] base::Result<model::EventIndex> append(base::Instant time,
                                                       const model::Event& event) override;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  model::EventIndex next_ = 0;
};

/// A plan with the usual settings for a few seconds of this workload, under these faults ("kill",
/// or "disk:trouble=slow").
[[nodiscard]] model::Plan short_plan(std::string_view workload,
                                     const std::vector<std::string>& faults, std::uint64_t seed);

struct RecordedRun {
  std::string journal;
  std::uint64_t happenings = 0;
  base::Duration virtual_time{};
};
[[nodiscard]] RecordedRun record(const model::Plan& plan,
                                 std::shared_ptr<const adapters::SimulatedSystem> system);
/// The same run, for tests that judge it.
[[nodiscard]] model::History history_of(const model::Plan& plan,
                                        std::shared_ptr<const adapters::SimulatedSystem> system);

}  // namespace eris::sim::testing
