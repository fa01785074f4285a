#include "checkers/transactions/narrative.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "checkers/transactions/words.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::transactions {

using model::Finding;
using model::Operation;
using model::Status;
using model::Value;

namespace {

/// An edge in words: "read x as [1]", "before", "appended 2 to it".
struct EdgeWords {
  std::string first;
  std::string link;
  std::string second;
};

std::string_view kind_name(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::ww:
      return "ww";
    case EdgeKind::wr:
      return "wr";
    case EdgeKind::rw:
      return "rw";
    case EdgeKind::process:
      return "process";
    case EdgeKind::realtime:
      return "realtime";
  }
  return "?";
}

class Narrator {
 public:
  Narrator(const Transactions& transactions, Flavour flavour, const Anomaly& anomaly)
      : all_(transactions), lists_(flavour == Flavour::list_append), anomaly_(anomaly) {
    std::set<TransactionId> members;
    for (const Edge& edge : anomaly.cycle) members.insert(edge.from);
    for (const Participant& participant : anomaly.participants)
      members.insert(participant.transaction);
    std::size_t number = 0;
    for (const TransactionId id : members) names_[id] = fmt::format("T{}", ++number);
  }

  Finding tell(Model promised) {
    Finding finding{.property = std::string(name_of(promised)),
                    .anomaly = anomaly_.name,
                    .sentence = anomaly_.sentence,
                    .searched_operations = all_.all.size()};
    if (anomaly_.key != none) finding.key = all_.keys[anomaly_.key];
    if (const auto meaning = meaning_of(anomaly_.name); !meaning.empty())
      finding.explanation.push_back(fmt::format("{}: {}", anomaly_.name, meaning));
    for (const auto& [id, name] : names_) finding.explanation.push_back(line(id, name));
    if (!anomaly_.cycle.empty()) {
      finding.sentence = around();
      for (const Edge& edge : anomaly_.cycle) finding.explanation.push_back(line(edge));
    }
    finding.explanation.insert(finding.explanation.end(), anomaly_.explanation.begin(),
                               anomaly_.explanation.end());
    finding.explanation.push_back(rules_out());
    for (const auto& [id, name] : names_)
      finding.witness.push_back({all_.all[id].operation, role(id, name)});
    for (const Edge& edge : anomaly_.cycle) finding.arrows.push_back(arrow(edge));
    return finding;
  }

 private:
  [[nodiscard]] std::string line(TransactionId id, const std::string& name) const {
    const Operation& operation = all_.operation_of(id);
    const std::string span =
        operation.status == Status::info
            ? fmt::format("from {} on, outcome unknown",
                          base::to_rounded_text(operation.invoked_at))
            : fmt::format("from {}, taking {}{}", base::to_rounded_text(operation.invoked_at),
                          base::to_rounded_text(operation.completed_at - operation.invoked_at),
                          operation.status == Status::fail ? ", failed" : "");
    return fmt::format("{} is {}'s transaction {}, {}.", name, process_of(all_, id),
                       to_text(all_, id), span);
  }

  [[nodiscard]] std::string line(const Edge& edge) const {
    const EdgeWords words = in_words(edge);
    return fmt::format("{} → {} ({}): {} {} {} {} {}.", names_.at(edge.from), names_.at(edge.to),
                       kind_name(edge.kind), names_.at(edge.from), words.first, words.link,
                       names_.at(edge.to), words.second);
  }

  [[nodiscard]] model::WitnessArrow arrow(const Edge& edge) const {
    const auto place = [&](TransactionId id) {
      return static_cast<std::size_t>(std::distance(names_.begin(), names_.find(id)));
    };
    const EdgeWords words = in_words(edge);
    return {.from = place(edge.from),
            .to = place(edge.to),
            .kind = std::string(kind_name(edge.kind)),
            .words = fmt::format("{} {} {} {}", words.first, words.link, names_.at(edge.to),
                                 words.second)};
  }

  [[nodiscard]] std::string rules_out() const {
    std::vector<std::string> names;
    for (const Model model : weakest(ruled_out_by(anomaly_.name)))
      names.emplace_back(name_of(model));
    return fmt::format("This rules out {} and everything stronger.", base::join_words(names));
  }

  /// What a transaction does in the proof.
  [[nodiscard]] std::string role(TransactionId id, const std::string& name) const {
    std::string text;
    const auto add = [&](const std::string& part) {
      if (text.find(part) == std::string::npos) text += (text.empty() ? "" : "; ") + part;
    };
    for (const Participant& participant : anomaly_.participants)
      if (participant.transaction == id) add(participant.role);
    for (const Edge& edge : anomaly_.cycle) {
      const bool data = (only(edge.kind) & data_edges) != 0;
      if (data && edge.from == id) add(in_words(edge).first);
      if (data && edge.to == id) add(in_words(edge).second);
    }
    return text.empty() ? name : fmt::format("{}: {}", name, text);
  }

  /// The cycle as one sentence: it ends where it began.
  [[nodiscard]] std::string around() {
    std::string text;
    for (std::size_t i = 0; i < anomaly_.cycle.size(); ++i) {
      const Edge& edge = anomaly_.cycle[i];
      const EdgeWords words = in_words(edge);
      const bool last = i + 1 == anomaly_.cycle.size();
      if (i > 0) text += last ? ", yet " : ", ";
      text += fmt::format("{} {} {} {} {}", introduced(edge.from), words.first, words.link,
                          introduced(edge.to), words.second);
    }
    return text;
  }

  /// "T1 (process 3, at 130 ms)" the first time, then "T1".
  [[nodiscard]] std::string introduced(TransactionId id) {
    if (!introduced_.insert(id).second) return names_.at(id);
    return fmt::format("{} ({}, {})", names_.at(id), process_of(all_, id), time_of(all_, id));
  }

  // ---- edges

  [[nodiscard]] EdgeWords in_words(const Edge& edge) const {
    switch (edge.kind) {
      case EdgeKind::ww:
        return {wrote(edge.from, edge.key), "before", wrote(edge.to, edge.key)};
      case EdgeKind::wr:
        return {wrote(edge.from, edge.key), "before", read(edge.to, edge.key)};
      case EdgeKind::rw:
        return {read(edge.from, edge.key), "before", wrote(edge.to, edge.key)};
      case EdgeKind::process:
        return {"ran", "before", "in the same process"};
      case EdgeKind::realtime:
        return {"had ended", fmt::format("{} before", gap(edge)), "began"};
    }
    return {};
  }

  [[nodiscard]] std::string gap(const Edge& edge) const {
    const base::Duration length =
        all_.operation_of(edge.to).invoked_at - all_.operation_of(edge.from).completed_at;
    return base::to_rounded_text(std::max(length, base::Duration(0)));
  }

  /// "wrote 5 to x", "appended 5 and 6 to x".
  [[nodiscard]] std::string wrote(TransactionId id, KeyId key) const {
    std::vector<std::string> values;
    for (const Micro& micro : all_.micros_of(id))
      if (micro.write && micro.key == key) values.push_back(to_text(*micro.value));
    return fmt::format("{} {} to {}", lists_ ? "appended" : "wrote", base::join_words(values),
                       key_text(all_, key));
  }

  [[nodiscard]] std::string read(TransactionId id, KeyId key) const {
    for (const Micro& micro : all_.micros_of(id))
      if (!micro.write && micro.key == key && micro.value != nullptr)
        return fmt::format("read {} as {}", key_text(all_, key),
                           micro.value->is_nil() ? lists_ ? "empty" : "nil" : brief(*micro.value));
    return fmt::format("read {}", key_text(all_, key));
  }

  const Transactions& all_;
  bool lists_;
  const Anomaly& anomaly_;
  std::map<TransactionId, std::string> names_;
  std::set<TransactionId> introduced_;
};

}  // namespace

Finding tell(const Transactions& transactions, Flavour flavour, const Anomaly& anomaly,
             Model promised) {
  return Narrator(transactions, flavour, anomaly).tell(promised);
}

}  // namespace eris::checkers::transactions
