// The linearizability checker: every key by itself, each by the fastest algorithm that fits.
//
// A history is linearizable when every operation can be thought to happen at one moment between its
// start and its end, so that the results are those of one copy (Herlihy and Wing 1990). Queues,
// stacks, sets, counters, lists and locks go through a sweep of their own where it fits; keys that
// are lists or counters are looked at for plain contradictions; registers whose written values are
// all different go through zones; all else through the search, part by part where the object has
// parts.
// Thread rule: check() may be called from many threads.
#pragma once

#include <memory>
#include <string>

#include "checkers/checker.hpp"
#include "checkers/objects/object.hpp"

namespace eris::checkers::linearizability {

/// For one of the objects that Eris knows, by name (checkers/objects/registry.cpp); nullptr for
/// another name. The verdict is `vacuous` where no operation succeeded.
[[nodiscard]] std::unique_ptr<Checker> make_linearizability_checker(const std::string& object);

/// For an object of one's own, which must outlive the checker.
[[nodiscard]] std::unique_ptr<Checker> make_linearizability_checker(const SequentialObject& object);

}  // namespace eris::checkers::linearizability
