// Promises: what clients of quorum-KV may rely on, by configuration, held against what they were
// told.
//
// Why beside the invariants: those look into the nodes. These know what a client knows, its
// requests and their answers, so they hold whatever the nodes do inside:
//   mode abd           each key is a linearizable register
//   R + W > N, strict  a read sees every write that was acknowledged before the read began, or one
//                      with a later stamp; the levels are those of the two requests. It is not
//                      promised that later writes have later stamps: clocks may differ
//   siblings           an acknowledged element stays until a writer has said that it saw it
//   all                what is read was written, and did not fail; a write's stamp is later than
//                      all that its client had seen; when faults are over and replicas have had
//                      time, every node serves, and all say the same, nothing acknowledged missing
// Values that are written must be integers above 0 that differ. Thread rule: one owner.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/reference/quorum/config.hpp"
#include "adapters/reference/quorum/requests.hpp"
#include "harness/core/core.hpp"

namespace eris::quorum {

class Promises {
 public:
  explicit Promises(Config config) : config_(std::move(config)) {}

  /// A read or a write.
  void asked(core::RequestId id, const ClientRequest& request);
  void answered(core::RequestId id, const ClientReply& reply);
  /// Faults are over and replicas have had time: what each node answers to a read of the key.
  void at_rest(const Value& key, const std::vector<ClientReply>& replies);

  /// The first that was broken, as a sentence. Mode abd judges whole histories, so ask when all is
  /// over.
  [[nodiscard]] std::optional<std::string> broken() const;

 private:
  struct Write {
    WriteRequest request;
    unsigned begin = 0;
    std::optional<unsigned> end{};
    std::optional<ReplyKind> outcome{};
    Stamp stamp{};  ///< none where it is not known
    [[nodiscard]] bool acknowledged() const { return outcome == ReplyKind::ok; }
    [[nodiscard]] bool failed() const { return outcome && certainly_not_applied(*outcome); }
  };
  struct Read {
    unsigned begin = 0;
    Level level = Level::usual;
    std::optional<unsigned> end{};
    ClientReply reply{};
  };
  /// All that was asked of one key.
  struct Key {
    std::map<core::RequestId, Write> writes;
    std::map<core::RequestId, Read> reads;
  };

  void check_values(const Key& key, const ClientReply& reply);
  void check_latest(const Key& key, const ClientReply& reply, Stamp floor);
  void check_siblings(const Key& key, const ClientReply& reply, const std::vector<Stamp>& floor);
  [[nodiscard]] std::vector<Stamp> must_be_seen(const Key& key, const Read& read) const;
  [[nodiscard]] bool may_be_forgotten(const Key& key, Stamp stamp) const;
  [[nodiscard]] bool linearizable(const Key& key) const;
  [[nodiscard]] std::size_t count(Level level, Level usual) const;
  void breaks(std::string what);

  Config config_;
  unsigned moment_ = 0;
  std::map<std::string, Key> keys_;  ///< by the key's text
  std::map<core::RequestId, std::string> key_of_;
  std::optional<std::string> broken_;
};

}  // namespace eris::quorum
