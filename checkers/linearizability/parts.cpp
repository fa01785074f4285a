#include "checkers/linearizability/parts.hpp"

#include "checkers/linearizability/problem.hpp"

namespace eris::checkers::linearizability {

Parts parts_of(const model::History& history, std::span<const std::uint32_t> operations,
               const SequentialObject& object) {
  Parts parts;
  for (const std::uint32_t i : operations) {
    const Call call = call_of(history.operations[i]);
    if (object.shape(call).kind == ShapeKind::nothing) continue;
    const auto part = object.part(call);
    if (!part) return {};
    parts[*part].push_back(i);
  }
  // There is nothing to gain.
  if (parts.size() == 1 && &object.part_object() == &object) parts.clear();
  return parts;
}

}  // namespace eris::checkers::linearizability
