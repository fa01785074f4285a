#include "checkers/transactions/cyclic_versions.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "checkers/transactions/paths.hpp"
#include "checkers/transactions/words.hpp"
#include "harness/base/assert.hpp"

namespace eris::checkers::transactions {

namespace {

/// What a transaction shows of a key: the version it came upon, and the one it left.
struct Sight {
  TransactionId transaction = none;
  KeyId key = 0;
  TransactionId read = none;  ///< whose version; none: what was there at the start
  bool reads = false;
  bool writes = false;
};

/// One version comes before another.
struct Conclusion {
  Edge edge;  ///< between versions; ww: from the start, wr: read and then written, process
  Sight first, second;  ///< those who show it; both the same one where it read and wrote
};

class Finder {
 public:
  Finder(const Transactions& transactions, const Registers& registers, Scope scope,
         Allowance& allowance)
      : all_(transactions),
        registers_(registers),
        scope_(scope),
        allowance_(allowance),
        versions_(registers) {
    ERIS_ASSERT(scope != Scope::realtime, "real time is for cycles of transactions");
  }

  void run(Anomalies& anomalies) {
    allowance_.hold((registers_.reads.size() + versions_.all()) *
                    (2 * sizeof(Sight) + 2 * sizeof(Conclusion)));
    for (KeyId key = 0; key < all_.keys.size(); ++key)
      for (const TransactionId writer : registers_.writers[key])
        conclude({versions_.start(key), versions_.of(key, writer), key, EdgeKind::ww}, {}, {});
    gather_sights();
    for (const Sight& sight : sights_)
      if (sight.reads && sight.writes)
        conclude({seen_first(sight), seen_last(sight), sight.key, EdgeKind::wr}, sight, sight);
    if (scope_ == Scope::process) conclude_from_processes();
    std::vector<Edge> edges;
    for (const Conclusion& conclusion : conclusions_) edges.push_back(conclusion.edge);
    const Graph graph(versions_.all(), versions_.all(), edges);
    if (const auto circle = shortest_circle(graph, allowance_)) tell(*circle, anomalies);
  }

 private:
  /// By transaction, then by key.
  void gather_sights() {
    for (const ExternalRead& read : registers_.reads) {
      allowance_.step();
      if (read.at_first)
        sights_.push_back(
            {read.reader, read.key, read.writer, true, writes(read.reader, read.key)});
    }
    for (KeyId key = 0; key < all_.keys.size(); ++key)
      for (const TransactionId writer : registers_.writers[key]) {
        allowance_.step();
        sights_.push_back({writer, key, none, false, true});
      }
    // Of a read with a write and the write alone, the former comes first and stays.
    const auto place = [](const Sight& sight) {
      return std::tuple(sight.transaction, sight.key, !sight.reads);
    };
    std::ranges::sort(sights_, {}, place);
    const auto repeated = std::ranges::unique(
        sights_, {}, [](const Sight& sight) { return std::pair(sight.transaction, sight.key); });
    sights_.erase(repeated.begin(), repeated.end());
  }

  [[nodiscard]] bool writes(TransactionId id, KeyId key) const {
    return std::ranges::binary_search(registers_.writers[key], id);
  }
  [[nodiscard]] std::uint32_t seen_first(const Sight& sight) const {
    return versions_.of(sight.key, sight.reads ? sight.read : sight.transaction);
  }
  [[nodiscard]] std::uint32_t seen_last(const Sight& sight) const {
    return versions_.of(sight.key, sight.writes ? sight.transaction : sight.read);
  }

  /// What each process saw of a key last, when it sees the key again.
  void conclude_from_processes() {
    boost::unordered_flat_map<std::uint64_t, boost::unordered_flat_map<KeyId, Sight>> last;
    for (const Sight& sight : sights_) {
      allowance_.step();
      auto& of_process = last[all_.operation_of(sight.transaction).process.value];
      const auto [before, first_time] = of_process.try_emplace(sight.key, sight);
      if (!first_time)
        conclude({seen_last(before->second), seen_first(sight), sight.key, EdgeKind::process},
                 before->second, sight);
      before->second = sight;
    }
  }

  void conclude(const Edge& edge, const Sight& first, const Sight& second) {
    if (edge.from != edge.to) conclusions_.push_back({edge, first, second});
  }

  // ---- in words

  void tell(const std::vector<Edge>& circle, Anomalies& anomalies) const {
    const std::string name = fmt::format("cyclic versions{}", suffix_of(scope_));
    if (!anomalies.meet(name)) return;
    const KeyId key = circle.front().key;
    Anomaly anomaly{.name = name, .key = key};
    anomaly.sentence = key_text(all_, key) + ": ";
    for (const Edge& edge : circle) {
      const Conclusion& conclusion = *std::ranges::find(conclusions_, edge, &Conclusion::edge);
      if (edge != circle.front()) anomaly.sentence += edge == circle.back() ? ", yet " : ", ";
      anomaly.sentence += fmt::format("{} came before {}, since {}", value_of(key, edge.from),
                                      value_of(key, edge.to), why(conclusion));
      for (const Sight* sight : {&conclusion.first, &conclusion.second})
        if (sight->transaction != none) anomaly.participants.push_back(part_of(*sight));
    }
    anomaly.explanation.emplace_back(
        "So there is no order in which the versions of the key can have come.");
    anomalies.add(std::move(anomaly));
  }

  [[nodiscard]] std::string value_of(KeyId key, NodeId version) const {
    if (version == versions_.start(key)) return "nil";
    return written_by(key, registers_.writers[key][version - versions_.start(key) - 1]);
  }
  [[nodiscard]] std::string written_by(KeyId key, TransactionId writer) const {
    std::string last = "nil";
    if (writer == none) return last;
    for (const Micro& micro : all_.micros_of(writer))
      if (micro.write && micro.key == key) last = to_text(*micro.value);
    return last;
  }

  [[nodiscard]] std::string why(const Conclusion& conclusion) const {
    const TransactionId first = conclusion.first.transaction;
    if (conclusion.edge.kind == EdgeKind::ww) return "it was there at the start";
    if (conclusion.edge.kind == EdgeKind::wr)
      return fmt::format("{} read the one and then wrote the other {}", process_of(all_, first),
                         time_of(all_, first));
    return fmt::format("{} {} the one {} and later {} the other", process_of(all_, first),
                       conclusion.first.writes ? "wrote" : "read", time_of(all_, first),
                       conclusion.second.reads ? "read" : "wrote");
  }

  [[nodiscard]] Participant part_of(const Sight& sight) const {
    std::string role;
    if (sight.reads)
      role = fmt::format("read {} from {}", written_by(sight.key, sight.read),
                         key_text(all_, sight.key));
    if (sight.writes)
      role += fmt::format("{}wrote {} to {}", role.empty() ? "" : ", then ",
                          written_by(sight.key, sight.transaction), key_text(all_, sight.key));
    return {sight.transaction, role};
  }

  const Transactions& all_;
  const Registers& registers_;
  const Scope scope_;
  Allowance& allowance_;
  const VersionNumbers versions_;
  std::vector<Sight> sights_;
  std::vector<Conclusion> conclusions_;
};

}  // namespace

void find_cyclic_versions(const Transactions& transactions, const Registers& registers, Scope scope,
                          Allowance& allowance, Anomalies& anomalies) {
  Finder(transactions, registers, scope, allowance).run(anomalies);
}

}  // namespace eris::checkers::transactions
