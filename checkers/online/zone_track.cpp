#include "checkers/online/zone_track.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace eris::checkers::online {

using model::Value;

namespace {

/// More of them are not worth going back over.
constexpr std::size_t recent_clusters_max = 32;

/// The value that a call installs where it takes effect.
std::optional<Value> installed_by(const Shape& shape) {
  if (shape.kind == ShapeKind::write) return shape.first;
  if (shape.kind == ShapeKind::swap) return shape.second;
  return std::nullopt;
}

Call asked(const Call& call) {
  return {call.function, call.argument, {}, Answer::unknown, call.caller};
}

std::string words(const Act& act) {
  return fmt::format("process {}'s {}", act.process.value, act.call.function.view());
}

}  // namespace

ZoneTrack::ZoneTrack(const SequentialObject& object, std::size_t answers_between_forgetting)
    : object_(object),
      answers_between_forgetting_(answers_between_forgetting),
      until_forgetting_(answers_between_forgetting) {
  clusters_[object.initial()] = {.first_end = before_all, .block = 0};
  blocks_.push_back({.first_end = before_all,
                     .last_start = before_all,
                     .first = {},
                     .last = {},
                     .chain = {object.initial()}});
  recent_ = Recent{.start = stand_still(), .events = {}};
}

void ZoneTrack::invoked(Act act) {
  const Moment started = act.invoked + 1;
  if (open_.empty() && recent_is_stale()) {
    recent_.reset();
    if (clusters_.size() <= recent_clusters_max)
      recent_ = Recent{.start = stand_still(), .events = {}};
  }
  const Shape shape = object_.shape(act.call);
  const bool plain = shape.kind == ShapeKind::nothing || shape.kind == ShapeKind::write ||
                     shape.kind == ShapeKind::swap;
  const auto value = installed_by(shape);
  if (!plain || (value && clusters_.contains(*value))) {
    if (open_.empty() && !recent_) recent_ = Recent{.start = stand_still(), .events = {}};
    unfit_ = true;
    return;
  }
  remember(act);
  open_.push_back({act.number, started});
  if (!value) return;
  Cluster cluster{.installer = act.number, .latest = act.number, .last_start = started};
  if (shape.kind == ShapeKind::swap) cluster.replaces = shape.first;
  clusters_.emplace(*value, std::move(cluster));
}

void ZoneTrack::completed(const Act& act, model::EventIndex at) {
  remember(act);
  const Moment now = at + 1;
  std::erase_if(open_, [&](const Open& open) { return open.number == act.number; });
  ended(act, now);
  if (violation_ || --until_forgetting_ > 0) return;
  until_forgetting_ = answers_between_forgetting_;
  forget_the_dead(now);
}

void ZoneTrack::ended(const Act& act, Moment now) {
  if (act.ending == Ending::unknown) {
    const auto value = installed_by(object_.shape(act.call));
    if (!value) return;
    if (const auto found = clusters_.find(*value); found != clusters_.end())
      found->second.unknown = true;
    return;
  }
  if (act.ending == Ending::nothing || act.call.answer == Answer::refused) failed(act);
  if (act.ending == Ending::nothing || violation_) return;
  const Shape shape = object_.shape(act.call);
  if (const auto value = installed_by(shape)) {
    if (take_effect(*value, act)) saw(*value, act, now);
  } else if (shape.kind == ShapeKind::read) {
    if (take_effect(shape.first, act)) saw(shape.first, act, now);
  } else if (shape.kind == ShapeKind::differs) {
    denied(shape.first, act, now);
  } else if (shape.kind == ShapeKind::impossible) {
    refuse("impossible answer", words(act) + " was refused by the very value that it expected",
           {act.number});
  }
}

/// It certainly had no effect, so nobody can have seen its value.
void ZoneTrack::failed(const Act& act) {
  const auto value = installed_by(object_.shape(asked(act.call)));
  if (!value) return;
  const auto found = clusters_.find(*value);
  if (found == clusters_.end() || found->second.installer != act.number) return;
  if (found->second.block == no_block) {
    clusters_.erase(found);
    return;
  }
  refuse("read of a failed write",
         fmt::format("{} of {} failed, and its value was seen before", words(act), to_text(*value)),
         {act.number, found->second.earliest});
}

void ZoneTrack::saw(const Value& value, const Act& act, Moment now) {
  Cluster& cluster = clusters_.find(value)->second;
  Block& block = blocks_[cluster.block];
  const Moment started = act.invoked + 1;
  if (now < cluster.first_end) cluster.first_end = now, cluster.earliest = act.number;
  if (started > cluster.last_start) cluster.last_start = started, cluster.latest = act.number;
  if (cluster.first_end < block.first_end) {
    block.first_end = cluster.first_end;
    block.first = {cluster.installer, cluster.earliest};
  }
  if (cluster.last_start > block.last_start) {
    block.last_start = cluster.last_start;
    block.last = {cluster.installer, cluster.latest};
  }
  compare(value, act);
}

/// Makes sure that the value was installed, and with it every value that a compare-and-set had to
/// find before. False where that cannot be.
bool ZoneTrack::take_effect(const Value& value, const Act& act) {
  std::vector<Value> path{value};
  while (true) {
    const auto found = clusters_.find(path.back());
    if (found == clusters_.end()) {
      refuse("stale or phantom value",
             fmt::format("{} needs {} to be there, which was never written, was certainly "
                         "overwritten before, or came of a write that failed",
                         words(act), to_text(path.back())),
             {act.number});
      return false;
    }
    if (found->second.block != no_block) break;
    if (!found->second.replaces) break;
    // As many steps as there are clusters lead back to where one has been already.
    if (path.size() > clusters_.size()) {
      refuse("circle of compare-and-sets",
             fmt::format("what {} saw comes of compare-and-sets that build upon one another in a "
                         "circle",
                         words(act)),
             {act.number});
      return false;
    }
    path.push_back(*found->second.replaces);
  }
  for (auto step = path.rbegin(); step != path.rend(); ++step)
    if (!join(*step, act)) return false;
  return true;
}

/// Puts the cluster of a value into a block: its own, or that of the value it replaced.
bool ZoneTrack::join(const Value& value, const Act& act) {
  Cluster& cluster = clusters_.find(value)->second;
  if (cluster.block != no_block) return true;
  if (!cluster.replaces) {
    cluster.block = blocks_.size();
    blocks_.push_back({.first_end = after_all,
                       .last_start = cluster.last_start,
                       .first = {},
                       .last = {cluster.installer},
                       .chain = {value}});
    return true;
  }
  Cluster& before = clusters_.find(*cluster.replaces)->second;
  if (before.replaced) {
    const Value& other =
        *std::next(std::ranges::find(blocks_[before.block].chain, *cluster.replaces));
    refuse("lost update",
           fmt::format("{} was replaced twice, by {} and by {}, as {} shows",
                       to_text(*cluster.replaces), to_text(other), to_text(value), words(act)),
           {act.number, cluster.installer, clusters_.find(other)->second.installer});
    return false;
  }
  before.replaced = true;
  cluster.block = before.block;
  Block& block = blocks_[before.block];
  block.chain.push_back(value);
  if (cluster.last_start > block.last_start) {
    block.last_start = cluster.last_start;
    block.last = {cluster.installer};
  }
  return true;
}

void ZoneTrack::denied(const Value& value, const Act& act, Moment now) {
  const auto found = clusters_.find(value);
  if (found == clusters_.end() || found->second.first_end >= act.invoked + 1) return;
  if (now >= found->second.denied) return;
  found->second.denied = now;
  found->second.denier = act.number;
}

/// After a value's S moved, or its block's: is there still an order?
void ZoneTrack::compare(const Value& value, const Act& act) {
  const Cluster& cluster = clusters_.find(value)->second;
  const std::string seen = to_text(value);
  if (cluster.denied < cluster.last_start)
    return refuse("impossible refusal",
                  fmt::format("a compare-and-set that expected {} was refused while {} was there, "
                              "as {} shows",
                              seen, seen, words(act)),
                  {act.number, cluster.installer, cluster.earliest, cluster.denier});
  const Block& block = blocks_[cluster.block];
  const auto here = std::ranges::find(block.chain, value);
  for (auto later = std::next(here); later != block.chain.end(); ++later) {
    const Cluster& other = clusters_.find(*later)->second;
    if (other.first_end < cluster.last_start)
      return refuse("stale read",
                    fmt::format("{} saw {}, which a compare-and-set had replaced; {} had been seen "
                                "before",
                                words(act), seen, to_text(*later)),
                    {act.number, cluster.installer, other.installer, other.earliest});
  }
  for (const Block& other : blocks_) {
    if (&other == &block || other.first_end >= block.last_start ||
        block.first_end >= other.last_start)
      continue;
    std::vector<Number> operations{act.number};
    for (const std::vector<Number>* part : {&block.first, &block.last, &other.first, &other.last})
      operations.insert(operations.end(), part->begin(), part->end());
    return refuse("stale read",
                  fmt::format("{} of {} contradicts {}: each of the two values would have to be "
                              "there both before and after the other",
                              words(act), seen, to_text(other.chain.back())),
                  std::move(operations));
  }
}

void ZoneTrack::refuse(std::string anomaly, std::string sentence, std::vector<Number> operations) {
  std::erase(operations, nobody);
  std::ranges::sort(operations);
  const auto repeated = std::ranges::unique(operations);
  operations.erase(repeated.begin(), repeated.end());
  violation_ = Proof{std::move(anomaly), std::move(sentence), std::move(operations)};
}

ZoneTrack::Moment ZoneTrack::oldest_open(Moment otherwise) const {
  for (const Open& open : open_) otherwise = std::min(otherwise, open.started);
  return otherwise;
}

/// Lets go of blocks that nobody can see any more. Let T be the start of the oldest open operation.
/// A block A is dead when another, B, has F(B) < T and F(A) < S(B): B comes after A, and whoever
/// read A from now on would end up after B. It goes when also F(A) < T. A later conflict of A with
/// some C would need F(C) < S(A) already now, and that makes C dead as well, by A; so all that are
/// dead are found before the first of them goes, and none is left behind without the block that
/// would have proven it wrong.
void ZoneTrack::forget_the_dead(Moment now) {
  const Moment oldest = oldest_open(now + 1);
  Moment latest = before_all, second = before_all;
  std::size_t holder = no_block;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (blocks_[i].first_end >= oldest) continue;
    if (holder == no_block || blocks_[i].last_start > latest) {
      second = holder == no_block ? before_all : latest;
      latest = blocks_[i].last_start;
      holder = i;
    } else {
      second = std::max(second, blocks_[i].last_start);
    }
  }
  std::vector<std::size_t> dead;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Moment others = i == holder ? second : latest;
    if (blocks_[i].first_end < oldest && others > blocks_[i].first_end) dead.push_back(i);
  }
  for (auto i = dead.rbegin(); i != dead.rend(); ++i) remove_block(*i);
  for (Block& block : blocks_) shorten(block, oldest);
}

/// Takes from the front of a chain what was replaced by a value that had been seen before any open
/// operation began: a read of it would be too late.
void ZoneTrack::shorten(Block& block, Moment oldest) {
  std::size_t kept = block.chain.size() - 1;
  while (kept > 0 && clusters_.find(block.chain[kept])->second.first_end >= oldest) --kept;
  for (; kept > 0; --kept) {
    clusters_.erase(block.chain.front());
    block.chain.pop_front();
  }
}

void ZoneTrack::remove_block(std::size_t index) {
  for (const Value& value : blocks_[index].chain) clusters_.erase(value);
  if (index + 1 != blocks_.size()) {
    blocks_[index] = std::move(blocks_.back());
    for (const Value& value : blocks_[index].chain) clusters_.find(value)->second.block = index;
  }
  blocks_.pop_back();
}

/// A value can be the last one where no other must come after it.
StandStill ZoneTrack::stand_still() const {
  StandStill still;
  for (const Block& block : blocks_) {
    const bool last = std::ranges::none_of(blocks_, [&](const Block& other) {
      return &other != &block && block.first_end < other.last_start;
    });
    if (last) still.states.push_back(block.chain.back());
  }
  for (const auto& [value, cluster] : clusters_) {
    if (cluster.block != no_block || !cluster.unknown) continue;
    const Value argument = cluster.replaces ? Value(Value::List{*cluster.replaces, value}) : value;
    const model::Function function =
        cluster.replaces ? model::function::cas : model::function::write;
    still.possible.push_back({{function, argument, {}, Answer::unknown}, 1});
  }
  return still;
}

Holdings ZoneTrack::holdings() const {
  Holdings held{.acts = open_.size() + (recent_ ? recent_->events.size() : 0)};
  for (const Block& block : blocks_) held.clusters += block.chain.size();
  held.unseen = clusters_.size() - held.clusters;
  held.bytes = clusters_.bucket_count() * (sizeof(Value) + sizeof(Cluster)) +
               blocks_.capacity() * (sizeof(Block) + 600) + held.acts * sizeof(Act) +
               open_.capacity() * sizeof(Open);
  return held;
}

}  // namespace eris::checkers::online
