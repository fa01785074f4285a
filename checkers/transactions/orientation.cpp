#include "checkers/transactions/orientation.hpp"

#include <algorithm>
#include <map>

namespace eris::checkers::transactions {

namespace {

/// Words of the closure that may be touched before giving up.
constexpr std::uint64_t work_max = 300'000'000;

/// Which state comes before which, closed under transitivity.
class Closure {
 public:
  explicit Closure(std::size_t states)
      : states_(states), words_((states + 63) / 64), rows_(states * words_) {}

  [[nodiscard]] bool before(std::size_t a, std::size_t b) const {
    return (rows_[a * words_ + b / 64] >> (b % 64) & 1) != 0;
  }

  /// False where it closes a circle.
  bool add(std::size_t a, std::size_t b, std::uint64_t& work) {
    if (a == b || before(b, a)) return false;
    if (before(a, b)) return true;
    work += states_;
    for (std::size_t state = 0; state < states_; ++state) {
      if (state != a && !before(state, a)) continue;
      work += words_;
      for (std::size_t word = 0; word < words_; ++word)
        rows_[state * words_ + word] |= rows_[b * words_ + word];
      rows_[state * words_ + b / 64] |= std::uint64_t{1} << (b % 64);
    }
    return true;
  }

  [[nodiscard]] std::size_t bytes() const { return rows_.size() * sizeof(std::uint64_t); }

 private:
  std::size_t states_;
  std::size_t words_;
  std::vector<std::uint64_t> rows_;
};

class Solver {
 public:
  Solver(const Orientation& question, bool snapshots, const CheckContext& context)
      : question_(question), snapshots_(snapshots), context_(context) {
    for (const ExternalRead& read : question.reads)
      if (read.writer != none) readers_[{read.key, read.writer}].push_back(read.reader);
  }

  Possible run() {
    Closure closure(question_.transactions * (snapshots_ ? 2 : 1));
    for (const Edge& edge : question_.known)
      if (!add(closure, edge.from, edge.to, edge.kind == EdgeKind::rw)) return Possible::no;
    std::vector<std::uint32_t> open(question_.choices.size());
    for (std::uint32_t i = 0; i < open.size(); ++i) open[i] = i;
    return solve(std::move(closure), std::move(open), 1);
  }

 private:
  /// A transaction has one state, or two where it matters if it was reached by rw.
  bool add(Closure& closure, TransactionId from, TransactionId to, bool rw) {
    if (!snapshots_) return closure.add(from, to, work_);
    if (rw) return closure.add(2 * from, 2 * to + 1, work_);
    return closure.add(2 * from, 2 * to, work_) && closure.add(2 * from + 1, 2 * to, work_);
  }

  [[nodiscard]] bool refused(const Closure& closure, TransactionId from, TransactionId to,
                             bool rw) const {
    if (!snapshots_) return closure.before(to, from);
    if (rw) return closure.before(2 * to + 1, 2 * from);
    return closure.before(2 * to, 2 * from) || closure.before(2 * to, 2 * from + 1);
  }

  template <typename Body>
  bool all_edges_of(TransactionId earlier, TransactionId later, KeyId key, Body&& body) const {
    if (!body(earlier, later, false)) return false;
    const auto found = readers_.find({key, earlier});
    if (found == readers_.end()) return true;
    return std::ranges::all_of(found->second, [&](TransactionId reader) {
      return reader == later || body(reader, later, true);
    });
  }

  [[nodiscard]] bool can_be(const Closure& closure, TransactionId earlier, TransactionId later,
                            KeyId key) const {
    return all_edges_of(earlier, later, key, [&](TransactionId from, TransactionId to, bool rw) {
      return !refused(closure, from, to, rw);
    });
  }

  bool take(Closure& closure, TransactionId earlier, TransactionId later, KeyId key) {
    return all_edges_of(earlier, later, key, [&](TransactionId from, TransactionId to, bool rw) {
      return add(closure, from, to, rw);
    });
  }

  Possible solve(Closure closure, std::vector<std::uint32_t> open, std::size_t depth) {
    if (!propagate(closure, open)) return Possible::no;
    if (open.empty()) return Possible::yes;
    if (work_ > work_max || context_.out_of_time() ||
        depth * closure.bytes() > context_.memory_budget_bytes)
      return Possible::unknown;
    const Choice choice = question_.choices[open.back()];
    open.pop_back();
    Possible answer = Possible::no;
    for (const bool a_first : {true, false}) {
      Closure copy = closure;
      const TransactionId earlier = a_first ? choice.a : choice.b;
      const TransactionId later = a_first ? choice.b : choice.a;
      if (!take(copy, earlier, later, choice.key)) continue;
      const Possible found = solve(std::move(copy), open, depth + 1);
      if (found == Possible::yes) return found;
      if (found == Possible::unknown) answer = found;
      if (work_ > work_max) return Possible::unknown;
    }
    return answer;
  }

  /// Takes every choice that is none any more; false where neither side is left.
  bool propagate(Closure& closure, std::vector<std::uint32_t>& open) {
    bool changed = true;
    while (changed) {
      changed = false;
      for (std::size_t i = 0; i < open.size();) {
        const Choice& choice = question_.choices[open[i]];
        work_ += 100;
        // Left open, so that solve() says that it does not know.
        if (work_ >= next_question_) {
          next_question_ = work_ + work_between_questions;
          if (context_.out_of_time()) return true;
        }
        const bool a_first = can_be(closure, choice.a, choice.b, choice.key);
        const bool b_first = can_be(closure, choice.b, choice.a, choice.key);
        if (!a_first && !b_first) return false;
        if (a_first && b_first) {
          ++i;
          continue;
        }
        const TransactionId earlier = a_first ? choice.a : choice.b;
        if (!take(closure, earlier, a_first ? choice.b : choice.a, choice.key)) return false;
        open[i] = open.back();
        open.pop_back();
        changed = true;
        if (work_ > work_max) return true;
      }
    }
    return true;
  }

  const Orientation& question_;
  bool snapshots_;
  const CheckContext& context_;
  static constexpr std::uint64_t work_between_questions = 100'000;
  std::uint64_t work_ = 0;
  std::uint64_t next_question_ = work_between_questions;
  std::map<std::pair<KeyId, TransactionId>, std::vector<TransactionId>> readers_;
};

/// a before b in the order of the scope.
bool precedes(const Transactions& transactions, TransactionId a, TransactionId b, Scope scope) {
  if (scope == Scope::plain) return false;
  if (scope == Scope::process &&
      transactions.operation_of(a).process != transactions.operation_of(b).process)
    return false;
  return transactions.all[a].completed < transactions.all[b].invoked;
}

}  // namespace

Orientation orientation_of(const Transactions& transactions, const Registers& registers,
                           const std::vector<TransactionId>& members, Scope scope) {
  Orientation result{.transactions = members.size()};
  const auto local = [&](TransactionId id) {
    const auto place = std::ranges::lower_bound(members, id);
    return place != members.end() && *place == id
               ? static_cast<TransactionId>(place - members.begin())
               : none;
  };
  const EdgeKind order = scope == Scope::process ? EdgeKind::process : EdgeKind::realtime;
  for (TransactionId a = 0; a < members.size(); ++a)
    for (TransactionId b = 0; b < members.size(); ++b)
      if (precedes(transactions, members[a], members[b], scope))
        result.known.push_back({a, b, 0, order});
  std::vector<std::vector<TransactionId>> writers(registers.writers.size());
  for (KeyId key = 0; key < registers.writers.size(); ++key)
    for (const TransactionId writer : registers.writers[key])
      if (local(writer) != none) writers[key].push_back(local(writer));
  for (const ExternalRead& read : registers.reads) {
    const TransactionId reader = local(read.reader);
    if (reader == none) continue;
    if (read.writer == none) {
      for (const TransactionId writer : writers[read.key])
        if (writer != reader) result.known.push_back({reader, writer, read.key, EdgeKind::rw});
    } else if (const TransactionId writer = local(read.writer); writer != none) {
      result.known.push_back({writer, reader, read.key, EdgeKind::wr});
      result.reads.push_back({reader, read.key, writer});
    }
  }
  for (KeyId key = 0; key < writers.size(); ++key)
    for (std::size_t i = 0; i < writers[key].size(); ++i)
      for (std::size_t j = i + 1; j < writers[key].size(); ++j)
        result.choices.push_back({writers[key][i], writers[key][j], key});
  return result;
}

Possible orient(const Orientation& question, bool snapshots, const CheckContext& context) {
  return Solver(question, snapshots, context).run();
}

}  // namespace eris::checkers::transactions
