// Stream: operations of a correct object, as many as one likes, made and told one by one, so that
// nothing but the follower could grow.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "checkers/objects/object.hpp"
#include "checkers/online/follower.hpp"
#include "harness/base/rng.hpp"

namespace eris::checkers::online::testing {

struct StreamOptions {
  std::string object = "register";
  std::vector<model::Function> functions{model::function::read, model::function::write,
                                         model::function::cas};
  std::size_t clients = 25;
  std::size_t keys = 5;
  std::uint64_t operations_per_key = 0;  ///< then a fresh one takes its place; 0: never
  std::int64_t values = 0;               ///< how many different ones; 0: each one new
  double unknown_outcomes = 0;           ///< share of operations; half of them take effect
  double stalls = 0;  ///< share of operations that stay open for a second and are answered then
  std::uint64_t seed = 1;
};

class Stream {
 public:
  explicit Stream(const StreamOptions& options);

  /// Tells the follower of so many more operations, 10,000 a second.
  void tell(Follower& follower, std::uint64_t operations);
  /// From now on answers are those of a register that forgot its latest change.
  void go_stale() { stale_ = true; }
  [[nodiscard]] base::Instant now() const { return std::chrono::microseconds(index_ * 50); }

 private:
  struct Client {
    model::Op op;
    std::size_t place = 0;
    bool open = false;
    bool applied = false;
    std::uint64_t stalled_until = 0;  ///< event
    model::Outcome outcome;
  };
  struct Key {
    model::Value name;
    model::Value state;
    model::Value before;  ///< the state before the latest change
    std::uint64_t operations = 0;
    std::size_t open = 0;
  };

  void ask(Follower& follower, Client& client);
  void apply(Client& client);
  void answer(Follower& follower, Client& client);
  model::Value argument_of(const model::Function& function, const Key& key);
  void renew(Key& key);

  StreamOptions options_;
  const SequentialObject& object_;
  base::Rng rng_;
  std::vector<Client> clients_;
  std::vector<Key> keys_;
  std::uint64_t index_ = 0;
  std::uint64_t asked_ = 0;
  std::uint64_t next_process_ = 0;
  std::int64_t next_key_ = 0;
  std::int64_t next_value_ = 0;
  bool stale_ = false;
};

}  // namespace eris::checkers::online::testing
