#include "adapters/reference/process/ports.hpp"

#include <charconv>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace eris::reference {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

/// Takes "10.0.0.1" or "[fd00::1]" off the front of `rest`.
std::string take_host(std::string_view& rest) {
  const bool bracketed = rest.starts_with('[');
  const std::size_t end = rest.find(bracketed ? ']' : ':');
  const std::string host(rest.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end));
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + (bracketed ? 1 : 0));
  return host;
}

std::optional<NodePorts> parse_ports(std::string_view text) {
  if (text.starts_with('[') && text.find(']') == std::string_view::npos) return std::nullopt;
  const std::string host = take_host(text);
  if (host.empty()) return std::nullopt;
  NodePorts ports{.peers = {host, default_peer_port}, .clients = {host, default_client_port}};
  if (text.empty()) return ports;
  const std::vector<std::string> parts = base::split(text.substr(1), ':');
  if (parts.size() != 2) return std::nullopt;
  const auto peers = parse_port(parts[0]);
  const auto clients = parse_port(parts[1]);
  if (!peers || !clients) return std::nullopt;
  ports.peers.port = *peers;
  ports.clients.port = *clients;
  return ports;
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

base::Result<std::map<base::NodeId, NodePorts>> parse_peers(std::string_view text) {
  std::map<base::NodeId, NodePorts> nodes;
  for (const std::string& entry : base::split(text, ',')) {
    const std::size_t equals = entry.find('=');
    const auto id = base::parse_node(std::string_view(entry).substr(0, equals));
    const auto ports = equals == std::string::npos
                           ? std::nullopt
                           : parse_ports(std::string_view(entry).substr(equals + 1));
    if (!id || !ports)
      return base::usage_error(fmt::format("'{}' names no node", entry), "--peers",
                               "write n1=10.77.0.1, or n1=10.77.0.1:7001:7000 with ports");
    if (!nodes.emplace(*id, *ports).second)
      return base::usage_error(fmt::format("{} is named twice", base::to_text(*id)), "--peers");
  }
  return nodes;
}

std::string peers_to_text(const std::map<base::NodeId, NodePorts>& nodes) {
  std::string text;
  for (const auto& [id, ports] : nodes)
    text += fmt::format("{}{}={}:{}:{}", text.empty() ? "" : ",", base::to_text(id),
                        bracketed(ports.peers.host), ports.peers.port, ports.clients.port);
  return text;
}

}  // namespace eris::reference
