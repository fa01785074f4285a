#include "harness/run/recorder.hpp"

namespace eris::run {

bool Recorder::write(const model::Event& event) {
  if (error_) return false;
  if (auto written = journal_.append(clock_.now(), event); !written) {
    error_ = std::move(written).error();
    return false;
  }
  return true;
}

}  // namespace eris::run
