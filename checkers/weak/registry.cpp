#include "checkers/weak/registry.hpp"

#include "checkers/weak/weak.hpp"

namespace eris::checkers::weak {

namespace {

const char* const sequential_explanation =
    "All operations can be put in one order that keeps the order of each process and in which "
    "every "
    "read sees the latest write of its key before it (Lamport 1979). Reads may be old, as from a "
    "replica that lags, but nobody ever goes back, and all agree on what came first.\n"
    "Time does not count, and all keys are checked together. Most histories leave a search hardly "
    "a "
    "wrong way and take a second for a million operations. Where that fails, it is worked out what "
    "must come before what, and the search goes on until time or memory run out; it then says so.";

const char* const causal_explanation =
    "No read misses a write that it depends on: what the same process did before, what it had "
    "read, "
    "and so on (CC of Bouajjani, Enea, Guerraoui and Hamza 2017). Writes that do not depend on one "
    "another may be seen in any order, even in different orders by one process at different times; "
    "see causal-memory and causal-convergent for models that forbid that.\n"
    "Takes a moment for a million operations of some dozen processes.";

const char* const causal_convergent_explanation =
    "Causal consistency in which one order of the writes, the same for all, decides what every "
    "read "
    "sees, as in stores where the last writer wins (CCv). Two processes that see two writes in "
    "opposite orders violate it.";

const char* const causal_memory_explanation =
    "Causal consistency in which each process sees all writes in one order of its own, which "
    "explains all its reads together (CM; Ahamad and others 1995). Processes may disagree about "
    "writes that do not depend on one another; none changes its mind.";

const char* const pram_explanation =
    "Each process sees the writes of every other in the order in which they were made, and its own "
    "at once, as over FIFO channels (Lipton and Sandberg 1988). Writes of different processes may "
    "be seen in different orders, effects before their causes.";

const char* const writes_follow_reads_explanation =
    "Whoever sees a write also sees, then and later, what its writer had read before it (Terry and "
    "others 1994): no answer without the question. Contains monotonic-reads: if what a process saw "
    "could vanish again, reads of single values would show nothing.";

const char* const monotonic_writes_explanation =
    "Whoever sees a write also sees, then and later, what the same process had written before it, "
    "with the later write on top (Terry and others 1994). Contains monotonic-reads: if what a "
    "process saw could vanish again, reads of single values would show nothing.";

const char* const monotonic_reads_explanation =
    "What a process has read, its later reads see as well, or something in its place (Terry and "
    "others 1994): values do not go back.";

const char* const read_your_writes_explanation =
    "What a process has written, its later reads see, or something in its place: never the initial "
    "value, nor an older write of its own (Terry and others 1994).";

const char* const convergent_explanation =
    "Once the faults have healed and all is quiet, the final reads of every key agree, and no key "
    "is "
    "back at its beginning although a write to it was acknowledged. What happened before does not "
    "count. Needs a run with final reads by several processes, as every run of Eris has.";

const char* const strongest_explanation =
    "Holds the history against every model that Eris knows for registers, and names the strongest "
    "that hold. For those above them it shows a few operations that rule each out. The figures "
    "tell "
    "how stale reads were, by writes (a lower bound) and by time (the least by which reads would "
    "have to have begun earlier for the history to be linearizable), and whether replicas agreed "
    "in "
    "the end.\n"
    "Valid when a model holds and none above it is undecided; invalid when none holds.";

std::vector<std::string> known_objects() {
  return {"register", "key-value"};
}

template <Model model>
std::unique_ptr<Checker> make(const std::string& object) {
  return make_model_checker(model, object);
}

template <Model model>
ConsistencyType entry(const char* explanation) {
  return {{.name = std::string(type_of(model).name),
           .summary = std::string(type_of(model).meaning),
           .explanation = explanation},
          make<model>,
          known_objects};
}

}  // namespace

const std::vector<ConsistencyType>& registry() {
  static const std::vector<ConsistencyType> all{
      entry<Model::sequential>(sequential_explanation),
      entry<Model::causal_memory>(causal_memory_explanation),
      entry<Model::causal_convergent>(causal_convergent_explanation),
      entry<Model::causal>(causal_explanation),
      entry<Model::pram>(pram_explanation),
      entry<Model::writes_follow_reads>(writes_follow_reads_explanation),
      entry<Model::monotonic_writes>(monotonic_writes_explanation),
      entry<Model::monotonic_reads>(monotonic_reads_explanation),
      entry<Model::read_your_writes>(read_your_writes_explanation),
      {{.name = "convergent",
        .summary = "once all is quiet, every read of a key sees the same value",
        .explanation = convergent_explanation},
       make_convergence_checker,
       known_objects},
      {{.name = "strongest",
        .summary = "finds the strongest of these models that the history holds",
        .explanation = strongest_explanation},
       make_strongest_checker,
       known_objects},
  };
  return all;
}

}  // namespace eris::checkers::weak
