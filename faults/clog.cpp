#include "faults/clog.hpp"

#include <utility>

#include "faults/link_choice.hpp"

namespace eris::faults {

namespace {

constexpr const char* explanation =
    R"(Clogs links between nodes: what is sent over them is held back, and arrives all at once, in order,
when the injection ends. A connection that stalls and recovers does this, and so does a switch whose
queue is full. Nothing is lost, so what arrives at the end comes from a world that is long gone.

Tends to find: votes and acknowledgements of an earlier term, counted in a later one; an old leader's
entries that are accepted since nobody looks at their term; a lease that is renewed by an answer to a
question of long ago; snapshots that arrive after a newer one.)";

class Clog final : public Fault {
 public:
  explicit Clog(LinkChoice links) : links_(links) {}

  std::expected<Injection, std::string> choose(const model::ClusterView& view,
                                               base::Rng& rng) const override {
    auto chosen = choose_links(links_, view, rng);
    if (!chosen) return std::unexpected(std::move(chosen).error());
    return Injection{model::Clog{std::move(chosen->links)}, "clog " + chosen->description};
  }

 private:
  LinkChoice links_;
};

std::unique_ptr<Fault> make(const model::Options& options) {
  return std::make_unique<Clog>(link_choice_of(options));
}

}  // namespace

FaultType clog_fault() {
  return {{.name = "clog",
           .summary = "holds messages back, and lets them all through later",
           .explanation = explanation,
           .options = {links_option()},
           .engines = {"sim"}},
          &make};
}

}  // namespace eris::faults
