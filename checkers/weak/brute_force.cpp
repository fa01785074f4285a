#include "checkers/weak/brute_force.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "harness/base/assert.hpp"

namespace eris::checkers::weak {

namespace {

using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

constexpr int start = -1;

/// One read or one write. A successful cas is two of them.
struct Act {
  std::uint64_t process = 0;
  std::uint32_t key = 0;
  bool write = false;
  bool differs = false;  ///< read anything but `value`
  bool at_once = false;  ///< the write of a cas, right after its read
  Value value;
  int source = start;  ///< of a read: the act that wrote what it saw
};
using Acts = std::vector<Act>;
using Mask = std::uint32_t;
using Sequence = std::vector<int>;

bool has(Mask mask, int act) {
  return (mask >> act & 1) != 0;
}

bool earlier_in_session(const Acts& acts, int a, int b) {
  return a < b && acts[a].process == acts[b].process;
}

/// For each act those that come before it in its session.
std::vector<Mask> session_order(const Acts& acts) {
  std::vector<Mask> before(acts.size(), 0);
  for (int b = 0; b < static_cast<int>(acts.size()); ++b)
    for (int a = 0; a < b; ++a)
      if (earlier_in_session(acts, a, b)) before[b] |= Mask{1} << a;
  return before;
}

/// Calls `visit` with every order of the acts in `which` that keeps `before`, until it says true.
bool any_order(Mask which, const std::vector<Mask>& before, Sequence& sequence,
               const std::function<bool()>& may_go_on, const std::function<bool()>& visit) {
  if (which == 0) return visit();
  for (int act = 0; act < 32; ++act) {
    if (!has(which, act) || (before[act] & which) != 0) continue;
    sequence.push_back(act);
    const bool found =
        may_go_on() && any_order(which & ~(Mask{1} << act), before, sequence, may_go_on, visit);
    sequence.pop_back();
    if (found) return true;
  }
  return false;
}

/// The last write of the key in a sequence, before its last element; only those in `visible`.
int last_write(const Acts& acts, const Sequence& sequence, std::size_t end, std::uint32_t key,
               Mask visible = ~Mask{0}) {
  for (std::size_t i = end; i > 0; --i) {
    const int act = sequence[i - 1];
    if (acts[act].write && acts[act].key == key && has(visible, act)) return act;
  }
  return start;
}

/// Whether the sequence's last act, if it is a read that counts, sees the latest write.
bool last_is_right(const Acts& acts, const Sequence& sequence,
                   const std::function<bool(int)>& counts) {
  const int act = sequence.back();
  if (acts[act].write || !counts(act)) return true;
  return last_write(acts, sequence, sequence.size() - 1, acts[act].key) == acts[act].source;
}

bool sequential(const Acts& acts) {
  const auto everything = [](int) { return true; };
  Sequence sequence;
  const Mask all = (Mask{1} << acts.size()) - 1;
  const auto may_go_on = [&] {
    const int act = sequence.back();
    if (acts[act].at_once && (sequence.size() < 2 || sequence[sequence.size() - 2] != act - 1))
      return false;
    return last_is_right(acts, sequence, everything);
  };
  return any_order(all, session_order(acts), sequence, may_go_on, [] { return true; });
}

/// The causal order, or nothing where it is none.
std::optional<std::vector<Mask>> causal_order(const Acts& acts) {
  std::vector<Mask> before = session_order(acts);
  const int count = static_cast<int>(acts.size());
  for (int act = 0; act < count; ++act)
    if (!acts[act].write && acts[act].source != start) before[act] |= Mask{1} << acts[act].source;
  for (int round = 0; round < count; ++round)
    for (int act = 0; act < count; ++act)
      for (int other = 0; other < count; ++other)
        if (has(before[act], other)) before[act] |= before[other];
  for (int act = 0; act < count; ++act)
    if (has(before[act], act)) return std::nullopt;
  return before;
}

/// Some order of `which` keeps `before` and is right for every read that counts.
bool some_order(const Acts& acts, Mask which, const std::vector<Mask>& before,
                const std::function<bool(int)>& counts) {
  Sequence sequence;
  return any_order(
      which, before, sequence, [&] { return last_is_right(acts, sequence, counts); },
      [] { return true; });
}

bool causal(const Acts& acts) {
  const auto before = causal_order(acts);
  if (!before) return false;
  for (int read = 0; read < static_cast<int>(acts.size()); ++read)
    if (!acts[read].write && !some_order(acts, (*before)[read] | Mask{1} << read, *before,
                                         [&](int act) { return act == read; }))
      return false;
  return true;
}

bool causal_memory(const Acts& acts) {
  const auto before = causal_order(acts);
  if (!before) return false;
  for (int act = 0; act < static_cast<int>(acts.size()); ++act)
    if (!some_order(acts, (*before)[act] | Mask{1} << act, *before,
                    [&](int other) { return acts[other].process == acts[act].process; }))
      return false;
  return true;
}

bool causal_convergent(const Acts& acts) {
  const auto before = causal_order(acts);
  if (!before) return false;
  Sequence sequence;
  const Mask all = (Mask{1} << acts.size()) - 1;
  return any_order(
      all, *before, sequence, [] { return true; },
      [&] {
        for (int read = 0; read < static_cast<int>(acts.size()); ++read)
          if (!acts[read].write && last_write(acts, sequence, sequence.size(), acts[read].key,
                                              (*before)[read]) != acts[read].source)
            return false;
        return true;
      });
}

bool pram(const Acts& acts) {
  for (const Act& of : acts) {
    Mask which = 0;
    for (int act = 0; act < static_cast<int>(acts.size()); ++act)
      if (acts[act].write || acts[act].process == of.process) which |= Mask{1} << act;
    if (!some_order(acts, which, session_order(acts),
                    [&](int act) { return acts[act].process == of.process; }))
      return false;
  }
  return true;
}

// ---- session guarantees: views and, for each session, an order of the writes

/// What a view that holds these writes must hold.
Mask closed(const Acts& acts, Model model, Mask view) {
  const int count = static_cast<int>(acts.size());
  for (int round = 0; round < count; ++round)
    for (int write = 0; write < count; ++write) {
      if (!has(view, write)) continue;
      for (int other = 0; other < count; ++other) {
        if (!earlier_in_session(acts, other, write)) continue;
        if (model == Model::monotonic_writes && acts[other].write) view |= Mask{1} << other;
        if (model == Model::writes_follow_reads && !acts[other].write &&
            acts[other].source != start)
          view |= Mask{1} << acts[other].source;
      }
    }
  return view;
}

/// The smallest view that a read can have: a larger one only asks for more.
Mask view_of(const Acts& acts, Model model, int read) {
  Mask view = 0;
  for (int other = 0; other <= read; ++other) {
    if (acts[other].process != acts[read].process) continue;
    if (acts[other].write) {
      if (model == Model::read_your_writes) view |= Mask{1} << other;
    } else if (other == read || model != Model::read_your_writes) {
      if (acts[other].source != start) view |= Mask{1} << acts[other].source;
    }
  }
  return closed(acts, model, view);
}

/// Whether one write has to come before another in the order of a session.
bool ordered(const Acts& acts, Model model, std::uint64_t session, Mask held, int a, int b) {
  if (model == Model::read_your_writes)
    return acts[a].process == session && earlier_in_session(acts, a, b);
  if (!has(held, b)) return false;
  if (model == Model::monotonic_writes) return earlier_in_session(acts, a, b);
  if (model != Model::writes_follow_reads) return false;
  for (int read = 0; read < static_cast<int>(acts.size()); ++read)
    if (!acts[read].write && acts[read].source == a && earlier_in_session(acts, read, b))
      return true;
  return false;
}

bool session_is_right(const Acts& acts, Model model, std::uint64_t session) {
  const int count = static_cast<int>(acts.size());
  Mask writes = 0;
  Mask held = 0;
  for (int act = 0; act < count; ++act) {
    if (acts[act].write) writes |= Mask{1} << act;
    if (!acts[act].write && acts[act].process == session) held |= view_of(acts, model, act);
  }
  std::vector<Mask> before(acts.size(), 0);
  for (int a = 0; a < count; ++a)
    for (int b = 0; b < count; ++b)
      if (acts[a].write && acts[b].write && ordered(acts, model, session, held, a, b))
        before[b] |= Mask{1} << a;
  Sequence sequence;
  return any_order(
      writes, before, sequence, [] { return true; },
      [&] {
        for (int read = 0; read < count; ++read)
          if (!acts[read].write && acts[read].process == session &&
              last_write(acts, sequence, sequence.size(), acts[read].key,
                         view_of(acts, model, read)) != acts[read].source)
            return false;
        return true;
      });
}

bool guarantee(const Acts& acts, Model model) {
  return std::ranges::all_of(
      acts, [&](const Act& act) { return session_is_right(acts, model, act.process); });
}

bool holds_with_sources(Model model, const Acts& acts) {
  switch (model) {
    case Model::sequential:
      return sequential(acts);
    case Model::causal_memory:
      return causal_memory(acts);
    case Model::causal_convergent:
      return causal_convergent(acts);
    case Model::pram:
      return pram(acts);
    case Model::causal:
      return causal(acts);
    default:
      return guarantee(acts, model);
  }
}

/// Tries every write that the reads from `next` on may have seen.
bool some_sources(Model model, Acts& acts, std::size_t next) {
  if (next == acts.size()) return holds_with_sources(model, acts);
  Act& act = acts[next];
  if (act.write) return some_sources(model, acts, next + 1);
  for (int source = start; source < static_cast<int>(acts.size()); ++source) {
    if (source != start && (!acts[source].write || acts[source].key != act.key)) continue;
    const Value seen = source == start ? Value() : acts[source].value;
    if ((seen == act.value) == act.differs) continue;
    act.source = source;
    if (some_sources(model, acts, next + 1)) return true;
  }
  return false;
}

/// What a known operation did, or what one without an answer did if it took effect.
void add_acts(const Operation& operation, Acts& acts) {
  Act act{.process = operation.process.value, .key = operation.key};
  if (operation.function == function::read) {
    act.value = operation.result;
    acts.push_back(act);
  } else if (operation.function == function::write) {
    act.write = true;
    act.value = operation.argument;
    acts.push_back(act);
  } else {
    act.value = operation.argument.list()[0];
    acts.push_back(act);
    act.write = true;
    act.at_once = true;
    act.value = operation.argument.list()[1];
    // Replacing a value by itself changes nothing.
    if (acts.back().value != act.value) acts.push_back(act);
  }
}

/// A refused cas that says what it saw, or at least what it did not see.
void add_refused(const Operation& operation, Acts& acts, bool& impossible) {
  if (operation.function != function::cas) return;
  if (operation.result.is_nil() && operation.error != 0) return;
  Act act{.process = operation.process.value, .key = operation.key, .value = operation.result};
  if (operation.result.is_nil()) {
    act.differs = true;
    act.value = operation.argument.list()[0];
  } else if (operation.result == operation.argument.list()[0]) {
    impossible = true;
  }
  acts.push_back(act);
}

}  // namespace

bool brute_force_converges(const History& history) {
  model::EventIndex quiet = model::never;
  for (const auto& note : history.notes)
    if (note.event.text == "final-reads") quiet = std::min(quiet, note.index);
  for (std::uint32_t key = 0; key < history.keys.size(); ++key) {
    std::vector<Value> shown, settled, late;
    for (const Operation& operation : history.operations) {
      if (operation.key != key) continue;
      if (operation.function == function::read) {
        if (operation.status == Status::ok && operation.invoked >= quiet)
          shown.push_back(operation.result);
        continue;
      }
      if (operation.status == Status::fail) continue;
      const bool cas = operation.function == function::cas;
      if (cas && operation.argument.list()[0] == operation.argument.list()[1]) continue;
      const bool over = operation.status == Status::ok && operation.completed <= quiet;
      (over ? settled : late).push_back(cas ? operation.argument.list()[1] : operation.argument);
    }
    const bool touched = !settled.empty();
    std::vector<Value> may_hold = settled;
    may_hold.insert(may_hold.end(), late.begin(), late.end());
    if (!touched) may_hold.emplace_back();
    const auto in = [](const std::vector<Value>& values, const Value& value) {
      return std::ranges::find(values, value) != values.end();
    };
    const auto is_invented = [&](const Value& value) {
      return !value.is_nil() && !in(may_hold, value);
    };
    if (std::ranges::any_of(shown, is_invented)) return false;
    const bool explained = std::ranges::any_of(may_hold, [&](const Value& held) {
      return std::ranges::all_of(
          shown, [&](const Value& value) { return value == held || in(late, value); });
    });
    if (!explained) return false;
  }
  return true;
}

bool brute_force_holds(Model model, const History& history) {
  std::vector<std::size_t> optional;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (operation.status == Status::info && operation.function != function::read)
      optional.push_back(i);
  }
  for (Mask taken = 0; taken < Mask{1} << optional.size(); ++taken) {
    Acts acts;
    bool impossible = false;
    for (std::size_t i = 0, at = 0; i < history.operations.size(); ++i) {
      const Operation& operation = history.operations[i];
      const bool maybe = at < optional.size() && optional[at] == i;
      if (operation.status == Status::ok || (maybe && has(taken, static_cast<int>(at))))
        add_acts(operation, acts);
      if (operation.status == Status::fail) add_refused(operation, acts, impossible);
      at += maybe ? 1 : 0;
    }
    if (!impossible && some_sources(model, acts, 0)) return true;
  }
  return false;
}

}  // namespace eris::checkers::weak
