#include "harness/model/event.hpp"

namespace eris::model {

std::string_view to_text(FaultPhase phase) {
  switch (phase) {
    case FaultPhase::decided:
      return "decided";
    case FaultPhase::applied:
      return "applied";
    case FaultPhase::reverting:
      return "reverting";
    case FaultPhase::reverted:
      return "reverted";
    case FaultPhase::failed:
      return "failed";
    case FaultPhase::skipped:
      return "skipped";
  }
  return "?";
}

}  // namespace eris::model
