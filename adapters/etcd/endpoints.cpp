#include "adapters/etcd/endpoints.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

namespace eris::adapters::etcd {
namespace {

constexpr std::uint16_t default_port = 2379;

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

struct HostAndPort {
  std::string host;
  std::uint16_t port = default_port;
};

std::optional<HostAndPort> split_endpoint(std::string_view text) {
  std::string_view host = text;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (host.empty() || host.find('/') != std::string_view::npos) return std::nullopt;
  if (rest.empty()) return HostAndPort{.host = std::string(host)};
  const auto port = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
  if (!port) return std::nullopt;
  return HostAndPort{.host = std::string(host), .port = *port};
}

base::Result<std::string> address_of(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found); error != 0)
    return base::environment_error(
        fmt::format("cannot find the address of '{}': {}", host, ::gai_strerror(error)),
        "option endpoints", "check the name, or give an address");
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  std::array<char, NI_MAXHOST> address{};
  if (const int error = ::getnameinfo(found->ai_addr, found->ai_addrlen, address.data(),
                                      address.size(), nullptr, 0, NI_NUMERICHOST);
      error != 0)
    return base::environment_error(
        fmt::format("cannot write the address of '{}': {}", host, ::gai_strerror(error)),
        "option endpoints", "give an address");
  return std::string(address.data());
}

}  // namespace

base::Result<Endpoint> resolve_endpoint(std::string_view text) {
  const auto parts = split_endpoint(text);
  if (!parts)
    return base::usage_error(fmt::format("'{}' is not host:port", text), "option endpoints",
                             "write it as in 10.0.0.5:2379, without a scheme");
  ERIS_TRY(std::string address, address_of(parts->host));
  return Endpoint{.address = std::move(address), .port = parts->port};
}

std::string unused_key_prefix() {
  std::random_device device;
  return fmt::format("eris/{:08x}{:08x}/", device(), device());
}

}  // namespace eris::adapters::etcd
