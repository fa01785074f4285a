#include "checkers/transactions/models.hpp"

#include <algorithm>
#include <array>

#include "harness/base/assert.hpp"

namespace eris::checkers::transactions {

namespace {

struct ModelEntry {
  std::string_view name;
  std::string_view summary;
  std::string_view explanation;
  Models implies;  ///< directly
};

using enum Model;

/// By Model.
constexpr std::array<ModelEntry, model_count> entries{{
    {"read-uncommitted",
     "transactions do not interleave their writes",
     "Writes of different transactions to the same keys end up in one order (Adya's PL-1): no "
     "dirty "
     "write (G0). What reads see is another matter, as long as somebody wrote it.",
     {}},
    {"read-committed",
     "what is read was committed, and nothing flows in circles",
     "Reads see only what committed transactions wrote last (Adya's PL-2): no aborted read (G1a), "
     "no "
     "intermediate read (G1b), no circular flow of information (G1c). One transaction may still "
     "see "
     "the same key change while it runs.",
     {read_uncommitted}},
    {"strong-session-read-committed",
     "read committed, and no process overtakes itself",
     "As read-committed, where each transaction also comes after the earlier ones of its process.",
     {read_committed}},
    {"strong-read-committed",
     "read committed, and in the order of real time",
     "As read-committed, where each transaction also comes after all that were answered before it "
     "was asked for.",
     {strong_session_read_committed}},
    {"read-atomic",
     "a transaction is seen whole or not at all",
     "As read-committed; and whoever sees one write of a transaction sees its other writes too "
     "(Bailis et al. 2014): no fractured reads. A transaction sees its own writes, and the same "
     "key "
     "always alike.",
     {read_committed}},
    {"transactional-causal",
     "whoever sees a transaction sees all that it depends on",
     "As read-atomic; and what is seen comes with everything that its writer had seen or done "
     "before "
     "(causal consistency with transactions that converge: Cerone, Bernardi and Gotsman 2015).",
     {read_atomic, strong_session_read_committed}},
    {"cursor-stability",
     "no update is lost",
     "As read-committed; and between a transaction's read of a key and its own write of that key "
     "nobody else writes it (Adya's PL-CS, Berenson et al. 1995).",
     {read_committed}},
    {"consistent-view",
     "every transaction reads from one consistent state",
     "What a transaction reads is not changed by anything that it depends on (Adya's PL-2+): no "
     "cycle with exactly one anti-dependency (G-single), hence no read skew and no lost update.",
     {cursor_stability, read_atomic}},
    {"parallel-snapshot-isolation",
     "snapshots, which different sites may take in different orders",
     "Every transaction reads a snapshot and no two concurrent ones write the same key, but two "
     "readers may see two independent writes in opposite orders (Sovran et al. 2011). Allows a "
     "long fork.",
     {consistent_view}},
    {"snapshot-isolation",
     "every transaction reads from one snapshot of all that was committed",
     "Each transaction reads a snapshot; of two that write the same key the later one sees the "
     "other's writes (Berenson et al. 1995). No cycle in which no two anti-dependencies follow one "
     "another (Cerone and Gotsman 2018). Allows write skew. A snapshot may be old.",
     {parallel_snapshot_isolation}},
    {"strong-session-snapshot-isolation",
     "snapshot isolation, and no process overtakes itself",
     "As snapshot-isolation; and each snapshot holds all that its process did before (Daudjee and "
     "Salem 2006).",
     {snapshot_isolation, transactional_causal}},
    {"strong-snapshot-isolation",
     "snapshot isolation with up-to-date snapshots",
     "As snapshot-isolation; and each snapshot holds all that was answered before the transaction "
     "was asked for.",
     {strong_session_snapshot_isolation, strong_read_committed}},
    {"repeatable-read",
     "serializable, as far as single keys are concerned",
     "No cycle of dependencies between keys (Adya's PL-2.99: no G2-item). Only searches by "
     "predicate, which these transactions do not have, may still see phantoms.",
     {cursor_stability, read_atomic}},
    {"serializable",
     "transactions behave as if they ran one after the other",
     "Some order of all transactions, one after the other, explains everything that they saw "
     "(Papadimitriou 1979; Adya's PL-3): no cycle of dependencies at all. That order need not be "
     "the "
     "order of real time.",
     {snapshot_isolation, repeatable_read}},
    {"strong-session-serializable",
     "serializable, and no process overtakes itself",
     "As serializable, by an order in which the transactions of one process stay in their order "
     "(Daudjee and Salem 2004).",
     {serializable, strong_session_snapshot_isolation}},
    {"strict-serializable",
     "serializable, in the order of real time",
     "As serializable, by an order in which a transaction that was answered comes before all that "
     "were asked for afterwards (Herlihy and Wing 1990, section 2.3).",
     {strong_session_serializable, strong_snapshot_isolation}},
}};

struct AnomalyEntry {
  std::string_view name;
  Models models;  ///< the weakest that it rules out
  std::string_view meaning;
};

constexpr std::array anomalies{
    AnomalyEntry{"duplicate elements", {read_uncommitted}, "An element was appended once."},
    AnomalyEntry{"cyclic versions",
                 {read_uncommitted},
                 "The versions of one key follow one another in a circle."},
    AnomalyEntry{"reordered appends",
                 {read_uncommitted},
                 "A transaction's own appends to a key stand in its own order."},
    AnomalyEntry{"read of a value never written", {read_uncommitted}, ""},
    AnomalyEntry{"G0", {read_uncommitted}, "Writes of transactions are interleaved (dirty write)."},
    AnomalyEntry{
        "G1a", {read_committed}, "What a failed transaction wrote was read (aborted read)."},
    AnomalyEntry{"G1b",
                 {read_committed},
                 "What a transaction wrote, but not last, was read (intermediate read)."},
    AnomalyEntry{"G1c", {read_committed}, "Information flows in a circle."},
    AnomalyEntry{"dirty update",
                 {read_committed},
                 "A committed write stands on top of what a failed transaction wrote."},
    AnomalyEntry{"incompatible order",
                 {read_committed},
                 "Two reads show the same list in different orders."},
    AnomalyEntry{
        "future read", {read_committed}, "A transaction read what it wrote only afterwards."},
    AnomalyEntry{"internal",
                 {read_atomic},
                 "A transaction sees its own writes, and no change that is not its own."},
    AnomalyEntry{"fractured read", {read_atomic}, "A transaction was seen in part."},
    AnomalyEntry{"causality violation",
                 {transactional_causal},
                 "What was seen depends on something that was not."},
    AnomalyEntry{"lost update",
                 {cursor_stability, repeatable_read},
                 "A write was based on a version that another write had already replaced."},
    AnomalyEntry{"G-single",
                 {consistent_view, repeatable_read},
                 "A cycle with one anti-dependency (read skew)."},
    AnomalyEntry{"G-nonadjacent",
                 {snapshot_isolation, repeatable_read},
                 "A cycle in which no two anti-dependencies follow one another."},
    AnomalyEntry{"G2-item",
                 {repeatable_read},
                 "A cycle with anti-dependencies one after the other (write skew)."},
    AnomalyEntry{"long fork",
                 {snapshot_isolation, repeatable_read},
                 "Two readers saw two independent writes in opposite orders."},
    AnomalyEntry{"unorderable writes",
                 {snapshot_isolation},
                 "Whichever of some writes of a key came first, no snapshots explain the rest."},
    AnomalyEntry{"unorderable writes-process", {strong_session_snapshot_isolation}, ""},
    AnomalyEntry{"unorderable writes-realtime", {strong_snapshot_isolation}, ""},
    AnomalyEntry{"cyclic versions-process",
                 {transactional_causal},
                 "The versions of one key follow one another in a circle, by what processes saw."},
    AnomalyEntry{"G0-process", {strong_session_read_committed}, ""},
    AnomalyEntry{"G1c-process", {strong_session_read_committed}, ""},
    AnomalyEntry{"G-single-process", {strong_session_snapshot_isolation}, ""},
    AnomalyEntry{"G-nonadjacent-process", {strong_session_snapshot_isolation}, ""},
    AnomalyEntry{"G2-item-process", {strong_session_serializable}, ""},
    AnomalyEntry{"G0-realtime", {strong_read_committed}, ""},
    AnomalyEntry{"G1c-realtime", {strong_read_committed}, ""},
    AnomalyEntry{"G-single-realtime", {strong_snapshot_isolation}, ""},
    AnomalyEntry{"G-nonadjacent-realtime", {strong_snapshot_isolation}, ""},
    AnomalyEntry{"G2-item-realtime", {strict_serializable}, ""},
};

const AnomalyEntry& entry_of(std::string_view anomaly) {
  const auto found = std::ranges::find(anomalies, anomaly, &AnomalyEntry::name);
  ERIS_ASSERT(found != anomalies.end(), "every anomaly stands in the table of models");
  return *found;
}

const ModelEntry& entry_of(Model model) {
  return entries[static_cast<std::size_t>(model)];
}

Model model_at(std::size_t index) {
  return static_cast<Model>(index);
}

bool implies(Model stronger, Model weaker) {
  return at_least(weaker).has(stronger);
}

}  // namespace

std::string_view name_of(Model model) {
  return entry_of(model).name;
}

std::string_view summary_of(Model model) {
  return entry_of(model).summary;
}

std::string_view explanation_of(Model model) {
  return entry_of(model).explanation;
}

std::optional<Model> find_model(std::string_view name) {
  for (std::size_t i = 0; i < model_count; ++i)
    if (entries[i].name == name) return model_at(i);
  return std::nullopt;
}

Models at_least(Model model) {
  Models reached{model};
  // Every model stands after those that it implies, so that one pass is enough.
  for (std::size_t i = 0; i < model_count; ++i)
    for (std::size_t weaker = 0; weaker < i; ++weaker)
      if (entries[i].implies.has(model_at(weaker)) && reached.has(model_at(weaker)))
        reached |= {model_at(i)};
  return reached;
}

Models ruled_out_by(std::string_view anomaly) {
  Models result;
  for (std::size_t i = 0; i < model_count; ++i)
    if (entry_of(anomaly).models.has(model_at(i))) result |= at_least(model_at(i));
  return result;
}

std::vector<Model> strongest(Models models) {
  std::vector<Model> result;
  for (std::size_t i = 0; i < model_count; ++i) {
    if (!models.has(model_at(i))) continue;
    bool topped = false;
    for (std::size_t other = i + 1; other < model_count; ++other)
      topped |= models.has(model_at(other)) && implies(model_at(other), model_at(i));
    if (!topped) result.push_back(model_at(i));
  }
  return result;
}

std::vector<Model> weakest(Models models) {
  std::vector<Model> result;
  for (std::size_t i = 0; i < model_count; ++i) {
    if (!models.has(model_at(i))) continue;
    bool undercut = false;
    for (std::size_t other = 0; other < i; ++other)
      undercut |= models.has(model_at(other)) && implies(model_at(i), model_at(other));
    if (!undercut) result.push_back(model_at(i));
  }
  return result;
}

std::string_view meaning_of(std::string_view anomaly) {
  return entry_of(anomaly).meaning;
}

}  // namespace eris::checkers::transactions
