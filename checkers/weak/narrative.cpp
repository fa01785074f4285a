#include "checkers/weak/narrative.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::checkers::weak {

using model::Finding;
using model::History;
using model::Operation;
using model::Status;
using model::Value;
namespace function = model::function;

namespace {

std::string at(base::Instant time) {
  return base::to_rounded_text(time);
}

std::string process(const Operation& operation) {
  return fmt::format("process {}", operation.process.value);
}

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

/// When it is known to have been done, or at least asked for.
std::string when(const Operation& operation) {
  return operation.status == Status::info ? fmt::format("from {} on", at(operation.invoked_at))
                                          : fmt::format("at {}", at(operation.completed_at));
}

class Narrator {
 public:
  Narrator(const History& history, Model model, const Ruling& ruling, std::size_t searched)
      : history_(history), model_(model), ruling_(ruling), events_(ruling.part.events) {
    finding_.property = type_of(model).name;
    finding_.searched_operations = searched;
  }

  Finding tell() {
    if (ruling_.flaw) {
      tell_flaw(*ruling_.flaw);
      return std::move(finding_);
    }
    const EventId last = last_read();
    finding_.key = history_.key_of(operation(last));
    finding_.anomaly = anomaly();
    list_operations();
    finding_.sentence = fmt::format("key {}: {}", to_text(finding_.key), sentence(last));
    for (const Link& link : ruling_.violation.links) finding_.explanation.push_back(line(link));
    finding_.explanation.push_back(conclusion(last));
    return std::move(finding_);
  }

 private:
  // ---- words

  [[nodiscard]] const Operation& operation(EventId event) const {
    return history_.operations[events_[event].operation];
  }
  [[nodiscard]] std::string key(EventId event) const {
    return to_text(history_.key_of(operation(event)));
  }

  /// The value that an event wrote, saw or, refused, expected.
  [[nodiscard]] std::string value(EventId event) const {
    const Operation& it = operation(event);
    if (it.function == function::cas) {
      const Value::Elements change = it.argument.list();
      if (events_[event].is_write()) return to_text(change[1]);
      return to_text(it.status == Status::fail && !it.result.is_nil() ? it.result : change[0]);
    }
    return to_text(events_[event].is_write() ? it.argument : it.result);
  }

  /// "wrote 5 to x", "read 4 from x".
  [[nodiscard]] std::string deed(EventId event) const {
    const Operation& it = operation(event);
    const bool unknown = it.status == Status::info;
    if (events_[event].kind == EventKind::differs)
      return fmt::format("was refused a cas from {} on {}", value(event), key(event));
    if (events_[event].is_write())
      return fmt::format("{} {} to {}{}", unknown ? "tried to write" : "wrote", value(event),
                         key(event), it.function == function::cas ? " by cas" : "");
    return fmt::format("{} {} {} {}", unknown ? "must have seen" : "read", value(event),
                       unknown ? "in" : "from", key(event));
  }
  [[nodiscard]] std::string who_did(EventId event) const {
    return fmt::format("{} {}", process(operation(event)), deed(event));
  }
  /// "process 2's write of 7", or "its own write of 7" where the process was just named.
  [[nodiscard]] std::string noun(EventId event, EventId named = no_event) const {
    const bool own = named != no_event && operation(named).process == operation(event).process;
    return fmt::format("{} {} of {}", own ? "its own" : process(operation(event)) + "'s",
                       events_[event].is_write() ? "write" : "read", value(event));
  }

  // ---- flaws

  void tell_flaw(const Flaw& flaw) {
    const Operation& it = history_.operations[flaw.operation];
    finding_.key = history_.key_of(it);
    const bool cas = it.function == function::cas;
    const Value seen = !cas                        ? it.result
                       : it.status == Status::fail ? it.result
                                                   : it.argument.list()[0];
    const std::string what =
        fmt::format("key {}: {} {} {} at {}", to_text(finding_.key), process(it),
                    cas ? "compared with" : "read", to_text(seen), at(it.completed_at));
    finding_.witness.push_back({flaw.operation, fmt::format("saw {}", to_text(seen))});
    if (flaw.kind == Flaw::Kind::never_written) {
      finding_.anomaly = "read of a value never written";
      finding_.sentence = fmt::format("{}, but no operation ever wrote {}", what, to_text(seen));
    } else if (flaw.kind == Flaw::Kind::wrongly_refused) {
      finding_.anomaly = "cas refused although the value was the expected one";
      finding_.sentence = fmt::format(
          "key {}: {}'s cas at {} was refused seeing {}, the very value "
          "it expected",
          to_text(finding_.key), process(it), at(it.completed_at), to_text(seen));
    } else {
      const Operation& failed = history_.operations[flaw.culprit];
      finding_.anomaly = "read of a failed write";
      finding_.sentence =
          fmt::format("{}, although {}'s {} had failed at {}", what, process(failed),
                      failed.function.view(), at(failed.completed_at));
      finding_.witness.push_back({flaw.culprit, fmt::format("failed to write {}", to_text(seen))});
      std::ranges::sort(finding_.witness, {}, &model::WitnessStep::operation);
    }
    finding_.explanation.emplace_back("No consistency model for registers allows that.");
  }

  // ---- violations

  /// The read that tells: the one that the algorithm names, else the last one in time.
  [[nodiscard]] EventId last_read() const {
    if (ruling_.violation.read != no_event) return ruling_.violation.read;
    EventId last = no_event;
    for (EventId e = 0; e < events_.size(); ++e)
      if (!events_[e].is_write() &&
          (last == no_event || operation(e).completed > operation(last).completed))
        last = e;
    return last == no_event ? 0 : last;
  }

  [[nodiscard]] std::string anomaly() const {
    const bool cycle = ruling_.violation.kind == Violation::Kind::cycle;
    switch (model_) {
      case Model::read_your_writes:
        return "own write missed";
      case Model::monotonic_reads:
        return "non-monotonic read";
      case Model::monotonic_writes:
      case Model::pram:
        return "writes seen out of order";
      case Model::writes_follow_reads:
        return "effect seen without its cause";
      case Model::causal:
        return cycle ? "causality cycle" : "causally stale read";
      case Model::causal_convergent:
        return cycle ? "conflicting orders of writes" : "causally stale read";
      case Model::causal_memory:
        return "no causal order for one process";
      default:
        return "no sequential order";
    }
  }

  [[nodiscard]] std::string sentence(EventId read) const {
    const std::string did = fmt::format("{} {}", who_did(read), when(operation(read)));
    const std::vector<Link>& links = ruling_.violation.links;
    if (ruling_.violation.kind == Violation::Kind::missed_write && !links.empty())
      return fmt::format("{}, although {} comes before it", did, noun(links.front().from, read));
    if (ruling_.violation.kind == Violation::Kind::stale_read && !links.empty())
      return fmt::format("{}, although {} had replaced that and comes before it", did,
                         noun(newer_write(), read));
    if (const EventId between = seen_between(read); between != no_event)
      return fmt::format("{}, although it had already seen {} in its place, {}", did,
                         value(between), when(operation(between)));
    return fmt::format("{}, but {} explains it together with {}", did, no_such_order(),
                       base::count_of(operations_ - 1, "other operation"));
  }

  /// The write of the read's key on the way from what it saw to the read.
  [[nodiscard]] EventId newer_write() const {
    const std::uint32_t of = events_[ruling_.violation.read].key;
    EventId newer = ruling_.violation.links.back().from;
    for (const Link& link : ruling_.violation.links)
      if (events_[link.to].is_write() && events_[link.to].key == of) newer = link.to;
    return newer;
  }

  /// A read of another value by the same session after it had seen this read's.
  [[nodiscard]] EventId seen_between(EventId read) const {
    bool seen = false;
    EventId between = no_event;
    for (EventId e = ruling_.part.begin[events_[read].session]; e < read; ++e) {
      const Event& event = events_[e];
      if (!event.is_read() || event.key != events_[read].key) continue;
      if (event.source == events_[read].source) seen = true;
      if (seen && event.source != events_[read].source) between = e;
    }
    return between;
  }

  [[nodiscard]] std::string no_such_order() const {
    switch (model_) {
      case Model::sequential:
        return "no single order of all operations";
      case Model::causal_convergent:
        return "no order of the writes that fits every process";
      case Model::causal:
        return "nothing";
      case Model::causal_memory:
        return "no order of the writes that keeps causes before effects";
      default:
        return "no order of the writes";
    }
  }

  /// Each operation once, by time of invocation, with its part in the proof.
  void list_operations() {
    std::vector<EventId> order(events_.size());
    for (EventId e = 0; e < events_.size(); ++e) order[e] = e;
    std::ranges::stable_sort(order, {}, [&](EventId e) { return events_[e].operation; });
    for (std::size_t i = 0; i < order.size(); ++i) {
      const EventId event = order[i];
      const bool again = i > 0 && events_[order[i - 1]].operation == events_[event].operation;
      if (again) {
        finding_.witness.back().role = both(event);
        finding_.explanation.back() =
            fmt::format("{} {}, {}.", capitalized(process(operation(event))), both(event),
                        when(operation(event)));
        continue;
      }
      std::string role = deed(event);
      if (events_[event].is_write() && operation(event).function == function::cas)
        role += " (what it replaced does not matter)";
      finding_.explanation.push_back(fmt::format(
          "{} {}, {}.", capitalized(process(operation(event))), role, when(operation(event))));
      finding_.witness.push_back({events_[event].operation, std::move(role)});
    }
    operations_ = finding_.witness.size();
  }

  [[nodiscard]] std::string both(EventId event) const {
    const Value::Elements change = operation(event).argument.list();
    return fmt::format("{} {} to {} in {} by cas",
                       operation(event).status == Status::info ? "tried to change" : "changed",
                       to_text(change[0]), to_text(change[1]), key(event));
  }

  [[nodiscard]] std::string line(const Link& link) const {
    switch (link.why) {
      case Link::Why::session:
        return fmt::format("{} before {}.", capitalized(who_did(link.from)),
                           operation(link.from).process == operation(link.to).process
                               ? "it " + deed(link.to)
                               : who_did(link.to));
      case Link::Why::reads:
        return fmt::format("{}, which {} had written.", capitalized(who_did(link.to)),
                           process(operation(link.from)));
      case Link::Why::overwritten:
        return fmt::format("In {}, {} comes before {}: {} comes before {}, which saw {}.",
                           key(link.from), value(link.from), value(link.to), noun(link.from),
                           noun(link.because, link.from), value(link.because));
      case Link::Why::overwrites:
        return fmt::format("{} comes before {}, which replaced what it saw.",
                           capitalized(noun(link.because)), noun(link.to));
    }
    return {};
  }

  [[nodiscard]] std::string conclusion(EventId read) const {
    switch (ruling_.violation.kind) {
      case Violation::Kind::cycle:
        return "So each of these would come before itself.";
      case Violation::Kind::stale_read:
        return fmt::format("So {} could not see {} any more.", process(operation(read)),
                           value(read));
      case Violation::Kind::missed_write:
        return fmt::format("So {} had to see that write, or a later one.",
                           process(operation(read)));
      case Violation::Kind::no_order:
        break;
    }
    return "Every order that keeps what each process did in its order was tried; in none does each "
           "read see the latest write before it.";
  }

  const History& history_;
  const Model model_;
  const Ruling& ruling_;
  const std::vector<Event>& events_;
  std::size_t operations_ = 1;
  Finding finding_;
};

}  // namespace

Finding tell(const History& history, Model model, const Ruling& ruling, std::size_t searched) {
  return Narrator(history, model, ruling, searched).tell();
}

}  // namespace eris::checkers::weak
