#include "adapters/reference/node/line_writer.hpp"

#include <poll.h>
#include <unistd.h>

namespace eris::node {

bool LineWriter::write(std::string_view line) {
  pollfd room{.fd = descriptor_, .events = POLLOUT, .revents = 0};
  if (::poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0) {
    std::string whole(line.substr(0, line_bytes_max - 1));
    whole.push_back('\n');
    if (::write(descriptor_, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size()))
      return true;
  }
  ++dropped_;
  return false;
}

}  // namespace eris::node
