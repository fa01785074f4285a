#include "checkers/transactions/rw_register.hpp"

#include <algorithm>
#include <array>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "checkers/transactions/cycles.hpp"
#include "checkers/transactions/cyclic_versions.hpp"
#include "checkers/transactions/guess.hpp"
#include "checkers/transactions/orientation.hpp"
#include "checkers/transactions/registers.hpp"
#include "checkers/transactions/weak_levels.hpp"
#include "checkers/transactions/words.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::transactions {

using base::Result;

namespace {

/// When a version was first known to be there, and when it was last known to be current.
struct Span {
  TransactionId writer = none;
  model::EventIndex from = model::never;
  model::EventIndex to = 0;
};

/// Solver runs spent on making a proof small.
constexpr std::size_t shrinking_max = 2000;

class Analyser {
 public:
  Analyser(const Transactions& transactions, const CheckContext& context)
      : all_(transactions), context_(context), allowance_(context) {}

  Result<Analysis> run() {
    try {
      return analyse();
    } catch (const OutOfBudget& stop) {
      // What was found until now stays found.
      result_.undecided = Models::all();
      result_.reason = blocked(all_, stop, stage_);
      result_.out_of_memory = stop.ran_out == OutOfBudget::What::memory;
      return std::move(result_);
    }
  }

 private:
  Result<Analysis> analyse() {
    auto registers = find_registers(all_, result_.anomalies, allowance_);
    if (!registers) return std::unexpected(std::move(registers).error());
    registers_ = *std::move(registers);
    for (TransactionId id = 0; id < all_.all.size(); ++id)
      if (registers_.effective[id]) present_.push_back(id);
    stage_ = "circles were searched";
    if (guess_is_serial(all_, registers_, allowance_, result_)) return std::move(result_);
    for (const ExternalRead& read : registers_.reads)
      if (read.writer != none) readers_[version(read.key, read.writer)].push_back(read.reader);
    find_cyclic_versions(all_, registers_, Scope::plain, allowance_, result_.anomalies);
    for (const Scope scope : {Scope::plain, Scope::process, Scope::realtime})
      find_known(scope, false);
    // Where a cycle of transactions says the same, that is the better proof.
    if (!ruled_out().has(Model::transactional_causal))
      find_cyclic_versions(all_, registers_, Scope::process, allowance_, result_.anomalies);
    if (!ruled_out().has(Model::strong_snapshot_isolation)) find_known(Scope::realtime, true);
    check_weak_levels(all_, registers_, context_, result_);
    decide();
    return std::move(result_);
  }

  [[nodiscard]] static std::uint64_t version(KeyId key, TransactionId writer) {
    return std::uint64_t{key} << 32 | writer;
  }
  [[nodiscard]] bool writes(TransactionId id, KeyId key) const {
    return std::ranges::binary_search(registers_.writers[key], id);
  }

  // ---- what holds in every order of versions

  /// `seen`: also take it that a version which was seen later is later, as snapshots have it.
  void find_known(Scope scope, bool seen) {
    GraphBuilder builder(all_.all.size());
    add_reads(builder);
    if (scope == Scope::process) add_sessions(builder);
    if (scope == Scope::realtime)
      for (KeyId key = 0; key < all_.keys.size(); ++key) add_times(key, seen, builder);
    if (scope != Scope::plain) builder.add_orders(all_, present_);
    const Graph graph = builder.build(allowance_);
    result_.nodes = std::max(result_.nodes, graph.nodes());
    result_.edges = std::max(result_.edges, graph.arcs());
    find_cycles(graph,
                {.transactions = all_, .context = context_, .only = scope, .at_least_single = seen},
                result_);
  }

  void add_reads(GraphBuilder& builder) const {
    std::vector<std::vector<TransactionId>> early(all_.keys.size());
    for (const ExternalRead& read : registers_.reads) {
      if (read.writer == none) {
        auto& readers = early[read.key];
        if (readers.empty() || readers.back() != read.reader) readers.push_back(read.reader);
      } else {
        builder.add(read.writer, read.reader, EdgeKind::wr, read.key);
        // Whoever read a version and wrote the key replaced that version, or a later one.
        if (writes(read.reader, read.key)) add_readers(read.key, read.writer, read.reader, builder);
      }
    }
    for (KeyId key = 0; key < all_.keys.size(); ++key)
      builder.add_fan(early[key], registers_.writers[key], key);
  }

  /// Who read one version comes before who wrote a later one.
  void add_readers(KeyId key, TransactionId earlier, TransactionId later,
                   GraphBuilder& builder) const {
    const auto found = readers_.find(version(key, earlier));
    if (found == readers_.end()) return;
    for (const TransactionId reader : found->second) builder.add(reader, later, EdgeKind::rw, key);
  }

  void add_order(KeyId key, TransactionId earlier, TransactionId later,
                 GraphBuilder& builder) const {
    builder.add(earlier, later, EdgeKind::ww, key);
    add_readers(key, earlier, later, builder);
  }

  /// Two writes of a key by one process.
  void add_sessions(GraphBuilder& builder) const {
    for (KeyId key = 0; key < all_.keys.size(); ++key) {
      boost::unordered_flat_map<std::uint64_t, TransactionId> last;
      for (const TransactionId writer : registers_.writers[key]) {
        const auto [found, is_new] =
            last.try_emplace(all_.operation_of(writer).process.value, writer);
        if (!is_new) add_order(key, found->second, writer, builder);
        found->second = writer;
      }
    }
  }

  /// Versions that follow one another in real time: of those that come after one, the one that was
  /// there first (Gibbons and Korach 1997).
  void add_times(KeyId key, bool seen, GraphBuilder& builder) const {
    std::vector<Span> spans;
    for (const TransactionId writer : registers_.writers[key])
      spans.push_back(span(key, writer, seen));
    std::ranges::sort(spans, std::greater{}, &Span::to);
    std::vector<Span> by_start = spans;
    std::ranges::sort(by_start, std::greater{}, &Span::from);
    Span first, second;
    std::size_t taken = 0;
    for (const Span& earlier : by_start) {
      for (; taken < spans.size() && spans[taken].to > earlier.from; ++taken) {
        if (first.writer == none || spans[taken].from < first.from) {
          second = first;
          first = spans[taken];
        } else if (second.writer == none || spans[taken].from < second.from) {
          second = spans[taken];
        }
      }
      const Span& later = first.writer == earlier.writer ? second : first;
      if (later.writer != none) add_order(key, earlier.writer, later.writer, builder);
    }
  }

  [[nodiscard]] Span span(KeyId key, TransactionId writer, bool seen) const {
    Span result{writer, all_.all[writer].completed, all_.all[writer].invoked};
    const auto found = readers_.find(version(key, writer));
    if (found == readers_.end()) return result;
    for (const TransactionId reader : found->second) {
      result.from = std::min(result.from, all_.all[reader].completed);
      if (seen) result.to = std::max(result.to, all_.all[reader].invoked);
    }
    return result;
  }

  // ---- what needs an order of versions

  struct Question {
    Scope scope;
    bool snapshots;
    Model model;
  };

  void decide() {
    using enum Model;
    constexpr std::array questions{
        Question{Scope::plain, true, snapshot_isolation},
        Question{Scope::plain, false, serializable},
        Question{Scope::process, true, strong_session_snapshot_isolation},
        Question{Scope::process, false, strong_session_serializable},
        Question{Scope::realtime, true, strong_snapshot_isolation},
        Question{Scope::realtime, false, strict_serializable}};
    for (const Question& question : questions)
      if (!ruled_out().has(question.model)) decide(question);
    const bool no_snapshots = (ruled_out() | result_.undecided).has(snapshot_isolation);
    if (no_snapshots)
      result_.undecided |= {cursor_stability, consistent_view, parallel_snapshot_isolation};
    if (!result_.undecided.empty() && result_.reason.empty())
      result_.reason =
          "registers do not show the order of their versions, and more of them are possible than "
          "can be tried; let every write follow a read of its key in the same transaction, or use "
          "lists";
  }

  void decide(const Question& question) {
    const Possible answer = ask(question, present_);
    if (answer == Possible::unknown) {
      result_.undecided |= at_least(question.model);
      if (!question.snapshots) result_.undecided |= {Model::repeatable_read};
    }
    if (answer != Possible::no) return;
    const std::string name = fmt::format("{}{}", question.snapshots ? "G-nonadjacent" : "G2-item",
                                         suffix_of(question.scope));
    if (result_.anomalies.meet(name)) tell(name, shrink(question));
  }

  [[nodiscard]] Possible ask(const Question& question,
                             const std::vector<TransactionId>& members) const {
    if (members.size() > oriented_transactions_max) return Possible::unknown;
    return orient(orientation_of(all_, registers_, members, question.scope), question.snapshots,
                  context_);
  }

  /// Leaves out transactions, in halves and then one by one, as long as no order is possible.
  [[nodiscard]] std::vector<TransactionId> shrink(const Question& question) const {
    std::vector<TransactionId> members = present_;
    std::size_t tries = shrinking_max;
    for (std::size_t chunk = std::max<std::size_t>(members.size() / 2, 1); tries > 0; chunk /= 2) {
      for (std::size_t i = 0; i < members.size() && tries > 0; --tries) {
        std::vector<TransactionId> fewer = members;
        const auto begin = fewer.begin() + static_cast<std::ptrdiff_t>(i);
        fewer.erase(begin,
                    begin + static_cast<std::ptrdiff_t>(std::min(chunk, members.size() - i)));
        if (ask(question, fewer) == Possible::no)
          members = std::move(fewer);
        else
          i += chunk;
      }
      if (chunk == 1) break;
    }
    return members;
  }

  void tell(const std::string& name, const std::vector<TransactionId>& members) {
    Anomaly anomaly{.name = name};
    std::vector<std::string> who;
    for (const TransactionId id : members) {
      anomaly.participants.push_back({id, to_text(all_, id)});
      who.push_back(fmt::format("{} ({})", process_of(all_, id), time_of(all_, id)));
    }
    if (who.size() > 5) who = {base::count_of(members.size(), "transaction")};
    anomaly.sentence = fmt::format(
        "in whatever order the versions of each key came, the transactions of {} depend on one "
        "another in a circle",
        base::join_words(who));
    result_.anomalies.add(std::move(anomaly));
  }

  [[nodiscard]] Models ruled_out() const {
    Models result;
    for (const Anomaly& anomaly : result_.anomalies.all()) result |= ruled_out_by(anomaly.name);
    return result;
  }

  const Transactions& all_;
  const CheckContext& context_;
  Allowance allowance_;
  const char* stage_ = "it was looked up who wrote what was read";
  Analysis result_;
  Registers registers_;
  std::vector<TransactionId> present_;
  boost::unordered_flat_map<std::uint64_t, std::vector<TransactionId>> readers_;  ///< by version
};

}  // namespace

Result<Analysis> analyse_rw_register(const Transactions& transactions,
                                     const CheckContext& context) {
  return Analyser(transactions, context).run();
}

}  // namespace eris::checkers::transactions
