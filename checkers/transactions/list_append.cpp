#include "checkers/transactions/list_append.hpp"

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "checkers/transactions/cycles.hpp"
#include "checkers/transactions/prefix.hpp"
#include "checkers/transactions/versions.hpp"
#include "checkers/transactions/words.hpp"

namespace eris::checkers::transactions {

using base::Result;
using model::Status;

namespace {

/// Per key, those who appended what nobody saw, and those who saw everything that anybody saw.
struct Margin {
  std::vector<TransactionId> unseen;
  std::vector<TransactionId> up_to_date;
};

class Analyser {
 public:
  Analyser(const Transactions& transactions, const CheckContext& context)
      : all_(transactions),
        context_(context),
        allowance_(context),
        builder_(transactions.all.size()) {}

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
    auto versions = find_versions(all_, result_.anomalies, allowance_);
    if (!versions) return std::unexpected(std::move(versions).error());
    versions_ = *std::move(versions);
    stage_ = "the edges between transactions were drawn";
    margins_.resize(all_.keys.size());
    for (TransactionId id = 0; id < all_.all.size(); ++id)
      if (versions_.effective[id]) look_at(id);
    build();
    const Graph graph = builder_.build(allowance_);
    stage_ = "circles were searched";
    result_.nodes = graph.nodes();
    result_.edges = graph.arcs();
    // A graph without any cycle is a serial order in real time, of which all models approve.
    if (all_in_order(graph, all_, versions_.effective, allowance_, result_))
      return std::move(result_);
    CycleSearch search{.transactions = all_, .context = context_};
    for (KeyId key = 0; key < all_.keys.size(); ++key)
      if (margins_[key].unseen.size() > 1)
        search.unordered.push_back({key, std::move(margins_[key].unseen)});
    find_cycles(graph, search, result_);
    return std::move(result_);
  }

  /// What can be said of one transaction without a graph.
  void look_at(TransactionId id) {
    allowance_.step();
    const Transaction& transaction = all_.all[id];
    for (MicroId micro = transaction.first; micro < transaction.end; ++micro) {
      const KeyId key = all_.micros[micro].key;
      if (versions_.broken[key]) continue;
      if (all_.micros[micro].write) {
        look_at_append(micro);
      } else if (versions_.external[micro] != none) {
        look_at_read(micro);
      }
    }
    fractured_read(id);
  }

  void look_at_append(MicroId micro) {
    const MicroId before = earlier_append(micro);
    if (versions_.position[micro] == none) {
      auto& unseen = margins_[all_.micros[micro].key].unseen;
      if (unseen.empty() || unseen.back() != all_.owner[micro]) unseen.push_back(all_.owner[micro]);
    }
    if (before != none && versions_.position[micro] < versions_.position[before])
      reordered(before, micro);
    if (before == none) lost_update(micro);
  }

  void look_at_read(MicroId micro) {
    const KeyId key = all_.micros[micro].key;
    const std::uint32_t seen = versions_.external[micro];
    if (own_in(micro)) {
      future_read(micro);
      versions_.external[micro] = none;
      return;
    }
    if (next_of(key, seen) == none) {
      auto& readers = margins_[key].up_to_date;
      if (readers.empty() || readers.back() != all_.owner[micro])
        readers.push_back(all_.owner[micro]);
    }
    if (seen == 0) return;
    const MicroId last = versions_.at(key, seen - 1);
    if (last != none && all_.owner[last] != all_.owner[micro] && !versions_.final[last])
      intermediate_read(micro, last);
  }

  [[nodiscard]] MicroId earlier_append(MicroId micro) const {
    do micro = versions_.previous[micro];
    while (micro != none && !all_.micros[micro].write);
    return micro;
  }

  /// The transaction shows up in what others appended before it, by what it saw.
  [[nodiscard]] bool own_in(MicroId read) const {
    const TransactionId id = all_.owner[read];
    for (MicroId m = all_.all[id].first; m < all_.all[id].end; ++m)
      if (all_.micros[m].write && all_.micros[m].key == all_.micros[read].key &&
          versions_.position[m] < versions_.external[read])
        return true;
    return false;
  }

  [[nodiscard]] bool counts(MicroId append) const {
    return append != none && all_.all[all_.owner[append]].status != Status::fail;
  }
  /// The first append at this place or after it that took effect, or `none`.
  [[nodiscard]] MicroId next_of(KeyId key, std::uint32_t place) const {
    while (place < versions_.length(key) && !counts(versions_.at(key, place))) ++place;
    return place < versions_.length(key) ? versions_.at(key, place) : none;
  }
  /// The last append before this place that took effect, or `none`.
  [[nodiscard]] MicroId last_of(KeyId key, std::uint32_t place) const {
    while (place > 0 && !counts(versions_.at(key, place - 1))) --place;
    return place > 0 ? versions_.at(key, place - 1) : none;
  }

  // ---- edges

  void build() {
    const std::size_t edges = all_.micros.size() * 2 + all_.all.size() * 4;
    allowance_.hold(Graph::bytes(2 * all_.all.size(), edges));
    builder_.reserve(edges);
    for (KeyId key = 0; key < all_.keys.size(); ++key)
      if (!versions_.broken[key]) add_order(key);
    for (MicroId micro = 0; micro < all_.micros.size(); ++micro)
      if (versions_.external[micro] != none) add_read(micro);
    std::vector<TransactionId> present;
    present.reserve(all_.all.size());
    for (TransactionId id = 0; id < all_.all.size(); ++id)
      if (versions_.effective[id]) present.push_back(id);
    builder_.add_orders(all_, present);
  }

  void add_order(KeyId key) {
    allowance_.step();
    TransactionId last = none;
    for (std::uint32_t place = 0; place < versions_.length(key); ++place) {
      const MicroId append = versions_.at(key, place);
      if (!counts(append)) continue;
      const TransactionId writer = all_.owner[append];
      if (last != none) builder_.add(last, writer, EdgeKind::ww, key);
      last = writer;
    }
    const Margin& margin = margins_[key];
    for (const TransactionId writer : margin.unseen)
      if (last != none) builder_.add(last, writer, EdgeKind::ww, key);
    builder_.add_fan(margin.up_to_date, margin.unseen, key);
  }

  void add_read(MicroId micro) {
    allowance_.step();
    const KeyId key = all_.micros[micro].key;
    if (versions_.broken[key]) return;
    const std::uint32_t seen = versions_.external[micro];
    if (const MicroId last = last_of(key, seen); last != none)
      builder_.add(all_.owner[last], all_.owner[micro], EdgeKind::wr, key);
    if (const MicroId next = next_of(key, seen); next != none)
      builder_.add(all_.owner[micro], all_.owner[next], EdgeKind::rw, key);
  }

  // ---- anomalies of few transactions

  /// Between a transaction's read of a key and its first append somebody else appended.
  void lost_update(MicroId append) {
    MicroId read = none;
    for (MicroId m = versions_.previous[append]; m != none; m = versions_.previous[m])
      if (versions_.external[m] != none) read = m;
    if (read == none) return;
    const KeyId key = all_.micros[append].key;
    const std::uint32_t seen = versions_.external[read];
    const MicroId next = next_of(key, seen);
    if (next != none && all_.owner[next] != all_.owner[append]) {
      if (versions_.position[append] >= seen) tell_lost_update(read, append, next);
      return;
    }
    if (next != none || versions_.position[append] != none) return;
    // Two who saw the same, and appended what nobody saw: one of them lost.
    auto [first, is_new] = updates_of_latest_.try_emplace(key, append);
    if (!is_new && all_.owner[first->second] != all_.owner[append])
      tell_lost_update(read, append, first->second);
  }

  void tell_lost_update(MicroId read, MicroId append, MicroId other) {
    if (!result_.anomalies.meet("lost update")) return;
    const TransactionId loser = all_.owner[append], winner = all_.owner[other];
    const KeyId key = all_.micros[append].key;
    const std::string seen = brief(elements_of(all_.micros[read]), versions_.external[read]);
    result_.anomalies.add(
        {.name = "lost update",
         .key = key,
         .participants = {{loser, fmt::format("read {}, then appended {}", seen,
                                              to_text(*all_.micros[append].value))},
                          {winner, fmt::format("appended {} after {}",
                                               to_text(*all_.micros[other].value), seen)}},
         .sentence = fmt::format(
             "{}: {} read {} and appended {} {}, and {} appended {} to the same "
             "version {}",
             key_text(all_, key), process_of(all_, loser), seen,
             to_text(*all_.micros[append].value), time_of(all_, loser), process_of(all_, winner),
             to_text(*all_.micros[other].value), time_of(all_, winner))});
  }

  void reordered(MicroId before, MicroId after) {
    if (!result_.anomalies.meet("reordered appends")) return;
    const KeyId key = all_.micros[after].key;
    const TransactionId writer = all_.owner[after];
    const MicroId longest = versions_.longest[key];
    const bool missing = versions_.position[before] == none;
    result_.anomalies.add(
        {.name = "reordered appends",
         .key = key,
         .participants = {{writer,
                           fmt::format("appended {} before {}", to_text(*all_.micros[before].value),
                                       to_text(*all_.micros[after].value))},
                          {all_.owner[longest],
                           fmt::format("read {}", brief(*all_.micros[longest].value))}},
         .sentence =
             fmt::format("{}: {} appended {} before {} in one transaction {}, but {} read {} {}",
                         key_text(all_, key), process_of(all_, writer),
                         to_text(*all_.micros[before].value), to_text(*all_.micros[after].value),
                         time_of(all_, writer), process_of(all_, all_.owner[longest]),
                         missing ? fmt::format("{} without {}", to_text(*all_.micros[after].value),
                                               to_text(*all_.micros[before].value))
                                 : "them in the other order",
                         time_of(all_, all_.owner[longest]))});
  }

  void future_read(MicroId read) {
    if (!result_.anomalies.meet("future read")) return;
    const TransactionId id = all_.owner[read];
    const KeyId key = all_.micros[read].key;
    const std::string seen = brief(*all_.micros[read].value);
    result_.anomalies.add(
        {.name = "future read",
         .key = key,
         .participants = {{id, fmt::format("read {}, its own append among it", seen)}},
         .sentence =
             fmt::format("{}: {} read {} {}, where an element stands that the same "
                         "transaction appended otherwise",
                         key_text(all_, key), process_of(all_, id), seen, time_of(all_, id))});
  }

  void intermediate_read(MicroId read, MicroId append) {
    if (!result_.anomalies.meet("G1b")) return;
    const TransactionId reader = all_.owner[read], writer = all_.owner[append];
    const KeyId key = all_.micros[read].key;
    const std::string seen = brief(*all_.micros[read].value);
    result_.anomalies.add(
        {.name = "G1b",
         .key = key,
         .participants = {{reader, fmt::format("read {}", seen)},
                          {writer, fmt::format("appended {}, and more after it",
                                               to_text(*all_.micros[append].value))}},
         .sentence =
             fmt::format("{}: {} read {} {}, although {}'s transaction that appended {} "
                         "appended more after it",
                         key_text(all_, key), process_of(all_, reader), seen, time_of(all_, reader),
                         process_of(all_, writer), to_text(*all_.micros[append].value))});
  }

  /// Sees one append of a transaction, and misses another on a key that it reads.
  void fractured_read(TransactionId id) {
    const Transaction& transaction = all_.all[id];
    if (transaction.status != Status::ok) return;
    reads_.resize(all_.keys.size(), none);
    for (MicroId m = transaction.first; m < transaction.end; ++m)
      if (versions_.external[m] != none) reads_[all_.micros[m].key] = m;
    for (MicroId m = transaction.first; m < transaction.end; ++m) {
      if (versions_.external[m] == none || versions_.external[m] == 0) continue;
      const MicroId last = versions_.at(all_.micros[m].key, versions_.external[m] - 1);
      if (counts(last) && all_.owner[last] != id) look_for_missed(m, last);
    }
  }

  void look_for_missed(MicroId read, MicroId seen) {
    const TransactionId reader = all_.owner[read], writer = all_.owner[seen];
    for (MicroId m = all_.all[writer].first; m < all_.all[writer].end; ++m) {
      if (!all_.micros[m].write || all_.micros[m].key == all_.micros[read].key) continue;
      const MicroId other = reads_[all_.micros[m].key];
      if (other == none || all_.owner[other] != reader || versions_.external[other] == none)
        continue;
      if (versions_.position[m] < versions_.external[other]) continue;
      tell_fractured(read, seen, other, m);
      return;
    }
  }

  void tell_fractured(MicroId read, MicroId seen, MicroId other, MicroId missed) {
    if (!result_.anomalies.meet("fractured read")) return;
    const TransactionId reader = all_.owner[read], writer = all_.owner[seen];
    const auto value = [&](MicroId m) { return to_text(*all_.micros[m].value); };
    const auto key = [&](MicroId m) { return key_text(all_, all_.micros[m].key); };
    result_.anomalies.add(
        {.name = "fractured read",
         .key = all_.micros[other].key,
         .participants = {{reader, fmt::format("saw {} in {}, and {} without {}", value(seen),
                                               key(read), key(other), value(missed))},
                          {writer, fmt::format("appended {} to {} and {} to {}", value(seen),
                                               key(seen), value(missed), key(missed))}},
         .sentence = fmt::format(
             "{} saw {} in {} but not {} in {} {}, although {} appended both in one transaction",
             process_of(all_, reader), value(seen), key(seen), value(missed), key(missed),
             time_of(all_, reader), process_of(all_, writer))});
  }

  const Transactions& all_;
  const CheckContext& context_;
  Allowance allowance_;
  const char* stage_ = "the order of each list was read";
  GraphBuilder builder_;
  Analysis result_;
  Versions versions_;
  std::vector<Margin> margins_;
  std::vector<MicroId> reads_;  ///< by key, of the transaction last looked at
  boost::unordered_flat_map<KeyId, MicroId> updates_of_latest_;
};

}  // namespace

Result<Analysis> analyse_list_append(const Transactions& transactions,
                                     const CheckContext& context) {
  return Analyser(transactions, context).run();
}

}  // namespace eris::checkers::transactions
