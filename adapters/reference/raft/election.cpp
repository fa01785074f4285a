// Elections (section 3.4) with pre-vote (9.6) and holding on to a live leader (4.2.3).
#include <utility>

#include "adapters/reference/raft/core.hpp"
#include "adapters/reference/raft/quorum.hpp"
#include "harness/base/assert.hpp"

namespace eris::raft {

/// Whose majorities count: the last configuration in the log, committed or not (section 4.1).
const Configuration& Core::governing() const {
  if (has(Bug::configuration_used_once_committed)) return log_.configuration_at(commit_).second;
  return log_.configuration();
}

std::size_t Core::quorum_size() const {
  const std::size_t voters = governing().voters.size();
  if (has(Bug::quorum_from_old_configuration) && !config_.voters.empty())
    return majority_of(config_.voters.size());
  if (has(Bug::even_split_quorum)) return (voters + 1) / 2;
  return majority_of(voters);
}

bool Core::is_quorum(const std::set<NodeId>& nodes) const {
  if (has(Bug::removed_server_votes)) return nodes.size() >= quorum_size();
  std::size_t count = 0;
  for (const NodeId node : nodes) count += governing().votes(node) ? 1 : 0;
  return count >= quorum_size() && !governing().voters.empty();
}

/// Random, so that two candidates seldom collide twice (section 3.4).
void Core::reset_election_deadline() {
  election_deadline_ =
      now_ + rng_.duration(config_.timeouts.election_min, config_.timeouts.election_max);
}

void Core::election_timeout() {
  reset_election_deadline();
  // Learners, and servers that are in no configuration yet or any more, wait to be told.
  if (!governing().votes(config_.self)) return;
  if (config_.pre_vote && !has(Bug::disruptive_candidates))
    start_pre_vote();
  else
    campaign(false);
}

/// Asks whether an election could be won before raising the term, so that a server that was cut off
/// does not depose a working leader when it returns (section 9.6).
void Core::start_pre_vote() {
  role_ = Role::pre_candidate;
  leader_ = NodeId();
  votes_.clear();
  request_votes(term_.next(), true, false);
  count_vote(config_.self);
}

void Core::campaign(bool transfer) {
  role_ = Role::candidate;
  leader_ = NodeId();
  term_ = term_.next();
  voted_for_ = config_.self;
  if (!has(Bug::votes_across_terms)) votes_.clear();
  reset_election_deadline();
  persist_hard_state();
  request_votes(term_, false, transfer);
  if (hard_state_is_durable()) count_vote(config_.self);
}

void Core::request_votes(Term term, bool pre_vote, bool transfer) {
  const LogPoint last = log_.last();
  std::set<NodeId> asked(governing().voters.begin(), governing().voters.end());
  if (has(Bug::removed_server_votes)) asked.insert(config_.voters.begin(), config_.voters.end());
  for (const NodeId voter : asked) {
    if (voter == config_.self) continue;
    send(voter, RequestVote{term, pre_vote, transfer, last.index, last.term});
  }
}

void Core::count_vote(NodeId voter) {
  votes_.insert(voter);
  if (!is_quorum(votes_)) return;
  if (role_ == Role::pre_candidate)
    campaign(false);
  else if (role_ == Role::candidate)
    become_leader();
}

void Core::become_follower(Term term, NodeId leader) {
  ERIS_ASSERT(term >= term_, "terms never decrease");
  const bool led = role_ == Role::leader;
  role_ = Role::follower;
  leader_ = leader;
  if (!has(Bug::votes_across_terms)) votes_.clear();
  if (led) {
    abandon_requests();
    if (has(Bug::next_index_kept_after_log_loss)) remembered_ = leading_->followers;
    leading_.reset();
  }
  if (term > term_) {
    term_ = term;
    voted_for_ = NodeId();
    persist_hard_state();
  }
  if (led || leader != NodeId()) reset_election_deadline();
}

void Core::become_leader() {
  role_ = Role::leader;
  leader_ = config_.self;
  leading_.emplace();
  leading_->quorum_heard_at = now_;
  sync_followers();
  // Entries of earlier terms are committed only by one of this term (sections 3.6.2 and 6.4).
  propose({term_, EntryKind::no_op, {}});
  leading_->first_index = log_.last_index();
  broadcast_heartbeat();
}

/// Whether a log that ends so holds at least all that this one does (section 3.6.1).
bool Core::up_to_date(LogIndex last_index, Term last_term) const {
  const LogPoint mine = log_.last();
  if (has(Bug::no_up_to_date_check)) return true;
  if (has(Bug::longest_log_wins)) return last_index >= mine.index;
  return std::pair(last_term, last_index) >= std::pair(mine.term, mine.index);
}

bool Core::holds_on_to_leader() const {
  if (role_ == Role::leader) return true;
  return leader_heard_at_ && now_ - *leader_heard_at_ < config_.timeouts.election_min;
}

/// A server that was added later has no vote until its own log says that it was. Otherwise one that
/// comes back empty under its old name could help a candidate to win that still counts the name as
/// a voter, and lacks what the server had acknowledged in its earlier life. The entry that adds it
/// again stands behind the one that removed it, which was committed: from then on such a candidate's
/// log is not up to date. Being a learner is enough: those who count its vote may be all that is
/// left of a majority. The thesis has servers vote whatever their configuration (section 4.1), and
/// never lets a name come back.
bool Core::is_newcomer() const {
  return config_.voters.empty() && !log_.configuration().contains(config_.self);
}

void Core::handle(NodeId from, const RequestVote& request) {
  if (request.pre_vote) {
    const bool granted = request.term > term_ && !is_newcomer() &&
                         up_to_date(request.last_index, request.last_term) && !holds_on_to_leader();
    send(from, VoteReply{granted ? request.term : term_, true, granted});
    return;
  }
  const bool free_to_vote = voted_for_ == NodeId() || voted_for_ == from;
  const bool granted = request.term == term_ && free_to_vote && role_ != Role::leader &&
                       !is_newcomer() && up_to_date(request.last_index, request.last_term);
  if (granted && voted_for_ != from) {
    voted_for_ = from;
    persist_hard_state();
  }
  if (granted || has(Bug::disruptive_candidates)) reset_election_deadline();
  send(from, VoteReply{term_, false, granted});
}

void Core::handle(NodeId from, const VoteReply& reply) {
  if (!reply.granted) return;
  const bool awaited = reply.pre_vote ? role_ == Role::pre_candidate && reply.term == term_.next()
                                      : role_ == Role::candidate &&
                                            (reply.term == term_ || has(Bug::votes_across_terms));
  if (awaited) count_vote(from);
}

/// The leader asks this server to take over, and brought its log up to date first (section 3.10).
void Core::handle(NodeId from, const TimeoutNow& message) {
  const bool from_my_leader = message.term == term_ && from == leader_;
  if (from_my_leader && role_ != Role::leader && log_.configuration().votes(config_.self))
    campaign(true);
}

}  // namespace eris::raft
