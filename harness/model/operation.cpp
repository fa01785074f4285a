#include "harness/model/operation.hpp"

namespace eris::model {

std::string_view to_text(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::fail:
      return "fail";
    case Status::info:
      return "info";
  }
  return "?";
}

}  // namespace eris::model
