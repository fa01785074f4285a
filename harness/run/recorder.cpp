#include "harness/run/recorder.hpp"

namespace eris::run {

bool Recorder::write(model::Event event) {
  if (error_) return false;
  event.time = clock_.now();
  const auto written = journal_.append(event.time, event);
  if (!written) {
    error_ = written.error();
    return false;
  }
  event.index = *written;
  if (listener_) listener_(event);
  return true;
}

}  // namespace eris::run
