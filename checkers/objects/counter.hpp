// A counter: increments, fetch-and-adds, reads.
// Thread rule: stateless.
#pragma once

#include "checkers/objects/object.hpp"

namespace eris::checkers {

/// increment may tell the new count, fetch-add the old one; a count of nil is 0. Neither goes past
/// the range of a 64-bit integer. "counter" and "fetch-and-add" name the same object.
class Counter : public SequentialObject {
 public:
  explicit Counter(std::string_view name) : name_(name) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] model::Value initial() const override { return {0}; }
  [[nodiscard]] std::optional<model::Value> step(const model::Value& state,
                                                 const Call& call) const override;
  [[nodiscard]] Shape shape(const Call& call) const override;
  [[nodiscard]] std::string describe(const model::Value& state) const override;

 private:
  std::string_view name_;
};

}  // namespace eris::checkers
