#include "checkers/certificates/deed.hpp"

namespace eris::checkers::certificates {

using model::Operation;
using model::Status;

namespace {

Answer answer_of(Status status) {
  if (status == Status::fail) return Answer::refused;
  return status == Status::info ? Answer::unknown : Answer::known;
}

}  // namespace

Deed deed_of(const Operation& operation, const SequentialObject& object) {
  const bool failed = operation.status == Status::fail;
  if (failed && operation.error != 0 && operation.result.is_nil()) return {};
  const bool open = operation.completed == model::never;
  Deed deed;
  deed.call = {operation.function, operation.argument, operation.result,
               answer_of(operation.status)};
  if (object.minds_caller()) deed.call.caller = operation.process;
  deed.shape = object.shape(deed.call);
  if (deed.shape.kind == ShapeKind::malformed) {
    deed.weight = Weight::malformed;
  } else if (deed.shape.kind != ShapeKind::nothing && (!open || deed.changes())) {
    deed.weight = open ? Weight::possible : Weight::certain;
  }
  return deed;
}

}  // namespace eris::checkers::certificates
