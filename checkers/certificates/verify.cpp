#include "checkers/certificates/verify.hpp"

#include <algorithm>
#include <memory>
#include <unordered_map>

#include <fmt/format.h>

#include "checkers/certificates/player.hpp"
#include "checkers/certificates/refuter.hpp"
#include "harness/base/text.hpp"

namespace eris::checkers::certificates {

using model::EventIndex;
using model::History;
using model::Operation;
using model::Verdict;

namespace {

using Objection = std::optional<std::string>;
using Indices = std::span<const std::uint32_t>;

/// "the write of process 3 at event 17".
std::string name_of(const Operation& operation) {
  return fmt::format("the {} of process {} at event {}", operation.function.view(),
                     operation.process.value, operation.invoked);
}

std::string not_of_object(const Operation& operation, const SequentialObject& object) {
  return fmt::format("{} is not an operation of the object '{}'", name_of(operation),
                     object.name());
}

/// The place among the key's operations of the one that was invoked at this event.
std::optional<std::size_t> find(const History& history, Indices of_key, EventIndex event) {
  const auto found = std::ranges::lower_bound(
      of_key, event, {}, [&](std::uint32_t i) { return history.operations[i].invoked; });
  if (found == of_key.end() || history.operations[*found].invoked != event) return std::nullopt;
  return static_cast<std::size_t>(found - of_key.begin());
}

std::string no_such_operation(EventIndex event) {
  return fmt::format("no operation on this key began at event {}", event);
}

/// The operations that an order names, each at most once.
base::Result<std::vector<const Operation*>> resolve(const History& history, Indices of_key,
                                                    std::span<const EventIndex> order,
                                                    std::vector<bool>& named) {
  std::vector<const Operation*> operations;
  operations.reserve(order.size());
  for (const EventIndex event : order) {
    const auto place = find(history, of_key, event);
    if (!place) return base::usage_error(no_such_operation(event));
    const Operation& operation = history.operations[of_key[*place]];
    if (named[*place])
      return base::usage_error(fmt::format("{} stands there twice", name_of(operation)));
    named[*place] = true;
    operations.push_back(&operation);
  }
  return operations;
}

/// Nothing that ended before another began may stand behind it.
Objection objection_to_times(std::span<const Operation* const> order) {
  const Operation* first_to_end = nullptr;
  for (std::size_t i = order.size(); i-- > 0;) {
    const Operation& operation = *order[i];
    if (first_to_end != nullptr && first_to_end->completed < operation.invoked)
      return fmt::format("{} stands before {}, which had ended before it began", name_of(operation),
                         name_of(*first_to_end));
    if (first_to_end == nullptr || operation.completed < first_to_end->completed)
      first_to_end = &operation;
  }
  return std::nullopt;
}

/// Played one after the other, they give the answers that they had.
Objection objection_to_answers(std::span<const Operation* const> order,
                               const SequentialObject& object) {
  const std::unique_ptr<Player> player = make_player(object);
  for (const Operation* operation : order) {
    const Deed deed = deed_of(*operation, object);
    if (deed.weight == Weight::malformed) return not_of_object(*operation, object);
    if (deed.weight == Weight::nothing)
      return fmt::format("{} did nothing, so it has no place in an order", name_of(*operation));
    if (!player->play(deed.call))
      return fmt::format("{} cannot have had its answer when its turn comes", name_of(*operation));
  }
  return std::nullopt;
}

std::vector<std::vector<std::uint32_t>> operations_by_key(const History& history) {
  std::vector<std::vector<std::uint32_t>> of_key(history.keys.size());
  for (std::uint32_t i = 0; i < history.operations.size(); ++i)
    of_key[history.operations[i].key].push_back(i);
  return of_key;
}

class Verifier {
 public:
  Verifier(const History& history, const SequentialObject& object, const Certificate& certificate)
      : history_(history),
        object_(object),
        certificate_(certificate),
        of_key_(operations_by_key(history)) {}

  Verification run() {
    Objection objection = objection_to_heading();
    for (const KeyCertificate& key : certificate_.keys)
      if (!objection) objection = objection_to_key(key);
    if (!objection) objection = objection_to_verdict();
    result_.accepted = !objection;
    result_.reason = objection ? std::move(*objection) : what_is_proven();
    return std::move(result_);
  }

 private:
  Objection objection_to_heading() const {
    if (certificate_.consistency != "linearizable")
      return fmt::format("certificates of '{}' are not known here", certificate_.consistency);
    if (certificate_.object != object_.name())
      return fmt::format("it is about the object '{}', not '{}'", certificate_.object,
                         object_.name());
    const HistoryIdentity actual = identity_of(history_);
    if (certificate_.history.operations != actual.operations ||
        certificate_.history.events != actual.events)
      return fmt::format("it is about another history, of {} and {}",
                         base::count_of(certificate_.history.operations, "operation"),
                         base::count_of(certificate_.history.events, "event"));
    if (certificate_.history != actual) return "it is about another history, of the same length";
    return std::nullopt;
  }

  Objection objection_to_key(const KeyCertificate& evidence) {
    const auto found = std::ranges::find(history_.keys, evidence.key);
    const auto key = static_cast<std::size_t>(found - history_.keys.begin());
    const std::string where = fmt::format("key {}: ", to_text(evidence.key));
    if (found == history_.keys.end() || of_key_[key].empty())
      return where + "no operation of the history is on it";
    if (settled_.contains(key)) return where + "the certificate has it twice";
    settled_[key] = evidence.verdict;
    Objection objection;
    switch (evidence.verdict) {
      case Verdict::valid:
        ++result_.keys_valid;
        objection = objection_to_order(history_, object_, of_key_[key], evidence.operations);
        break;
      case Verdict::invalid:
        ++result_.keys_invalid;
        objection = objection_to_proof(history_, object_, of_key_[key], evidence.operations,
                                       evidence.until);
        break;
      case Verdict::unknown:
        ++result_.keys_unknown;
        break;
      default:
        objection = fmt::format("there is no evidence for '{}'", to_text(evidence.verdict));
    }
    return objection ? std::optional(where + *objection) : std::nullopt;
  }

  /// The verdict on the whole is what follows from the keys, and every key is accounted for.
  Objection objection_to_verdict() {
    result_.proven = result_.keys_invalid > 0   ? Verdict::invalid
                     : result_.keys_unknown > 0 ? Verdict::unknown
                                                : Verdict::valid;
    for (std::size_t key = 0; key < of_key_.size(); ++key) {
      const bool missing = !of_key_[key].empty() && !settled_.contains(key);
      if (missing && result_.proven != Verdict::invalid)
        return fmt::format("key {}: the certificate says nothing of it",
                           to_text(history_.keys[key]));
    }
    if (certificate_.verdict != result_.proven)
      return fmt::format("it says '{}', but its keys prove '{}'", to_text(certificate_.verdict),
                         to_text(result_.proven));
    return std::nullopt;
  }

  [[nodiscard]] std::string what_is_proven() const {
    std::vector<std::string> parts;
    const auto add = [&](std::size_t count, const char* what) {
      if (count > 0) parts.push_back(fmt::format("{} {}", base::count_of(count, "key"), what));
    };
    add(result_.keys_valid, "with an order that explains every answer");
    add(result_.keys_invalid, "with operations that have no order");
    add(result_.keys_unknown, "without evidence");
    const std::string keys = parts.empty() ? "it has no operations" : base::join_words(parts);
    switch (result_.proven) {
      case Verdict::valid:
        return fmt::format("The history is linearizable as a {}: {}.", object_.name(), keys);
      case Verdict::invalid:
        return fmt::format("The history is not linearizable as a {}: {}.", object_.name(), keys);
      default:
        return fmt::format("Whether the history is linearizable as a {} is not shown: {}.",
                           object_.name(), keys);
    }
  }

  const History& history_;
  const SequentialObject& object_;
  const Certificate& certificate_;
  std::vector<std::vector<std::uint32_t>> of_key_;
  std::unordered_map<std::size_t, Verdict> settled_;  ///< by key
  Verification result_;
};

}  // namespace

Objection objection_to_order(const History& history, const SequentialObject& object, Indices of_key,
                             std::span<const EventIndex> order) {
  std::vector<bool> named(of_key.size(), false);
  const auto operations = resolve(history, of_key, order, named);
  if (!operations) return operations.error().what;
  for (std::size_t i = 0; i < of_key.size(); ++i) {
    if (named[i]) continue;
    const Operation& operation = history.operations[of_key[i]];
    const Weight weight = deed_of(operation, object).weight;
    if (weight == Weight::malformed) return not_of_object(operation, object);
    if (weight == Weight::certain)
      return fmt::format("{} is missing from the order", name_of(operation));
  }
  if (Objection objection = objection_to_times(*operations)) return objection;
  return objection_to_answers(*operations, object);
}

Objection objection_to_proof(const History& history, const SequentialObject& object, Indices of_key,
                             std::span<const EventIndex> picks, EventIndex until,
                             std::uint64_t steps) {
  if (picks.size() > picks_max)
    return fmt::format("{} are too many to follow; {} are the most",
                       base::count_of(picks.size(), "operation"), picks_max);
  std::vector<bool> named(of_key.size(), false);
  const auto operations = resolve(history, of_key, picks, named);
  if (!operations) return operations.error().what;
  std::vector<Timed> followed, bystanders;
  for (std::size_t i = 0; i < of_key.size(); ++i) {
    const Operation& operation = history.operations[of_key[i]];
    if (operation.invoked > until) break;
    Timed timed{deed_of(operation, object), operation.invoked, operation.completed};
    if (timed.deed.weight == Weight::malformed) return not_of_object(operation, object);
    if (timed.deed.weight == Weight::nothing) continue;
    timed.certain = timed.deed.weight == Weight::certain && timed.completed <= until;
    if (!timed.deed.changes() && !(named[i] && timed.certain)) continue;
    (named[i] ? followed : bystanders).push_back(std::move(timed));
  }
  const auto domain = make_domain(object, followed, bystanders);
  switch (orders_of(followed, *domain, steps)) {
    case Orders::none:
      return std::nullopt;
    case Orders::some:
      return fmt::format("{} {} an order", base::count_of(picks.size(), "operation"),
                         picks.size() == 1 ? "has" : "have");
    case Orders::too_many:
      break;
  }
  return fmt::format("it takes more than {} steps to follow, so it is no small proof", steps);
}

Verification verify(const History& history, const SequentialObject& object,
                    const Certificate& certificate) {
  return Verifier(history, object, certificate).run();
}

Verification verify(const History& history, const Certificate& certificate) {
  const SequentialObject* object = find_object(certificate.object);
  if (object == nullptr)
    return {.reason = fmt::format("this build knows no object '{}'", certificate.object)};
  return verify(history, *object, certificate);
}

}  // namespace eris::checkers::certificates
