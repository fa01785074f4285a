#include "harness/sim/clients.hpp"

#include <utility>

#include "harness/base/assert.hpp"

namespace eris::sim {

Clients::Clients(const adapters::SimulatedSystem& system, std::vector<base::NodeId> nodes,
                 base::Duration operation_timeout, ClientSurroundings& world)
    : system_(system),
      nodes_(std::move(nodes)),
      operation_timeout_(operation_timeout),
      world_(world) {}

void Clients::begin(const model::Op& op) {
  Process& process = processes_[op.process];
  if (!process.client) process.client = system_.connect(nodes_, op.process);
  ERIS_ASSERT(!process.busy, "a process does one operation at a time");
  process.op = op;
  process.busy = true;
  const base::Instant now = world_.now();
  grant(process, process.client->begin(op, now, now + operation_timeout_));
}

void Clients::answered(const AnswerArrives& answer) {
  if (Process* process = waiting_for(answer.to))
    grant(*process, process->client->answered(world_.now(), answer.answer));
}

void Clients::unanswered(const NoAnswerComes& no_answer) {
  if (Process* process = waiting_for(no_answer.to))
    grant(*process, process->client->unanswered(world_.now(), no_answer.why));
}

void Clients::pause_ended(const PauseEnds& pause) {
  if (Process* process = waiting_for(pause.of))
    grant(*process, process->client->woken(world_.now()));
}

void Clients::stop() {
  while (!processes_.empty()) {
    Process process = std::move(processes_.begin()->second);
    processes_.erase(processes_.begin());
    if (process.busy)
      world_.finished(
          {.op = std::move(process.op),
           .outcome = {.status = model::Status::info, .result = {}, .error = "stopped"}});
  }
}

Clients::Process* Clients::waiting_for(Try attempt) {
  const auto found = processes_.find(attempt.process);
  if (found == processes_.end()) return nullptr;
  Process& process = found->second;
  return process.busy && process.tries == attempt.number ? &process : nullptr;
}

void Clients::grant(Process& process, adapters::ClientWish wish) {
  if (auto* finished = std::get_if<adapters::Finish>(&wish))
    return finish(process, std::move(finished->outcome));
  const Try attempt{.process = process.op.process, .number = ++process.tries};
  if (const auto* pause = std::get_if<adapters::Pause>(&wish))
    return world_.happens(pause->until, PauseEnds{attempt});
  auto& ask = std::get<adapters::Ask>(wish);
  world_.happens(ask.until, NoAnswerComes{.to = attempt, .why = adapters::NoAnswer::timed_out});
  world_.ask(attempt, ask.node, std::move(ask.request));
}

void Clients::finish(Process& process, model::Outcome outcome) {
  process.busy = false;
  run::Completion completion{.op = std::move(process.op), .outcome = std::move(outcome)};
  // It never acts again (run/process_table.hpp).
  if (completion.outcome.status == model::Status::info) processes_.erase(completion.op.process);
  world_.finished(std::move(completion));
}

}  // namespace eris::sim
