// Recorder: the run loop's pen. Stamps events with the cluster's time and writes them.
//
// Why not JournalWriter itself: events are written from many places, and a full disk must stop the
// run in order (heal, stop the nodes) instead of breaking off in the middle. So the first error is
// kept, everything after it is refused, and the loop asks `error()` between its steps.
// Invariant: once an error is there, nothing more reaches the journal, so a journal has no gaps.
// Thread rule: one owner (the run loop).
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "harness/base/result.hpp"
#include "harness/journal/journal.hpp"
#include "harness/model/event.hpp"
#include "harness/run/cluster.hpp"

namespace eris::run {

class Recorder {
 public:
  Recorder(journal::Sink& journal, const Cluster& clock) : journal_(journal), clock_(clock) {}
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Writes one of Invoked, Completed, FaultEvent, NodeEvent, Note. False when it was not written.
  template <typename What>
  bool record(What what) {
    return write(model::Event{.what = std::move(what)});
  }

  /// Called with each event once it is in the journal, with its index and its time.
  void on_record(std::function<void(const model::Event&)> listener) {
    listener_ = std::move(listener);
  }

  /// The error that ended the record, if any.
  [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }

 private:
  bool write(model::Event event);

  journal::Sink& journal_;
  const Cluster& clock_;
  std::function<void(const model::Event&)> listener_;
  std::optional<base::Error> error_;
};

}  // namespace eris::run
