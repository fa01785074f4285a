// Dispatch, time and durability. What each message means stands in the files named in core.hpp.
#include "adapters/reference/quorum/core.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::quorum {
namespace {

/// So far ahead are stamps reserved: one record for all the writes of that time.
constexpr Duration reservation = std::chrono::milliseconds(100);

RingState first_ring(const Config& config) {
  RingState ring{.members = config.members};
  std::ranges::sort(ring.members);
  const auto rest = std::ranges::unique(ring.members);
  ring.members.erase(rest.begin(), rest.end());
  ring.version = ring.members.empty() ? 0 : 1;
  return ring;
}

/// What a node says that it did holds in later rings too, until it can have left (two rings), lost
/// its disk and come back (two more).
constexpr std::uint64_t answers_hold_for_rings = 2;

/// Says that its sender did something.
bool is_answer(const Body& body) {
  return std::holds_alternative<GetReply>(body) || std::holds_alternative<PutReply>(body) ||
         std::holds_alternative<ForwardReply>(body);
}

std::string nodes_text(const std::vector<NodeId>& nodes) {
  std::vector<std::string> names;
  for (const NodeId node : nodes) names.push_back(base::to_text(node));
  return fmt::format("{}", fmt::join(names, " "));
}

}  // namespace

StoredKey stored_key(const Value& key) {
  kv::Writer writer;
  encode(writer, key);
  return {position_of(key), std::move(writer).take()};
}

Core::Core(Config config)
    : config_(std::move(config)),
      ring_(first_ring(config_), config_.virtual_nodes, config_.replication) {}

base::Result<Core> Core::make(Config config, const core::Recovered& recovered) {
  ERIS_CHECK_OK(validate(config));
  Core made(std::move(config));
  ERIS_CHECK_OK(made.recover(recovered));
  return made;
}

base::Result<void> Core::recover(const core::Recovered& recovered) {
  if (!recovered.snapshot.empty()) {
    ERIS_TRY(std::vector<Record> records, decode_snapshot(recovered.snapshot));
    for (Record& record : records) restore(std::move(record));
  }
  for (const std::string& bytes : recovered.records) {
    ERIS_TRY(Record record, decode_record(bytes));
    restore(std::move(record));
  }
  // Whatever may have been given out before the crash is in the past.
  clock_.observe(reserved_);
  rebuild_trees();
  return {};
}

void Core::restore(Record record) {
  if (auto* cell = std::get_if<CellRecord>(&record)) {
    clock_.observe(latest(cell->cell).time);
    const StoredKey place = stored_key(cell->key);
    store_.insert_or_assign(place, Entry{std::move(cell->key), std::move(cell->cell)});
  } else if (auto* hint = std::get_if<HintRecord>(&record)) {
    clock_.observe(latest(hint->cell).time);
    const StoredKey place = stored_key(hint->key);
    hints_.insert_or_assign({hint->target, place},
                            Entry{std::move(hint->key), std::move(hint->cell)});
  } else if (const auto* dropped = std::get_if<DropRecord>(&record)) {
    store_.erase(stored_key(dropped->key));
  } else if (const auto* handed = std::get_if<HintDropRecord>(&record)) {
    hints_.erase({handed->target, stored_key(handed->key)});
  } else if (const auto* clock = std::get_if<ClockRecord>(&record)) {
    reserved_ = std::max(reserved_, clock->reserved);
  } else {
    ring_ = Ring(std::get<RingRecord>(record).ring, config_.virtual_nodes, config_.replication);
  }
}

Outputs Core::start(Instant now) {
  now_ = now;
  // Until the contrary shows, everybody is there.
  for (const NodeId node : ring_.state().everyone()) heard_at_[node] = now;
  gossip_due_ = now;
  handoff_due_ = now + config_.timeouts.handoff;
  sync_due_ = now + config_.timeouts.anti_entropy;
  if (ring_.state().moving()) start_moving();
  return finish();
}

Outputs Core::step(Instant now, const core::Input& input) {
  now_ = std::max(now_, now);
  run_timers();
  dispatch(input);
  return finish();
}

void Core::dispatch(const core::Input& input) {
  if (const auto* received = std::get_if<core::Received>(&input)) {
    const auto message = decode_message(received->message);
    if (message && received->from != config_.self)
      receive(received->from, *message);
    else
      ++malformed_;
  } else if (const auto* requested = std::get_if<core::Requested>(&input)) {
    request(requested->id, requested->request);
  } else if (const auto* done = std::get_if<core::Persisted>(&input)) {
    persisted_ = std::max(persisted_, done->count);
  } else if (std::holds_alternative<core::TimerFired>(input)) {
    timer_set_.reset();
  }
}

void Core::receive(NodeId from, const Message& message) {
  heard_at_[from] = now_;
  const bool is_news = std::holds_alternative<Gossip>(message.body) ||
                       std::holds_alternative<RingUpdate>(message.body);
  // Versions that were long on their way may be of keys that everybody has agreed to forget.
  const HybridTime age_max = to_hybrid(config_.timeouts.message_age_max);
  const bool is_late = !is_news && hybrid_now() > message.clock + age_max;
  clock_.observe(message.clock);
  if (is_late || !is_current(from, message)) return;
  std::visit([this, from](const auto& body) { handle(from, body); }, message.body);
}

/// Whether sender and receiver see the same ring; else the one behind is told of the newer.
bool Core::is_current(NodeId from, const Message& message) {
  // Nothing is taken from a node that has left: what it knows may have been forgotten by all.
  if (message.ring == ring_.version())
    return is_member(from) || std::holds_alternative<RingUpdate>(message.body);
  if (message.ring < ring_.version())
    send(from, RingUpdate{ring_.state()});
  else if (!std::holds_alternative<RingUpdate>(message.body))
    send(from, Gossip{});
  const bool holds =
      is_answer(message.body) && message.ring + answers_hold_for_rings >= ring_.version();
  return holds || std::holds_alternative<RingUpdate>(message.body);
}

bool Core::is_member(NodeId node) const {
  const RingState& ring = ring_.state();
  return std::ranges::binary_search(ring.members, node) ||
         std::ranges::binary_search(ring.leaving, node);
}

/// All that is due, before anything else is looked at: an operation that is past its deadline must
/// not go on because an answer was waiting beside the timer.
void Core::run_timers() {
  while (!operation_timers_.empty() && operation_timers_.begin()->first <= now_)
    operation_due(operation_timers_.begin()->second);
  if (now_ >= gossip_due_) {
    gossip_due_ = now_ + config_.timeouts.gossip;
    gossip();
  }
  if (now_ >= handoff_due_) {
    handoff_due_ = now_ + config_.timeouts.handoff;
    hand_off();
  }
  if (now_ >= sync_due_) {
    sync_due_ = now_ + config_.timeouts.anti_entropy;
    if (config_.anti_entropy) sync();
    collect_tombstones();
  }
}

Instant Core::next_deadline() const {
  Instant due = std::min({gossip_due_, handoff_due_, sync_due_});
  if (!operation_timers_.empty()) due = std::min(due, operation_timers_.begin()->first);
  return due;
}

Outputs Core::finish() {
  maybe_checkpoint();
  const Instant due = next_deadline();
  if (!timer_set_ || *timer_set_ > due) {
    timer_set_ = due;
    outputs_.emplace_back(core::SetTimer{due});
  }
  return std::exchange(outputs_, {});
}

void Core::send(NodeId to, Body body, bool after_persist) {
  ERIS_ASSERT(to != config_.self, "a node does not send to itself");
  outputs_.emplace_back(core::Send{
      to, encode(Message{ring_.version(), hybrid_now(), std::move(body)}), after_persist});
}

void Core::append(const Record& record) {
  outputs_.emplace_back(core::Append{encode_record(record)});
  ++issued_;
  ++records_since_checkpoint_;
}

void Core::maybe_checkpoint() {
  if (records_since_checkpoint_ < config_.limits.checkpoint_after_records) return;
  records_since_checkpoint_ = 0;
  outputs_.emplace_back(core::Checkpoint{encode_snapshot(everything()), {}});
  ++issued_;
}

std::vector<Record> Core::everything() const {
  std::vector<Record> records{ClockRecord{reserved_}, RingRecord{ring_.state()}};
  for (const auto& [place, entry] : store_) records.push_back(CellRecord{entry.key, entry.cell});
  for (const auto& [hint, entry] : hints_)
    records.push_back(HintRecord{hint.first, entry.key, entry.cell});
  return records;
}

/// Reserved in the log before it is used; see HybridClock.
HybridTime Core::fresh_time() {
  const HybridTime time = clock_.next(now_);
  if (time > reserved_) {
    reserved_ = time + to_hybrid(reservation);
    append(ClockRecord{reserved_});
    reserved_at_ = issued_;
  }
  return time;
}

bool Core::alive(NodeId node) const {
  if (node == config_.self) return true;
  const auto heard = heard_at_.find(node);
  return heard != heard_at_.end() && now_ - heard->second <= config_.timeouts.suspect;
}

const Cell* Core::cell(const Value& key) const {
  const auto found = store_.find(stored_key(key));
  return found == store_.end() ? nullptr : &found->second.cell;
}

std::vector<std::pair<Value, Cell>> Core::cells() const {
  std::vector<std::pair<Value, Cell>> all;
  for (const auto& [place, entry] : store_) all.emplace_back(entry.key, entry.cell);
  return all;
}

std::vector<Core::Hint> Core::hints() const {
  std::vector<Hint> all;
  for (const auto& [hint, entry] : hints_) all.push_back({hint.first, entry.key, entry.cell});
  return all;
}

NodeStatus Core::status() const {
  NodeStatus status{
      .ring = ring_.version(), .members = ring_.state().members, .moving = ring_.state().moving()};
  for (const NodeId node : status.members)
    if (alive(node)) status.reachable.push_back(node);
  status.serving = status.reachable.size() > status.members.size() / 2;
  return status;
}

core::Beacon Core::beacon() const {
  const auto number = [](auto n) { return static_cast<std::int64_t>(n); };
  const NodeStatus seen = status();
  return {{{"ring", number(seen.ring)},
           {"members", nodes_text(seen.members)},
           {"moving", seen.moving},
           {"reachable", nodes_text(seen.reachable)},
           {"tombstones", number(tombstones_.size())},
           {"hints", number(hints_.size())},
           {"strays", number(strays_.size())},
           {"malformed", number(malformed_)}}};
}

}  // namespace eris::quorum
