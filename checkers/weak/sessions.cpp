#include "checkers/weak/sessions.hpp"

#include <algorithm>
#include <map>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "harness/base/assert.hpp"

namespace eris::checkers::weak {

using model::History;
using model::Operation;
using model::Status;
using model::Value;

namespace {

using Id = std::uint32_t;
constexpr Id none = std::numeric_limits<Id>::max();

/// Names a value of one key.
struct KeyedValue {
  Id key = 0;
  Value value;
  bool operator==(const KeyedValue&) const = default;
};
struct KeyedHash {
  std::size_t operator()(const KeyedValue& keyed) const {
    return keyed.value.hash() * 0x9e3779b97f4a7c15ull + keyed.key * 0xc2b2ae3d27d4eb4full;
  }
};

/// Who may have installed a value.
struct Origin {
  Id first = none;   ///< item; none where nobody did
  Id failed = none;  ///< operation that failed to
  bool several = false;
  bool initial = false;
};

/// An operation that says or does something.
struct Item {
  Id operation = 0;
  ShapeKind kind = ShapeKind::read;
  bool optional = false;
  bool effective = true;
  bool sure = true;  ///< its source is certain
  Id first = none;   ///< value: read, expected or written
  Id second = none;  ///< value: written by a swap
  Id source = none;  ///< item; none: the initial value
  EventId write = no_event;

  [[nodiscard]] bool reads() const { return kind == ShapeKind::read || kind == ShapeKind::swap; }
  [[nodiscard]] Id installs() const {
    if (kind == ShapeKind::write) return first;
    return kind == ShapeKind::swap ? second : none;
  }
};

class Builder {
 public:
  Builder(const History& history, const SequentialObject& object, Uncertain uncertain)
      : history_(history),
        object_(object),
        uncertain_(uncertain),
        initial_(object.initial()),
        small_(2 * history.operations.size() + 64, {0, none}),
        unfit_(history.keys.size(), false) {
    sessions_.keys = history.keys.size();
  }

  Sessions run() {
    find_unfit_keys();
    read_items();
    find_sources();
    guess_sources();
    find_effective();
    number_sessions();
    emit();
    return std::move(sessions_);
  }

 private:
  [[nodiscard]] static bool says_nothing(const Operation& operation) {
    return operation.status == Status::fail && operation.error != 0 && operation.result.is_nil();
  }

  [[nodiscard]] Shape shape_of(const Operation& operation) const {
    Answer answer = Answer::known;
    if (operation.status == Status::info) answer = Answer::unknown;
    if (operation.status == Status::fail) answer = Answer::refused;
    return object_.shape({operation.function, operation.argument, operation.result, answer});
  }

  void doubt(const std::string& why) {
    if (sessions_.uncertain++ == 0) sessions_.uncertain_why = why;
  }
  [[nodiscard]] std::string name(Id operation) const {
    const Operation& it = history_.operations[operation];
    return fmt::format("process {}'s {} on key {} (event {})", it.process.value, it.function.view(),
                       to_text(history_.key_of(it)), it.invoked);
  }

  [[nodiscard]] static bool fits(ShapeKind kind) {
    return kind != ShapeKind::malformed && kind != ShapeKind::observe && kind != ShapeKind::effect;
  }

  void find_unfit_keys() {
    for (Id i = 0; i < history_.operations.size(); ++i) {
      const Operation& operation = history_.operations[i];
      sessions_.succeeded += operation.status == Status::ok ? 1 : 0;
      namespace function = model::function;
      const bool plain = operation.function == function::read ||
                         operation.function == function::write ||
                         (operation.function == function::cas && operation.argument.is_list() &&
                          operation.argument.list().size() == 2);
      if (plain || unfit_[operation.key] || says_nothing(operation)) continue;
      if (fits(shape_of(operation).kind)) continue;
      unfit_[operation.key] = true;
      doubt(fmt::format("{} is neither a read nor a write nor a cas, so the key is left out",
                        name(i)));
    }
  }

  Id value_id(Id key, const Value& value) {
    if (value.is_integer()) {
      const auto index = static_cast<std::uint64_t>(value.integer());
      if (index < small_.size()) {
        auto& [owner, id] = small_[index];
        if (id == none) {
          owner = key;
          id = fresh_value(value);
        }
        if (owner == key) return id;
      }
    }
    const auto [at, added] = others_.try_emplace(KeyedValue{key, value}, none);
    if (added) {
      at->second = fresh_value(value);
    }
    return at->second;
  }
  Id fresh_value(const Value& value) {
    origins_.push_back({.initial = value == initial_});
    return static_cast<Id>(origins_.size() - 1);
  }

  void read_items() {
    items_.reserve(history_.operations.size());
    for (Id i = 0; i < history_.operations.size(); ++i) {
      const Operation& operation = history_.operations[i];
      if (unfit_[operation.key]) continue;
      if (operation.status == Status::fail) remember_failed(i);
      if (says_nothing(operation)) continue;
      const Shape shape = shape_of(operation);
      if (shape.kind == ShapeKind::nothing) continue;
      if (shape.kind == ShapeKind::impossible) {
        sessions_.flaws.push_back({Flaw::Kind::wrongly_refused, i});
        continue;
      }
      Item item{.operation = i, .kind = shape.kind};
      item.optional = operation.status == Status::info;
      if (item.optional && (item.kind == ShapeKind::read || item.kind == ShapeKind::differs))
        continue;
      item.first = value_id(operation.key, shape.first);
      if (item.kind == ShapeKind::swap) item.second = value_id(operation.key, shape.second);
      if (item.installs() != none) install(item.installs(), static_cast<Id>(items_.size()));
      items_.push_back(item);
    }
  }

  void install(Id value, Id item) {
    Origin& origin = origins_[value];
    if (origin.first == none) {
      origin.first = item;
      return;
    }
    origin.several = true;
    auto& all = candidates_[value];
    if (all.empty()) all.push_back(origin.first);
    all.push_back(item);
  }

  void remember_failed(Id i) {
    const Operation& operation = history_.operations[i];
    if (operation.function == model::function::write)
      origins_[value_id(operation.key, operation.argument)].failed = i;
    if (operation.function == model::function::cas && operation.argument.is_list() &&
        operation.argument.list().size() == 2)
      origins_[value_id(operation.key, operation.argument.list()[1])].failed = i;
  }

  [[nodiscard]] bool ambiguous(const Origin& origin) const {
    return origin.several || (origin.initial && origin.first != none);
  }

  /// Sources of reads, where they are certain.
  void find_sources() {
    for (Item& item : items_) {
      if (!item.reads() && item.kind != ShapeKind::differs) continue;
      const Origin& origin = origins_[item.first];
      item.source = origin.first;
      if (item.kind == ShapeKind::differs) {
        // What was never there differs from what was.
        item.sure = origin.first == none && !origin.initial;
        if (item.sure) item.effective = false;
      } else {
        item.sure = !ambiguous(origin);
      }
    }
  }

  /// Decides which writes without an answer took effect: those that somebody saw, and those that a
  /// compare-and-set which took effect built upon.
  void find_effective() {
    for (Item& item : items_)
      if (item.optional) item.effective = false;
    std::vector<Id> work;
    for (Id i = 0; i < items_.size(); ++i)
      if (items_[i].effective) work.push_back(i);
    while (!work.empty()) {
      const Item& item = items_[work.back()];
      work.pop_back();
      if (!item.sure || !item.reads()) continue;
      if (item.source == none) {
        if (!origins_[item.first].initial) flaw(item);
        continue;
      }
      Item& source = items_[item.source];
      if (source.effective) continue;
      source.effective = true;
      work.push_back(item.source);
    }
    for (const Item& item : items_) sessions_.dropped += item.optional && !item.effective ? 1 : 0;
  }

  void flaw(const Item& item) {
    const Origin& origin = origins_[item.first];
    if (origin.failed == none)
      sessions_.flaws.push_back({Flaw::Kind::never_written, item.operation});
    else
      sessions_.flaws.push_back({Flaw::Kind::failed_write, item.operation, origin.failed});
  }

  /// Says what is not certain and, where that is asked for, takes the sources that time suggests.
  void guess_sources() {
    std::vector<std::pair<Id, Id>> latest(history_.keys.size(), {none, none});
    for (Id i = 0; i < items_.size(); ++i) {
      Item& item = items_[i];
      const Operation& operation = history_.operations[item.operation];
      auto& [newest, older] = latest[operation.key];
      if (!item.sure && uncertain_ == Uncertain::guess) guess(item, newest, older);
      if (!item.sure) doubt_source(item);
      if (item.installs() == none || item.optional) continue;
      older = newest;
      newest = i;
    }
  }

  void doubt_source(const Item& item) {
    if (item.kind != ShapeKind::differs)
      doubt(fmt::format("{} saw a value that more than one operation wrote", name(item.operation)));
    else if (uncertain_ != Uncertain::keep || ambiguous(origins_[item.first]))
      doubt(fmt::format("{} was refused without telling what it saw", name(item.operation)));
  }

  void guess(Item& item, Id newest, Id older) {
    item.sure = true;
    if (item.kind == ShapeKind::differs) {
      item.kind = ShapeKind::read;
      const auto holds = [&](Id write) {
        return write == none ? origins_[item.first].initial
                             : items_[write].installs() == item.first;
      };
      item.source = !holds(newest) ? newest : !holds(older) ? older : none;
      item.sure = !holds(item.source);
      // The value read is the source's: what find_effective looks at when there is no source.
      if (item.source == none) item.first = initial_value_of(item);
      return;
    }
    const auto all = candidates_.find(item.first);
    const model::EventIndex end = history_.operations[item.operation].completed;
    item.source = origins_[item.first].initial ? none : origins_[item.first].first;
    if (all == candidates_.end()) {
      const Id only = origins_[item.first].first;
      if (history_.operations[items_[only].operation].invoked < end) item.source = only;
      return;
    }
    for (const Id candidate : all->second)
      if (history_.operations[items_[candidate].operation].invoked < end) item.source = candidate;
  }

  Id initial_value_of(const Item& item) {
    return value_id(history_.operations[item.operation].key, initial_);
  }

  void number_sessions() {
    boost::unordered_flat_map<std::uint64_t, Id> of_process;
    std::vector<model::EventIndex> busy_until;
    session_.resize(items_.size());
    std::vector<Id> sizes;
    for (Id i = 0; i < items_.size(); ++i) {
      const Operation& operation = history_.operations[items_[i].operation];
      const auto fresh = static_cast<Id>(sizes.size());
      const auto [at, added] = of_process.try_emplace(operation.process.value, fresh);
      // Also after an unknown outcome, which lasts for ever.
      if (!added && operation.invoked < busy_until[at->second]) at->second = fresh;
      if (at->second == fresh) {
        sizes.push_back(0);
        busy_until.push_back(0);
      }
      session_[i] = at->second;
      busy_until[at->second] = operation.completed;
      sizes[at->second] += events_of(items_[i]);
    }
    for (const Id size : sizes) sessions_.begin.push_back(sessions_.begin.back() + size);
  }

  [[nodiscard]] Id events_of(const Item& item) const {
    if (!item.effective) return 0;
    switch (item.kind) {
      case ShapeKind::write:
        return 1;
      case ShapeKind::read:
        return item.sure ? 1 : 0;
      case ShapeKind::swap:
        return item.sure ? 2 : 1;
      case ShapeKind::differs:
        return keeps(item) ? 1 : 0;
      default:
        return 0;
    }
  }
  [[nodiscard]] bool keeps(const Item& item) const {
    return uncertain_ == Uncertain::keep && !item.sure && !ambiguous(origins_[item.first]) &&
           (item.source == none || items_[item.source].effective);
  }

  void emit() {
    std::vector<EventId> next(sessions_.begin.begin(), sessions_.begin.end() - 1);
    for (Id i = 0; i < items_.size(); ++i) {
      if (items_[i].installs() == none || !items_[i].effective) continue;
      items_[i].write = 0;
    }
    // Writes first get their places, since a read may stand before the write that it saw.
    for (Id i = 0; i < items_.size(); ++i) {
      Item& item = items_[i];
      const Id count = events_of(item);
      next[session_[i]] += count;
      if (item.write != no_event) item.write = next[session_[i]] - 1;
    }
    next.assign(sessions_.begin.begin(), sessions_.begin.end() - 1);
    sessions_.events.resize(sessions_.begin.back());
    for (Id i = 0; i < items_.size(); ++i) place(items_[i], session_[i], next[session_[i]]);
  }

  void place(const Item& item, Id session, EventId& next) {
    const Id count = events_of(item);
    if (count == 0) return;
    ++sessions_.operations;
    Event event{.operation = item.operation,
                .session = session,
                .key = history_.operations[item.operation].key};
    if (item.reads() ? item.sure : item.kind == ShapeKind::differs) {
      event.kind = item.kind == ShapeKind::differs ? EventKind::differs : EventKind::read;
      event.source = item.source == none ? from_start : items_[item.source].write;
      sessions_.events[next++] = event;
    }
    if (item.installs() == none) return;
    event.kind = EventKind::write;
    event.source = no_event;
    event.joined = count == 2;
    sessions_.events[next++] = event;
  }

  const History& history_;
  const SequentialObject& object_;
  const Uncertain uncertain_;
  const Value initial_;
  /// By small integer: the key that had it first, and its id there. Workloads write such values;
  /// a table for all would be most of the cost of a long history.
  std::vector<std::pair<Id, Id>> small_;
  boost::unordered_flat_map<KeyedValue, Id, KeyedHash> others_;
  std::vector<Origin> origins_;
  std::map<Id, std::vector<Id>> candidates_;
  std::vector<Item> items_;
  std::vector<Id> session_;  ///< by item
  std::vector<bool> unfit_;
  Sessions sessions_;
};

}  // namespace

Sessions sessions_of(const History& history, const SequentialObject& object, Uncertain uncertain) {
  return Builder(history, object, uncertain).run();
}

Sessions part_of(const Sessions& whole, std::span<const EventId> kept) {
  Sessions part;
  part.keys = whole.keys;
  std::vector<std::pair<EventId, EventId>> moved;  // old id, new id
  moved.reserve(kept.size());
  std::uint32_t session = no_event;
  for (const EventId old : kept) {
    Event event = whole.events[old];
    if (event.session != session) {
      session = event.session;
      part.begin.push_back(part.begin.back());
    }
    const auto id = static_cast<EventId>(part.events.size());
    event.session = static_cast<std::uint32_t>(part.size() - 1);
    event.joined = event.joined && !moved.empty() && moved.back().first + 1 == old;
    moved.emplace_back(old, id);
    part.events.push_back(event);
    part.begin.back() = id + 1;
  }
  for (Event& event : part.events) {
    if (event.source == no_event) continue;
    const auto at =
        std::lower_bound(moved.begin(), moved.end(), std::pair{event.source, EventId{0}});
    ERIS_ASSERT(at != moved.end() && at->first == event.source, "a read is kept with its source");
    event.source = at->second;
  }
  return part;
}

}  // namespace eris::checkers::weak
