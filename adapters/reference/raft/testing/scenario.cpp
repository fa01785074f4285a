#include "adapters/reference/raft/testing/scenario.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::raft {
namespace {

using base::Result;
using base::to_text;
using Words = std::vector<std::string>;

Words words_of(const std::string& line) {
  Words words;
  for (std::string& word : base::split(line, ' '))
    if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::unexpected<base::Error> bad(const std::string& what) {
  return base::usage_error(what);
}

Result<NodeId> node_in(const Words& words, std::size_t at) {
  const auto node = at < words.size() ? base::parse_node(words[at]) : std::nullopt;
  if (!node) return bad("a node such as n1 is missing");
  return *node;
}

Result<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    return bad("'" + text + "' is no number");
  return number;
}

Result<kv::Value> value_in(const std::string& text) {
  if (text == "nil") return kv::Value();
  ERIS_TRY(const std::uint64_t number, number_in(text));
  return kv::Value(static_cast<std::int64_t>(number));
}

std::optional<kv::Function> function_named(const std::string& name) {
  if (name == "open") return kv::Function::open_session;
  for (int i = 1; i <= static_cast<int>(kv::Function::open_session); ++i)
    if (kv::to_text(static_cast<kv::Function>(i)) == name) return static_cast<kv::Function>(i);
  return std::nullopt;
}

/// "write x 1", "cas x 1 2", optionally "in 3#1".
Result<kv::Command> command_in(Words words) {
  kv::Command command;
  if (words.size() >= 2 && words[words.size() - 2] == "in") {
    const Words session = base::split(words.back(), '#');
    if (session.size() != 2) return bad("a session looks like 3#1");
    ERIS_TRY(const std::uint64_t id, number_in(session[0]));
    ERIS_TRY(command.sequence, number_in(session[1]));
    command.session = kv::SessionId(id);
    words.resize(words.size() - 2);
  }
  const auto function = words.empty() ? std::nullopt : function_named(words[0]);
  if (!function) return bad("a function such as write is missing");
  command.function = *function;
  if (words.size() >= 2) command.key = kv::Value(words[1]);
  if (words.size() >= 3) {
    ERIS_TRY(command.argument, value_in(words.back()));
  }
  if (words.size() == 4) {
    ERIS_TRY(command.expected, value_in(words[2]));
  }
  return command;
}

/// The text after "NAME=", or "" for the bare name.
std::optional<std::string> option_in(const Words& words, const std::string& name) {
  for (const std::string& word : words) {
    if (word == name) return "";
    if (word.starts_with(name + "=")) return word.substr(name.size() + 1);
  }
  return std::nullopt;
}

std::string to_line(RequestId id, const kv::ClientReply& reply) {
  std::string line = fmt::format("request {}: {}", id.value, kv::to_text(reply.kind));
  if (!reply.value.is_nil() || reply.kind == kv::ReplyKind::cas_mismatch)
    line += " " + kv::to_text(reply.value);
  if (reply.leader != NodeId()) line += ", leader " + to_text(reply.leader);
  if (reply.index != LogIndex()) line += fmt::format(", index {}", reply.index.value);
  if (!reply.detail.empty()) line += " (" + reply.detail + ")";
  return line;
}

}  // namespace

void Scenario::print(std::string line) {
  output_ += std::move(line) + "\n";
}

Result<std::string> Scenario::run(const std::string& command) {
  output_.clear();
  const Words words = words_of(command);
  if (words.empty()) return bad("an empty command");
  if (words[0] == "cluster") {
    ERIS_CHECK_OK(start_cluster(words));
  } else if (!cluster_) {
    return bad("the first command is 'cluster N'");
  } else {
    ERIS_CHECK_OK(dispatch(words));
  }
  print_news();
  return output_;
}

Result<void> Scenario::dispatch(const Words& words) {
  const std::string& verb = words[0];
  if (verb == "given") return given(words);
  if (verb == "ask") return ask(words);
  if (verb == "wait" || verb == "run") return pass_time(words);
  if (verb == "deliver" || verb == "drop" || verb == "repeat" || verb == "hold")
    return move_messages(words);
  if (verb == "cut" || verb == "cut-one-way") return on_link(words);
  if (verb == "split") return split(words);
  if (verb == "add-server" || verb == "remove-server" || verb == "transfer")
    return administer(words);
  if (verb == "settle")
    cluster_->settle();
  else if (verb == "heal")
    cluster_->heal();
  else if (verb == "release")
    release();
  else if (verb == "log")
    print_logs();
  else if (verb == "status")
    print_status();
  else
    return on_node(words);
  return {};
}

Result<void> Scenario::start_cluster(const Words& words) {
  if (words.size() < 2) return bad("a number of nodes is missing");
  ERIS_TRY(const std::uint64_t nodes, number_in(words[1]));
  Config config;
  config.seed = 1;
  config.lease_reads = option_in(words, "lease").has_value();
  config.pre_vote = !option_in(words, "no-pre-vote").has_value();
  if (const auto text = option_in(words, "snapshot")) {
    ERIS_TRY(config.snapshot_after_entries, number_in(*text));
  }
  if (const auto text = option_in(words, "trailing")) {
    ERIS_TRY(config.snapshot_trailing_entries, number_in(*text));
  }
  if (const auto text = option_in(words, "chunk")) {
    ERIS_TRY(config.limits.snapshot_chunk_bytes, number_in(*text));
  }
  if (option_in(words, "small-messages")) config.limits.append_bytes_max = 1;
  if (const auto text = option_in(words, "bug")) {
    ERIS_TRY(const Bug bug, find_bug(*text));
    config.bugs.add(bug);
  }
  cluster_ = std::make_unique<TestCluster>(static_cast<unsigned>(nodes), config);
  unanswered_.clear();
  held_.clear();
  violations_shown_ = 0;
  return {};
}

Result<void> Scenario::given(const Words& words) {
  ERIS_TRY(const NodeId node, node_in(words, 1));
  if (words.size() < 5 || words[2] != "term" || words[4] != "log")
    return bad("expected: given n1 term 3 log 1 1 2");
  ERIS_TRY(const std::uint64_t term, number_in(words[3]));
  core::Recovered disk;
  disk.records.push_back(encode_record(HardState{Term(term), NodeId()}));
  for (std::size_t i = 5; i < words.size(); ++i) {
    ERIS_TRY(const std::uint64_t entry_term, number_in(words[i]));
    // The same index and term make the same entry, as log matching demands.
    const kv::Command command{.function = kv::Function::write,
                              .key = kv::Value(std::string("given")),
                              .argument = kv::Value(static_cast<std::int64_t>(i - 4))};
    disk.records.push_back(encode_record(
        LogIndex(i - 4), {Term(entry_term), EntryKind::command, kv::encode_command(command)}));
  }
  cluster_->set_disk(node, std::move(disk));
  return {};
}

Result<void> Scenario::ask(const Words& words) {
  ERIS_TRY(const NodeId node, node_in(words, 1));
  ERIS_TRY(const kv::Command command, command_in(Words(words.begin() + 2, words.end())));
  unanswered_.insert(cluster_->request(node, command));
  return {};
}

Result<void> Scenario::administer(const Words& words) {
  ERIS_TRY(const NodeId node, node_in(words, 1));
  ERIS_TRY(const NodeId subject, node_in(words, 2));
  kv::ClientRequest request = kv::TransferLeadership{subject};
  if (words[0] == "add-server") request = kv::AddServer{subject};
  if (words[0] == "remove-server") request = kv::RemoveServer{subject};
  unanswered_.insert(cluster_->request(node, request));
  return {};
}

Result<void> Scenario::pass_time(const Words& words) {
  if (words.size() != 2) return bad("a time such as 500ms is missing");
  ERIS_TRY(const Duration duration, base::parse_duration(words[1]));
  if (words[0] == "wait")
    cluster_->advance_clock(duration);
  else
    cluster_->run_for(duration);
  return {};
}

Result<void> Scenario::on_node(const Words& words) {
  const std::string& verb = words[0];
  ERIS_TRY(const NodeId node, node_in(words, 1));
  if (verb == "new") {
    cluster_->add_node(node);
    return {};
  }
  const std::vector<NodeId> all = cluster_->nodes();
  if (std::find(all.begin(), all.end(), node) == all.end()) return bad("no such node");
  if (verb == "restart") {
    cluster_->restart(node);
  } else if (verb == "crash") {
    cluster_->crash(node);
  } else if (verb == "isolate") {
    for (const NodeId other : all)
      if (other != node) cluster_->partition({node}, {other});
  } else if (!cluster_->is_up(node)) {
    return bad("the node is down");
  } else if (verb == "sync") {
    cluster_->sync(node);
  } else if (verb == "timeout") {
    cluster_->time_out(node);
  } else if (verb == "beat") {
    cluster_->fire_timer(node);
  } else if (verb == "tick") {
    cluster_->tick(node);
  } else if (verb == "elect") {
    cluster_->elect(node);
    const Core& core = cluster_->core(node);
    print(fmt::format("{} is {} in term {}", words[1], to_text(core.role()), core.term().value));
  } else {
    return bad("unknown command '" + verb + "'");
  }
  return {};
}

Result<void> Scenario::on_link(const Words& words) {
  ERIS_TRY(const NodeId from, node_in(words, 1));
  ERIS_TRY(const NodeId to, node_in(words, 2));
  cluster_->cut(from, to);
  if (words[0] == "cut") cluster_->cut(to, from);
  return {};
}

Result<void> Scenario::split(const Words& words) {
  std::vector<NodeId> sides[2];
  std::size_t side = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "|") {
      side = 1;
      continue;
    }
    ERIS_TRY(const NodeId node, node_in(words, i));
    sides[side].push_back(node);
  }
  cluster_->partition(sides[0], sides[1]);
  return {};
}

/// Only what waits at the start: what comes of it waits for the next command.
Result<void> Scenario::move_messages(const Words& words) {
  std::optional<std::pair<NodeId, NodeId>> link;
  std::uint64_t limit = cluster_->in_flight().size();
  if (words.size() > 1) {
    ERIS_TRY(const NodeId from, node_in(words, 1));
    ERIS_TRY(const NodeId to, node_in(words, 2));
    link = {from, to};
  }
  if (words.size() > 3) {
    ERIS_TRY(limit, number_in(words[3]));
  }
  std::size_t at = 0;
  for (std::size_t rest = cluster_->in_flight().size(); rest > 0 && limit > 0; --rest) {
    const Envelope envelope = cluster_->in_flight()[at];
    if (link && *link != std::pair(envelope.from, envelope.to)) {
      ++at;
      continue;
    }
    --limit;
    if (move_message(words[0], at)) ++at;
  }
  return {};
}

/// True where the message stays where it is.
bool Scenario::move_message(const std::string& verb, std::size_t at) {
  const Envelope envelope = cluster_->in_flight()[at];
  const bool arrives = cluster_->connected(envelope.from, envelope.to);
  const char* note = "";
  if (verb == "drop") note = " (dropped)";
  if (verb == "hold") note = " (held)";
  if ((verb == "deliver" || verb == "repeat") && !arrives) note = " (cut)";
  print(fmt::format("{} -> {}: {}{}", to_text(envelope.from), to_text(envelope.to),
                    to_text(envelope.message), note));
  if (verb == "hold") held_.push_back(envelope);
  if (verb == "hold" || verb == "drop")
    cluster_->drop(at);
  else
    cluster_->deliver(at, verb == "repeat");
  return verb == "repeat";
}

void Scenario::release() {
  for (Envelope& envelope : held_) cluster_->inject(std::move(envelope));
  held_.clear();
}

void Scenario::print_logs() {
  for (const NodeId node : cluster_->nodes()) {
    if (!cluster_->is_up(node)) {
      print(to_text(node) + " down");
      continue;
    }
    const Core& core = cluster_->core(node);
    const LogIndex base = core.log().base().index;
    std::string terms = base == LogIndex() ? "" : fmt::format(" ..{}", base.value);
    for (LogIndex i = base.next(); core.log().holds(i); i = i.next())
      terms += fmt::format(" {}", core.log().at(i).term.value);
    print(fmt::format("{} log{} | commit {}", to_text(node), terms, core.commit().value));
  }
}

void Scenario::print_status() {
  const auto name = [](NodeId id) { return id == NodeId() ? std::string("-") : to_text(id); };
  for (const NodeId node : cluster_->nodes()) {
    if (!cluster_->is_up(node)) {
      print(to_text(node) + " down");
      continue;
    }
    const Core& core = cluster_->core(node);
    std::string members;
    for (const NodeId voter : core.log().configuration().voters) members += " " + to_text(voter);
    for (const NodeId learner : core.log().configuration().learners)
      members += " (" + to_text(learner) + ")";
    print(fmt::format("{} {} term {} leader {} vote {} | applied {} snapshot {} |{}", to_text(node),
                      to_text(core.role()), core.term().value, name(core.leader()),
                      name(core.voted_for()), core.applied().value, core.snapshot_index().value,
                      members));
  }
}

void Scenario::print_news() {
  std::erase_if(unanswered_, [this](RequestId id) {
    const auto reply = cluster_->reply(id);
    if (reply) print(to_line(id, *reply));
    return reply.has_value();
  });
  const auto& violations = cluster_->invariants().violations();
  for (; violations_shown_ < violations.size(); ++violations_shown_)
    print(fmt::format("VIOLATION {}: {}", violations[violations_shown_].invariant,
                      violations[violations_shown_].what));
}

Result<std::string> Scenario::rewrite(const std::string& file) {
  Scenario scenario;
  std::string written;
  std::string block_output;
  bool in_output = false;
  std::size_t line_number = 0;
  for (const std::string& line : base::split(file, '\n')) {
    ++line_number;
    if (in_output) {
      in_output = !line.empty();
      if (in_output) continue;
    }
    if (line == "----") {
      written += line + "\n" + block_output;
      block_output.clear();
      in_output = true;
      continue;
    }
    written += line + "\n";
    if (line.empty() || line.starts_with('#')) continue;
    auto printed = scenario.run(line);
    if (!printed)
      return base::usage_error(printed.error().what, fmt::format("line {}: {}", line_number, line));
    block_output += *printed;
  }
  while (written.ends_with("\n\n")) written.pop_back();
  return written;
}

}  // namespace eris::raft
