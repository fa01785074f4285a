// Deed: what one operation of a history says about its object, straight from the conventions.
//
// Why again, beside what the checkers have: whoever checks their evidence must not share their
// mistakes. The conventions: an operation that failed did nothing, unless it is a comparison, which
// then tells what it saw, or that the value was another; with an error and without a result it
// tells nothing. One without an answer may have happened once, from its start on, or never.
// Thread rule: pure function.
#pragma once

#include <cstdint>

#include "checkers/objects/object.hpp"
#include "harness/model/operation.hpp"

namespace eris::checkers::certificates {

enum class Weight : std::uint8_t {
  nothing,    ///< Neither did nor tells anything.
  certain,    ///< It happened, between its start and its end.
  possible,   ///< It may have happened, from its start on.
  malformed,  ///< Not an operation of this object.
};

struct Deed {
  Weight weight = Weight::nothing;
  Call call;
  Shape shape;

  /// May leave the object in another state.
  [[nodiscard]] bool changes() const {
    return shape.kind == ShapeKind::write || shape.kind == ShapeKind::swap ||
           shape.kind == ShapeKind::effect;
  }
};

[[nodiscard]] Deed deed_of(const model::Operation& operation, const SequentialObject& object);

}  // namespace eris::checkers::certificates
