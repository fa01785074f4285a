#include "adapters/adapter.hpp"
#include "adapters/etcd/etcd.hpp"

namespace eris::adapters {

const std::vector<SystemType>& registry() {
  static const std::vector<SystemType> all{
      etcd::system_type(),
  };
  return all;
}

}  // namespace eris::adapters
