#include "checkers/online/follower.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "checkers/online/queue_track.hpp"
#include "checkers/online/set_track.hpp"
#include "checkers/online/zone_track.hpp"
#include "harness/base/assert.hpp"

namespace eris::checkers::online {

using model::Status;
using model::Value;

namespace {

constexpr std::size_t remarks_max = 10;
/// So many answers are looked at together at most, unless more operations are open anyway.
constexpr std::size_t answers_at_once = 64;
constexpr Number operations_between_counts = 1u << 16;

/// Registers write values that are mostly different; the zones tell soon where they are not.
bool fits_zones(const SequentialObject& object) {
  return object.name() == "register" || object.name() == "cas-register";
}

/// So are the elements of most queues.
bool fits_queue(const SequentialObject& object) {
  return &object == find_object("queue");
}

/// Sets that are read whole are mostly only added to.
bool fits_set(const SequentialObject& object) {
  return &object == find_object("set") || &object == find_object("grow-only-set");
}

/// Every call is about one part only, as far as the names of the functions tell.
bool splits(const SequentialObject& object, const std::vector<model::Function>& functions) {
  if (functions.empty() || &object.part_object() == &object) return false;
  return std::ranges::all_of(functions, [&](const model::Function& function) {
    return object.part({function, Value(Value::List{}), {}, Answer::unknown}).has_value();
  });
}

/// How an operation ended, by the conventions of linearizability/problem.hpp.
Ending ending_of(const model::Outcome& outcome) {
  if (outcome.status == Status::info) return Ending::unknown;
  const bool says_nothing =
      outcome.status == Status::fail && !outcome.error.empty() && outcome.result.is_nil();
  return says_nothing ? Ending::nothing : Ending::answered;
}

}  // namespace

/// A key, and the track that follows it at present.
struct Follower::Followed {
  std::unique_ptr<Track> track;
  std::size_t open = 0;
  std::uint64_t used = 0;
  std::size_t relaxed = 0;  ///< counted in the course already
  bool waits = false;
};

Follower::Follower(const SequentialObject& object, FollowerOptions options)
    : object_(object), options_(std::move(options)) {
  by_parts_ = splits(object_, options_.functions);
  const SequentialObject& followed = by_parts_ ? object_.part_object() : object_;
  by_zones_ = fits_zones(followed);
  by_queue_ = fits_queue(followed);
  by_set_ = fits_set(followed);
}

Follower::~Follower() = default;

void Follower::invoked(const model::Op& op, model::EventIndex index, base::Instant time) {
  const Number number = course_.operations++;
  if (violation_) return;
  if (number % operations_between_counts == 0) limit_unseen();
  Act act{.number = number,
          .process = op.process,
          .invoked = index,
          .call = {op.function, op.argument, {}, Answer::unknown}};
  if (object_.minds_caller()) act.call.caller = op.process;
  Key key{op.key, {}};
  const bool known = object_.shape(act.call).kind != ShapeKind::malformed;
  if (by_parts_ && known) key.part = object_.part(act.call).value_or(Value());
  Followed* const here = followed(key);
  if (here == nullptr) {
    ++course_.operations_unfollowed;
  } else if (!known) {
    give_up(key, fmt::format("'{}' of {} is not an operation of the object '{}'",
                             op.function.view(), to_text(op.argument), object_.name()));
  } else {
    begin_act(key, *here, std::move(act));
  }
  catch_up(time);
}

void Follower::begin_act(const Key& key, Followed& here, Act act) {
  ++here.open;
  const bool is_new = open_.insert_or_assign(act.process, Open{key, act}).second;
  ERIS_ASSERT(is_new, "a process asks one thing at a time");
  here.track->invoked(act);
  if (here.track->unfit()) {
    if (!here.track->recent())
      return give_up(key,
                     fmt::format("its '{}' is for the search, since it repeats a value or is of "
                                 "another kind than before, on a key that had been busy for "
                                 "long",
                                 act.call.function.view()));
    go_on_by_search(here);
    here.track->invoked(std::move(act));
  }
  settle(key, here);
}

void Follower::completed(const model::Op& op, const model::Outcome& outcome,
                         model::EventIndex index, base::Instant time) {
  const auto found = open_.find(op.process);
  if (violation_ || found == open_.end()) return;
  const Key key = std::move(found->second.key);
  Act act = std::move(found->second.act);
  open_.erase(found);
  const auto place = keys_.find(key);
  if (place == keys_.end()) return;  // given up meanwhile
  Followed& here = *place->second;
  --here.open;
  act.ending = ending_of(outcome);
  if (act.ending == Ending::answered) {
    act.completed = index;
    act.call.result = outcome.result;
    act.call.answer = outcome.status == Status::ok ? Answer::known : Answer::refused;
  }
  here.track->completed(act, index);
  take_in(key, here, time);
  catch_up(time);
}

Follower::Followed* Follower::followed(const Key& key) {
  if (const auto found = keys_.find(key); found != keys_.end()) {
    found->second->used = ++clock_;
    return found->second.get();
  }
  if (forgotten_.perhaps_holds(KeyHash{}(key))) return nullptr;
  return begin(key);
}

Follower::Followed* Follower::begin(const Key& key) {
  make_room();
  const SequentialObject& object = by_parts_ ? object_.part_object() : object_;
  auto fresh = std::make_unique<Followed>();
  if (by_zones_)
    fresh->track = std::make_unique<ZoneTrack>(object, options_.answers_between_forgetting);
  else if (by_queue_)
    fresh->track = std::make_unique<QueueTrack>(object, options_.queue);
  else if (by_set_)
    fresh->track = std::make_unique<SetTrack>(object, options_.answers_between_forgetting);
  else
    fresh->track =
        std::make_unique<SearchTrack>(object, StandStill{{object.initial()}, {}}, options_.search);
  fresh->used = ++clock_;
  return keys_.emplace(key, std::move(fresh)).first->second.get();
}

/// Lets go of keys that nobody has used for longest, a tenth at a time.
void Follower::make_room() {
  if (keys_.size() < options_.keys_max) return;
  std::vector<std::pair<std::uint64_t, Key>> idle;
  for (const auto& [key, here] : keys_)
    if (here->open == 0) idle.emplace_back(here->used, key);
  const std::size_t going = std::min(idle.size(), options_.keys_max / 10 + 1);
  std::ranges::partial_sort(idle, idle.begin() + static_cast<std::ptrdiff_t>(going), {},
                            &std::pair<std::uint64_t, Key>::first);
  for (std::size_t i = 0; i < going && !violation_; ++i) {
    const Key& key = idle[i].second;
    if (const auto found = keys_.find(key); found != keys_.end()) look(key, *found->second);
    if (keys_.erase(key) == 0) continue;
    forgotten_.add(KeyHash{}(key));
    ++course_.keys_retired;
  }
}

/// The track cannot take what has come: plays what happened since the last standstill to a search.
void Follower::go_on_by_search(Followed& here) {
  const Recent recent = *here.track->recent();
  const SequentialObject& object = by_parts_ ? object_.part_object() : object_;
  auto search = std::make_unique<SearchTrack>(object, recent.start, options_.search);
  for (const Act& event : recent.events) {
    if (event.ending == Ending::open)
      search->invoked(event);
    else
      search->completed(event, event.ending == Ending::answered ? event.completed : event.invoked);
  }
  here.track = std::move(search);
  here.relaxed = 0;
}

/// An answer has come: it is looked at at once where zones do, or where many have come, else soon.
void Follower::take_in(const Key& key, Followed& here, base::Instant time) {
  const Backlog backlog = here.track->backlog();
  if (backlog.answers >= std::max(answers_at_once, backlog.acts / 2)) return look(key, here);
  if (backlog.answers > 0 && !here.waits) {
    here.waits = true;
    waiting_.emplace_back(time, key);
  }
  settle(key, here);
}

void Follower::look(const Key& key, Followed& here) {
  here.track->look();
  settle(key, here);
}

/// Takes note of what a track has found.
void Follower::settle(const Key& key, Followed& here) {
  course_.taken_for_unknown += here.track->taken_for_unknown() - here.relaxed;
  here.relaxed = here.track->taken_for_unknown();
  if (here.track->violation()) return report(key, *here.track->violation());
  if (here.track->lost()) give_up(key, std::string(*here.track->lost()));
}

/// Unknown outcomes that nobody has seen are the one thing that only grows: too many of them all
/// together cost the key that has most.
void Follower::limit_unseen() {
  while (!violation_) {
    std::size_t all = 0, most = 0;
    const Key* worst = nullptr;
    for (const auto& [key, here] : keys_) {
      const std::size_t unseen = here->track->holdings().unseen;
      all += unseen;
      if (worst == nullptr || unseen > most) worst = &key, most = unseen;
    }
    if (all <= options_.unseen_max) return;
    give_up(Key(*worst),
            fmt::format("it has {} values that nobody has seen and that may still come, "
                        "and the keys together too many",
                        most));
  }
}

void Follower::catch_up(base::Instant now) {
  while (!waiting_.empty() && !violation_ && waiting_.front().first + options_.patience <= now) {
    const Key key = std::move(waiting_.front().second);
    waiting_.pop_front();
    const auto found = keys_.find(key);
    if (found == keys_.end()) continue;
    found->second->waits = false;
    look(key, *found->second);
  }
}

void Follower::catch_up() {
  catch_up(base::Instant::max());
}

void Follower::give_up(const Key& key, const std::string& why) {
  ++course_.keys_given_up;
  forgotten_.add(KeyHash{}(key));
  keys_.erase(key);
  if (course_.remarks.size() >= remarks_max) return;
  course_.remarks.push_back(
      fmt::format("the online check gave up on key {}: {}", to_text(key.key), why));
}

void Follower::report(const Key& key, const Proof& proof) {
  violation_ =
      model::Finding{.property = "linearizable",
                     .anomaly = proof.anomaly,
                     .key = key.key,
                     .sentence = fmt::format("key {}: {}", to_text(key.key), proof.sentence),
                     .explanation = {},
                     .witness = {},
                     .searched_operations = course_.operations};
  for (const Number number : proof.operations)
    violation_->witness.push_back({number, "part of what cannot be explained"});
}

Course Follower::course() const {
  Course course = course_;
  course.keys = keys_.size();
  for (const auto& [key, here] : keys_) course.holdings += here->track->holdings();
  course.holdings.bytes += keys_.bucket_count() * (sizeof(Key) + sizeof(void*)) +
                           keys_.size() * sizeof(Followed) + open_.bucket_count() * sizeof(Open) +
                           waiting_.size() * sizeof(waiting_.front()) + forgotten_.bytes();
  return course;
}

bool can_follow(std::string_view consistency, const std::string& object) {
  return consistency == "linearizable" && find_object(object) != nullptr;
}

}  // namespace eris::checkers::online
