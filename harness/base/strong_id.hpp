// Strong ids: integers that cannot be mistaken for one another.
// Thread rule: plain values.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace eris::base {

/// An integer with a type of its own. `Tag` is never defined; it only tells ids apart.
template <typename Tag, typename Representation = std::uint64_t>
struct StrongId {
  Representation value{};

  constexpr StrongId() = default;
  constexpr explicit StrongId(Representation v) : value(v) {}

  constexpr auto operator<=>(const StrongId&) const = default;

  /// The id that follows this one.
  [[nodiscard]] constexpr StrongId next() const {
    return StrongId(static_cast<Representation>(value + 1));
  }
};

/// A node of the tested cluster, counted from 1 and shown as n1, n2, …; 0 is no node.
using NodeId = StrongId<struct NodeIdTag, std::uint32_t>;
/// A logical client process. Never used again after an operation with an unknown outcome.
using ProcessId = StrongId<struct ProcessIdTag, std::uint64_t>;
/// A Raft term (or whatever a leader-based protocol numbers its leaders with).
using Term = StrongId<struct TermTag, std::uint64_t>;
/// A position in a replicated log, counted from 1; 0 is "before the first entry".
using LogIndex = StrongId<struct LogIndexTag, std::uint64_t>;

}  // namespace eris::base

template <typename Tag, typename Representation>
struct std::hash<eris::base::StrongId<Tag, Representation>> {
  std::size_t operator()(const eris::base::StrongId<Tag, Representation>& id) const noexcept {
    return std::hash<Representation>{}(id.value);
  }
};
