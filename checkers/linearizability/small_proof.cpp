#include "checkers/linearizability/small_proof.hpp"

#include <algorithm>
#include <ranges>
#include <set>
#include <tuple>

#include "checkers/certificates/deed.hpp"
#include "checkers/certificates/verify.hpp"

namespace eris::checkers::linearizability {

using certificates::Weight;
using model::EventIndex;
using model::Operation;
using model::Value;

namespace {

// Of one attempt at a smaller proof.
constexpr std::uint64_t trial_steps_max = 200'000;
constexpr std::size_t trials_max = 2'000;
// Beyond this many operations a proof is not looked for by trying.
constexpr std::size_t tried_operations_max = 256;
constexpr std::size_t ends_tried_max = 4;
// How many operations before the first of the witness are tried besides.
constexpr std::size_t earlier_max = 64;

class ProofFinder {
 public:
  ProofFinder(const model::History& history, std::span<const std::uint32_t> of_key,
              const SequentialObject& object, std::span<const EventIndex> witness,
              const CheckContext& context)
      : history_(history), of_key_(of_key), object_(object), context_(context) {
    if (witness.empty()) return;
    witness_.assign(witness.begin(), witness.end());
    choose_relevant();
  }

  std::optional<SmallProof> run() {
    std::vector<EventIndex> ends = ends_of(witness_);
    for (std::size_t tried = 0; tried < ends_tried_max && !ends.empty(); ++tried) {
      until_ = ends.back();
      ends.pop_back();
      if (auto picks = refuted_picks()) {
        shrink(*picks);
        if (holds(*picks)) return SmallProof{std::move(*picks), until_};
      }
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] const Operation& operation(std::uint32_t index) const {
    return history_.operations[index];
  }

  [[nodiscard]] std::uint32_t index_of(EventIndex invoked) const {
    return *std::ranges::lower_bound(of_key_, invoked, {},
                                     [&](std::uint32_t i) { return operation(i).invoked; });
  }

  /// What a trial has to look at. Of the operations that ended before any candidate began, all that
  /// do the same stand at the same place, before the first pick: one stands for all. Values that no
  /// candidate asks for are all alike.
  void choose_relevant() {
    const auto first_at = std::ranges::find(of_key_, index_of(witness_.front()));
    const auto earlier = std::min<std::ptrdiff_t>(first_at - of_key_.begin(), earlier_max);
    const EventIndex start = operation(*(first_at - earlier)).invoked;
    const EventIndex end = ends_of(witness_).empty() ? 0 : ends_of(witness_).back();
    std::vector<std::uint32_t> recent;
    std::vector<std::uint32_t> before;
    std::set<Value> asked;
    for (const std::uint32_t i : of_key_) {
      if (operation(i).invoked > end) break;
      const certificates::Deed deed = certificates::deed_of(operation(i), object_);
      if (deed.weight == Weight::nothing) continue;
      const bool leaves_value =
          deed.shape.kind == ShapeKind::write || deed.shape.kind == ShapeKind::swap;
      if (operation(i).completed >= start || (deed.changes() && !leaves_value)) {
        recent.push_back(i);
        asked.insert(deed.shape.first);
      } else if (deed.changes()) {
        before.push_back(i);
      }
    }
    using Asked = std::optional<Value>;
    const auto if_asked = [&](const Value& value) {
      return asked.contains(value) ? Asked(value) : std::nullopt;
    };
    std::set<std::tuple<ShapeKind, Asked, Asked>> stood_for;
    for (const std::uint32_t i : before | std::views::reverse) {
      const Shape shape = certificates::deed_of(operation(i), object_).shape;
      if (stood_for.emplace(shape.kind, if_asked(shape.first), if_asked(shape.second)).second)
        relevant_.push_back(i);
    }
    relevant_.insert(relevant_.end(), recent.begin(), recent.end());
    std::ranges::sort(relevant_);
  }

  [[nodiscard]] std::vector<EventIndex> ends_of(std::span<const EventIndex> picks) const {
    std::vector<EventIndex> ends;
    for (const EventIndex pick : picks) {
      const EventIndex end = operation(index_of(pick)).completed;
      if (end != model::never) ends.push_back(end);
    }
    std::ranges::sort(ends);
    return ends;
  }

  [[nodiscard]] bool refuted(std::span<const EventIndex> picks) const {
    return !context_.out_of_time() &&
           !certificates::objection_to_proof(history_, object_, relevant_, picks, until_,
                                             trial_steps_max);
  }

  /// Against everything.
  [[nodiscard]] bool holds(std::span<const EventIndex> picks) const {
    return !certificates::objection_to_proof(history_, object_, of_key_, picks, until_,
                                             trial_steps_max);
  }

  /// The witness, or the operations that began last: the more of them are followed, the less is
  /// left open.
  [[nodiscard]] std::optional<std::vector<EventIndex>> refuted_picks() const {
    if (witness_.size() <= tried_operations_max && refuted(witness_)) return witness_;
    std::vector<EventIndex> begun;
    for (const std::uint32_t i : relevant_) {
      if (operation(i).invoked > until_) break;
      const Weight weight = certificates::deed_of(operation(i), object_).weight;
      if (weight == Weight::certain || weight == Weight::possible)
        begun.push_back(operation(i).invoked);
    }
    for (std::size_t size = 2; !begun.empty(); size *= 2) {
      size = std::min({size, begun.size(), tried_operations_max});
      std::vector<EventIndex> picks(begun.end() - static_cast<std::ptrdiff_t>(size), begun.end());
      if (refuted(picks)) return picks;
      if (size == begun.size() || size == tried_operations_max) break;
    }
    return std::nullopt;
  }

  /// Takes away as many as can be spared, first in large pieces.
  void shrink(std::vector<EventIndex>& picks) const {
    std::size_t trials = 0;
    for (std::size_t size = (picks.size() + 1) / 2; size > 0; size /= 2)
      for (std::size_t begin = 0; begin < picks.size() && ++trials < trials_max;) {
        std::vector<EventIndex> fewer = picks;
        const auto from = fewer.begin() + static_cast<std::ptrdiff_t>(begin);
        fewer.erase(from, from + static_cast<std::ptrdiff_t>(std::min(size, fewer.size() - begin)));
        if (!fewer.empty() && refuted(fewer))
          picks = std::move(fewer);
        else
          begin += size;
      }
  }

  const model::History& history_;
  std::span<const std::uint32_t> of_key_;
  const SequentialObject& object_;
  const CheckContext& context_;
  std::vector<EventIndex> witness_;
  std::vector<std::uint32_t> relevant_;  ///< ascending
  EventIndex until_ = 0;
};

}  // namespace

std::optional<SmallProof> find_small_proof(const model::History& history,
                                           std::span<const std::uint32_t> of_key,
                                           const SequentialObject& object,
                                           std::span<const EventIndex> witness,
                                           const CheckContext& context) {
  return ProofFinder(history, of_key, object, witness, context).run();
}

}  // namespace eris::checkers::linearizability
