// Scribe: writes histories for tests. What happens is told in any order; finish() brings it into
// the order of time and joins it as the journal's reader would.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/history.hpp"

namespace eris::reports::testing {

/// One injection with all of its phases.
struct ScribedFault {
  std::uint64_t number = 0;
  std::string name;
  std::string description;
  model::FaultAction action;
  base::Instant decided{};
  base::Instant applied{};
  base::Instant reverting{};
  base::Instant reverted{};
  model::Fields facts;
  bool took_effect = true;
};

class Scribe {
 public:
  explicit Scribe(std::string plan_name, unsigned nodes = 3);

  // Each gives the place that the operation will have in History::operations. That asks for calls
  // in the order of invocation.
  std::size_t write(base::Instant from, base::Instant to, std::uint64_t process,
                    std::string_view key, model::Value value,
                    model::Status status = model::Status::ok, std::string error = "");
  std::size_t read(base::Instant from, base::Instant to, std::uint64_t process,
                   std::string_view key, model::Value result,
                   model::Status status = model::Status::ok, std::string error = "");
  std::size_t cas(base::Instant from, base::Instant to, std::uint64_t process, std::string_view key,
                  std::int64_t expected, std::int64_t desired, model::Status status,
                  std::string error = "");

  void note(base::Instant at, std::string text);
  void node(base::Instant at, std::uint32_t node, std::string what, model::Fields fields);
  void beacon(base::Instant at, std::uint32_t node, std::string_view role, std::int64_t term);
  void fault(const ScribedFault& fault);
  void skipped_fault(base::Instant at, std::uint64_t number, std::string name,
                     std::string_view reason);

  [[nodiscard]] model::Header& header() { return header_; }
  /// The finished run.
  [[nodiscard]] model::History finish();
  /// As finish(), of a run that was cut off and whose journal has a torn last line.
  [[nodiscard]] model::History finish_torn();

 private:
  using What = decltype(model::Event::what);
  std::size_t operation(base::Instant from, base::Instant to, model::Op op, model::Outcome outcome);
  void add(base::Instant at, What what);

  model::Header header_;
  std::vector<std::pair<base::Instant, What>> events_;
  std::size_t operations_ = 0;
};

}  // namespace eris::reports::testing
