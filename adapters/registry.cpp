#include "adapters/adapter.hpp"
#include "adapters/etcd/etcd.hpp"
#include "adapters/reference/paxos/process/adapter.hpp"
#include "adapters/reference/quorum/process/adapter.hpp"
#include "adapters/reference/raft/process/adapter.hpp"

namespace eris::adapters {

const std::vector<SystemType>& registry() {
  static const std::vector<SystemType> systems{
      raft::system_type(),
      paxos::system_type(),
      quorum::system_type(),
      etcd::system_type(),
  };
  return systems;
}

}  // namespace eris::adapters
