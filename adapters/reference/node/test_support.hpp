// What the tests of nodes share: addresses.
// Thread rule: pure functions.
#pragma once

#include <string>

#include <unistd.h>

namespace eris::node {

/// A loopback address that no other process of this machine uses; `node` is below 256.
[[nodiscard]] inline std::string test_address(unsigned node) {
  const auto own = static_cast<unsigned>(::getpid());
  return "127." + std::to_string(224 + own / 256 % 32) + "." + std::to_string(own % 256) + "." +
         std::to_string(node);
}

}  // namespace eris::node
