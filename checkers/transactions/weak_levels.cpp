#include "checkers/transactions/weak_levels.hpp"

#include <algorithm>
#include <optional>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "checkers/transactions/paths.hpp"
#include "checkers/transactions/words.hpp"

namespace eris::checkers::transactions {

namespace {

class WeakLevels {
 public:
  WeakLevels(const Transactions& transactions, const Registers& registers,
             const CheckContext& context, Analysis& analysis)
      : all_(transactions),
        registers_(registers),
        context_(context),
        allowance_(context),
        analysis_(analysis) {}

  void run() {
    read_atomic();
    causal();
  }

 private:
  [[nodiscard]] bool writes(TransactionId id, KeyId key) const {
    return std::ranges::binary_search(registers_.writers[key], id);
  }

  void add_reads(GraphBuilder& builder) const {
    for (const ExternalRead& read : registers_.reads)
      if (read.writer != none) builder.add(read.writer, read.reader, EdgeKind::wr, read.key);
  }

  void tell(const char* name, std::vector<Edge> cycle) {
    if (!analysis_.anomalies.meet(name)) return;
    Anomaly anomaly{.name = name, .cycle = std::move(cycle)};
    anomaly.explanation.emplace_back(
        "One write came before another (ww) where somebody saw the transaction of the first and "
        "still read the second.");
    analysis_.anomalies.add(std::move(anomaly));
  }

  void read_atomic() {
    GraphBuilder builder(all_.all.size());
    add_reads(builder);
    for (const Edge& edge : concluded_from_reads(registers_))
      builder.add(edge.from, edge.to, edge.kind, edge.key);
    if (auto cycle = shortest_circle(builder.build(allowance_), allowance_))
      tell("fractured read", *std::move(cycle));
  }

  // ---- causal

  struct Place {
    std::uint32_t session = 0;
    std::uint32_t number = 0;  ///< in the session, from 1
  };

  void causal() {
    number_sessions();
    const std::uint64_t bytes = std::uint64_t{all_.all.size()} * sessions_ * sizeof(std::uint32_t);
    if (bytes > context_.memory_budget_bytes / 2) {
      analysis_.undecided |= {Model::transactional_causal};
      if (analysis_.reason.empty())
        analysis_.reason = fmt::format(
            "{} processes and {} transactions need more memory for vector clocks than half the "
            "budget; give it more, or use fewer processes",
            sessions_, all_.all.size());
      return;
    }
    if (!set_clocks()) return;  // a circle of reads and sessions has been told already
    GraphBuilder builder(all_.all.size());
    add_reads(builder);
    for (TransactionId id = 0; id < all_.all.size(); ++id)
      if (before_[id] != none) builder.add(before_[id], id, EdgeKind::process);
    for (KeyId key = 0; key < all_.keys.size(); ++key) sort_writers(key);
    for (const ExternalRead& read : registers_.reads) conclude(read, builder);
    if (auto cycle = shortest_circle(builder.build(allowance_), allowance_))
      tell("causality violation", *std::move(cycle));
  }

  void number_sessions() {
    boost::unordered_flat_map<std::uint64_t, std::uint32_t> ids;
    std::vector<TransactionId> last;
    place_.resize(all_.all.size());
    before_.assign(all_.all.size(), none);
    for (TransactionId id = 0; id < all_.all.size(); ++id) {
      if (!registers_.effective[id]) continue;
      const auto [found, is_new] = ids.try_emplace(all_.operation_of(id).process.value,
                                                   static_cast<std::uint32_t>(ids.size()));
      if (is_new) last.push_back(none);
      TransactionId& latest = last[found->second];
      before_[id] = latest;
      place_[id] = {found->second, latest == none ? 1 : place_[latest].number + 1};
      latest = id;
    }
    sessions_ = ids.size();
  }

  /// How much of each session each transaction has seen; false where that runs in a circle.
  bool set_clocks() {
    std::vector<std::vector<TransactionId>> next(all_.all.size());
    std::vector<std::uint32_t> missing(all_.all.size(), 0);
    const auto link = [&](TransactionId from, TransactionId to) {
      next[from].push_back(to);
      ++missing[to];
    };
    for (const ExternalRead& read : registers_.reads)
      if (read.writer != none) link(read.writer, read.reader);
    for (TransactionId id = 0; id < all_.all.size(); ++id)
      if (before_[id] != none) link(before_[id], id);
    clocks_.assign(all_.all.size() * sessions_, 0);
    std::vector<TransactionId> ready;
    std::size_t done = 0;
    for (TransactionId id = 0; id < all_.all.size(); ++id)
      if (missing[id] == 0) ready.push_back(id);
    while (!ready.empty()) {
      allowance_.step();
      const TransactionId id = ready.back();
      ready.pop_back();
      ++done;
      for (const TransactionId to : next[id]) {
        for (std::size_t session = 0; session < sessions_; ++session)
          clock(to, session) = std::max(clock(to, session), clock(id, session));
        auto& own = clock(to, place_[id].session);
        own = std::max(own, place_[id].number);
        if (--missing[to] == 0) ready.push_back(to);
      }
    }
    return done == all_.all.size();
  }

  std::uint32_t& clock(TransactionId id, std::size_t session) {
    return clocks_[id * sessions_ + session];
  }

  void sort_writers(KeyId key) {
    std::vector<TransactionId> sorted = registers_.writers[key];
    std::ranges::sort(sorted, [&](TransactionId a, TransactionId b) {
      const Place &x = place_[a], &y = place_[b];
      return x.session != y.session ? x.session < y.session : x.number < y.number;
    });
    by_session_.push_back(std::move(sorted));
  }

  /// Of each session the last write of the key that the reader has seen is older than what it read.
  void conclude(const ExternalRead& read, GraphBuilder& builder) {
    allowance_.step();
    const auto& writers = by_session_[read.key];
    for (std::size_t i = 0; i < writers.size();) {
      const std::uint32_t session = place_[writers[i]].session;
      TransactionId last = none;
      for (; i < writers.size() && place_[writers[i]].session == session; ++i)
        if (place_[writers[i]].number <= clock(read.reader, session)) last = writers[i];
      if (last == none || last == read.writer) continue;
      if (read.writer != none)
        builder.add(last, read.writer, EdgeKind::ww, read.key);
      else
        missed(read, last);
    }
  }

  void missed(const ExternalRead& read, TransactionId writer) {
    if (!analysis_.anomalies.meet("causality violation")) return;
    analysis_.anomalies.add(
        {.name = "causality violation",
         .key = read.key,
         .participants = {{read.reader, fmt::format("read {} as nil", key_text(all_, read.key))},
                          {writer, fmt::format("wrote {}", key_text(all_, read.key))}},
         .sentence = fmt::format("{}: {} read nil {}, although it had seen, by way of others, what "
                                 "{} did when it wrote the key",
                                 key_text(all_, read.key), process_of(all_, read.reader),
                                 time_of(all_, read.reader), process_of(all_, writer))});
  }

  const Transactions& all_;
  const Registers& registers_;
  const CheckContext& context_;
  Allowance allowance_;
  Analysis& analysis_;
  std::vector<Place> place_;
  std::vector<TransactionId> before_;  ///< the one before in the session
  std::size_t sessions_ = 0;
  std::vector<std::uint32_t> clocks_;
  std::vector<std::vector<TransactionId>> by_session_;  ///< by key
};

}  // namespace

std::vector<Edge> concluded_from_reads(const Registers& registers) {
  std::vector<Edge> edges;
  const auto& reads = registers.reads;
  for (std::size_t begin = 0; begin < reads.size();) {
    std::size_t end = begin;
    while (end < reads.size() && reads[end].reader == reads[begin].reader) ++end;
    for (std::size_t i = begin; i < end; ++i)
      for (std::size_t j = begin; j < end; ++j) {
        const TransactionId seen = reads[i].writer, other = reads[j].writer;
        if (seen == none || other == none || seen == other ||
            !std::ranges::binary_search(registers.writers[reads[j].key], seen))
          continue;
        edges.push_back({seen, other, reads[j].key, EdgeKind::ww});
      }
    begin = end;
  }
  return edges;
}

void check_weak_levels(const Transactions& transactions, const Registers& registers,
                       const CheckContext& context, Analysis& analysis) {
  WeakLevels(transactions, registers, context, analysis).run();
}

}  // namespace eris::checkers::transactions
