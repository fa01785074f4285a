// FaultAction: what a fault decided to do, as a value. Deciding (faults/) is apart from enacting
// (harness/live, harness/sim), so that one fault lives in both worlds.
// Thread rule: plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/strong_id.hpp"
#include "harness/base/time.hpp"
#include "harness/model/value.hpp"

namespace eris::model {

/// One direction between two nodes.
struct Link {
  base::NodeId from;
  base::NodeId to;
  auto operator<=>(const Link&) const = default;
};

/// How links between nodes treat what they carry. Shares are parts per million of the messages.
struct LinkQuality {
  std::int64_t loss_ppm = 0;       ///< vanish without a word to the sender
  std::int64_t duplicate_ppm = 0;  ///< arrive twice
  std::int64_t reorder_ppm = 0;    ///< are overtaken by those sent after them
  /// Arrive with flipped bits. Nodes find that by their checksums, as over TCP, and drop it.
  std::int64_t corrupt_ppm = 0;
  base::Duration delay{};  ///< added to each message's time: between nothing and twice this
  bool operator==(const LinkQuality&) const = default;
};

/// How a clock departs from true time.
struct ClockBend {
  base::Duration jump{};      ///< how far it is set forwards, or backwards where negative
  std::int64_t rate_ppm = 0;  ///< how much faster than true time it runs, or slower
  base::Duration strobe{};    ///< the jump comes and goes each time this has passed; 0: it stays
  bool operator==(const ClockBend&) const = default;
};

enum class DiskTrouble : std::uint8_t {
  slow,       ///< each sync takes long
  full,       ///< no room for the next write
  failing,    ///< the next write is an error
  corrupted,  ///< bits flip in what was written long ago; the machine fails, since it is read then
  misdirected,  ///< a block lands on the place of another; likewise
};

/// What becomes of the data of a server that leaves.
enum class ServerData : std::uint8_t {
  kept,    ///< it comes back with what it had
  erased,  ///< its disk is erased once it has left
};

/// Packets on these links vanish without a word to the sender.
struct Cut {
  std::vector<Link> links;
  bool operator==(const Cut&) const = default;
};
/// Undoes Cut.
struct Heal {
  std::vector<Link> links;
  bool operator==(const Heal&) const = default;
};
/// SIGKILL: the processes die at once, without a chance to flush anything.
struct Kill {
  std::vector<base::NodeId> nodes;
  bool operator==(const Kill&) const = default;
};
/// Undoes Kill: the same program on the same data.
struct Restart {
  std::vector<base::NodeId> nodes;
  bool operator==(const Restart&) const = default;
};
/// SIGSTOP: the processes stand still while the world's clocks go on.
struct Pause {
  std::vector<base::NodeId> nodes;
  bool operator==(const Pause&) const = default;
};
/// Undoes Pause.
struct Resume {
  std::vector<base::NodeId> nodes;
  bool operator==(const Resume&) const = default;
};
/// The links carry messages badly.
struct Degrade {
  std::vector<Link> links;
  LinkQuality settings;
  bool operator==(const Degrade&) const = default;
};
/// Undoes Degrade.
struct Restore {
  std::vector<Link> links;
  LinkQuality settings;
  bool operator==(const Restore&) const = default;
};
/// The links hold what is sent over them.
struct Clog {
  std::vector<Link> links;
  bool operator==(const Clog&) const = default;
};
/// Undoes Clog: all that was held arrives.
struct Unclog {
  std::vector<Link> links;
  bool operator==(const Unclog&) const = default;
};
/// The machines lose their power: what was not synced is gone.
struct PowerOff {
  std::vector<base::NodeId> nodes;
  bool operator==(const PowerOff&) const = default;
};
/// Undoes PowerOff: the same program on what the disk holds.
struct PowerOn {
  std::vector<base::NodeId> nodes;
  bool operator==(const PowerOn&) const = default;
};
/// The nodes' clocks depart from true time.
struct BendClock {
  std::vector<base::NodeId> nodes;
  ClockBend settings;
  bool operator==(const BendClock&) const = default;
};
/// Undoes BendClock: the clocks show true time again.
struct MendClock {
  std::vector<base::NodeId> nodes;
  ClockBend settings;
  bool operator==(const MendClock&) const = default;
};
/// The nodes' disks go bad. A process whose disk reports an error ends.
struct HarmDisk {
  std::vector<base::NodeId> nodes;
  DiskTrouble settings = DiskTrouble::slow;
  bool operator==(const HarmDisk&) const = default;
};
/// Undoes HarmDisk, and starts again the processes that ended of it. What was corrupted stays so: a
/// process that finds its data damaged refuses to start.
struct MendDisk {
  std::vector<base::NodeId> nodes;
  DiskTrouble settings = DiskTrouble::slow;
  bool operator==(const MendDisk&) const = default;
};
/// The nodes lose their disks with all that is on them.
struct Wipe {
  std::vector<base::NodeId> nodes;
  bool operator==(const Wipe&) const = default;
};
/// Follows Wipe: the nodes start with empty disks, as ones that never ran.
struct StartEmpty {
  std::vector<base::NodeId> nodes;
  bool operator==(const StartEmpty&) const = default;
};
/// An administrator has the servers leave the cluster.
struct RemoveServer {
  std::vector<base::NodeId> nodes;
  ServerData settings = ServerData::kept;
  bool operator==(const RemoveServer&) const = default;
};
/// Undoes RemoveServer, or has servers join that were never there.
struct AddServer {
  std::vector<base::NodeId> nodes;
  ServerData settings = ServerData::kept;
  bool operator==(const AddServer&) const = default;
};

/// Each is followed by its opposite.
using FaultAction = std::variant<Cut, Heal, Kill, Restart, Pause, Resume, Degrade, Restore, Clog,
                                 Unclog, PowerOff, PowerOn, BendClock, MendClock, HarmDisk,
                                 MendDisk, Wipe, StartEmpty, RemoveServer, AddServer>;

/// What the journal calls it: "slow", "kept".
[[nodiscard]] std::string_view to_text(DiskTrouble trouble);
[[nodiscard]] std::string_view to_text(ServerData data);

/// The action that undoes this one. Every action that a fault may choose has one.
[[nodiscard]] FaultAction inverse(const FaultAction& action);

/// "cut n1→n2, n2→n1"; "kill n3"; "bend-clock n2 (jump 250ms)".
[[nodiscard]] std::string to_text(const FaultAction& action);

/// The nodes that the action touches, ascending, without repeats.
[[nodiscard]] std::vector<base::NodeId> nodes_of(const FaultAction& action);

/// The nodes whose processes end, or may end, while the action is in force: their end is no news.
[[nodiscard]] std::vector<base::NodeId> nodes_ended_by(const FaultAction& action);

/// What was seen of an action when it was enacted: a fault that cannot show this did not happen.
struct Evidence {
  bool took_effect = false;
  Fields facts;  ///< "packets dropped" 34; "n3 state" "stopped"; …
  bool operator==(const Evidence&) const = default;
};

}  // namespace eris::model
