#include "adapters/etcd/etcd.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <gtest/gtest.h>

#include "adapters/etcd/endpoints.hpp"
#include "adapters/etcd/fake_node.hpp"

namespace eris::adapters::etcd {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

base::Result<std::unique_ptr<System>> made_with(
    const std::vector<std::pair<std::string, std::string>>& texts) {
  const SystemType type = system_type();
  model::Options options(type.schema.options);
  for (const auto& [name, text] : texts) {
    const auto schema = std::ranges::find(type.schema.options, name, &model::OptionSchema::name);
    ERIS_CHECK_OK(options.set_from_text(*schema, text));
  }
  return type.make(options, 3);
}

NodeAddress node(std::uint32_t id) {
  return {.id = base::NodeId(id), .host = "10.77.0." + std::to_string(id)};
}

TEST(Etcd, DefaultsPromiseLinearizability) {
  const auto system = made_with({});
  ASSERT_TRUE(system) << base::to_text(system.error());
  EXPECT_EQ((*system)->promised_consistency(), "linearizable");
  EXPECT_TRUE((*system)->external_nodes().empty());
  EXPECT_FALSE((*system)->has_beacons());
}

TEST(Etcd, SerializableReadsPromiseLess) {
  const auto system = made_with({{"read-mode", "serializable"}});
  ASSERT_TRUE(system);
  EXPECT_EQ((*system)->promised_consistency(), "convergent");
}

TEST(Etcd, LaunchNamesEveryNodeAndKeepsDataBelowItsDirectory) {
  const auto system = made_with({{"election-timeout", "500ms"}, {"heartbeat-interval", "50ms"}});
  ASSERT_TRUE(system);
  const Launch launch = (*system)->launch(
      {.self = node(2), .all = {node(1), node(2), node(3)}, .data_directory = "run/n2"});
  EXPECT_THAT(launch.program, EndsWith("etcd"));
  const auto value_of = [&](const std::string& flag) {
    const auto found = std::ranges::find(launch.arguments, flag);
    return found == launch.arguments.end() ? std::string() : *(found + 1);
  };
  EXPECT_EQ(value_of("--name"), "n2");
  EXPECT_EQ(value_of("--data-dir"), "run/n2/etcd");
  EXPECT_EQ(value_of("--listen-client-urls"), "http://10.77.0.2:2379");
  EXPECT_EQ(value_of("--initial-cluster"),
            "n1=http://10.77.0.1:2380,n2=http://10.77.0.2:2380,n3=http://10.77.0.3:2380");
  EXPECT_EQ(value_of("--heartbeat-interval"), "50");
  EXPECT_EQ(value_of("--election-timeout"), "500");
}

TEST(Etcd, TimingThatEtcdWouldRefuseIsAUsageError) {
  const auto close = made_with({{"heartbeat-interval", "300ms"}});
  ASSERT_FALSE(close);
  EXPECT_EQ(close.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(base::to_text(close.error()),
            "system etcd: election-timeout 1s is less than five heartbeat-intervals of 300ms; use "
            "at least 1500ms");
  const auto fine = made_with({{"heartbeat-interval", "1500us"}});
  ASSERT_FALSE(fine);
  EXPECT_THAT(base::to_text(fine.error()), HasSubstr("whole milliseconds"));
}

TEST(Etcd, EndpointsAreExternalNodes) {
  const auto system = made_with({{"endpoints", "127.0.0.1:4001,[::1]:4002,127.0.0.3"}});
  ASSERT_TRUE(system) << base::to_text(system.error());
  const auto nodes = (*system)->external_nodes();
  ASSERT_EQ(nodes.size(), 3u);
  EXPECT_EQ(nodes[0].host, "127.0.0.1");
  EXPECT_EQ(nodes[1].host, "::1");
  EXPECT_EQ(nodes[2].id, base::NodeId(3));
}

TEST(Etcd, EndpointThatIsNotHostAndPortIsAUsageError) {
  for (const char* text :
       {"http://10.0.0.1:2379", "10.0.0.1:", "10.0.0.1:99999", ":2379", "[::1"}) {
    const auto system = made_with({{"endpoints", text}});
    ASSERT_FALSE(system) << text;
    EXPECT_EQ(system.error().kind, base::ErrorKind::usage) << text;
  }
}

TEST(Etcd, EndpointsKeepTheirPortsAndTheDefault) {
  EXPECT_EQ(resolve_endpoint("127.0.0.1:4001"), (Endpoint{.address = "127.0.0.1", .port = 4001}));
  EXPECT_EQ(resolve_endpoint("[::1]"), (Endpoint{.address = "::1", .port = 2379}));
}

TEST(Etcd, KeysInAForeignClusterDifferBetweenRuns) {
  EXPECT_NE(unused_key_prefix(), unused_key_prefix());
  EXPECT_TRUE(unused_key_prefix().starts_with("eris/"));
}

TEST(Etcd, VersionOfAnExternalClusterIsWhatItSays) {
  FakeNode fake([](FakeNode& self) {
    auto connection = self.accept();
    connection.receive();
    connection.answer(R"({"etcdserver":"3.5.9","etcdcluster":"3.5.0"})");
  });
  const auto system =
      made_with({{"endpoints", to_text(closed_endpoint()) + "," + to_text(fake.endpoint())}});
  ASSERT_TRUE(system);
  const auto versions = (*system)->versions();
  ASSERT_TRUE(versions) << base::to_text(versions.error());
  EXPECT_EQ(*model::find(*versions, "etcd"), model::Value("3.5.9"));
}

TEST(Etcd, ExternalClusterThatDoesNotAnswerIsAnEnvironmentError) {
  const auto system = made_with({{"endpoints", to_text(closed_endpoint())}});
  ASSERT_TRUE(system);
  const auto versions = (*system)->versions();
  ASSERT_FALSE(versions);
  EXPECT_EQ(versions.error().kind, base::ErrorKind::environment);
  EXPECT_THAT(versions.error().what, HasSubstr("no etcd answers at 127.0.0.1:"));
}

/// PATH for the length of a test.
class PathWith {
 public:
  explicit PathWith(const std::string& path) : before_(std::getenv("PATH")) {
    ::setenv("PATH", path.c_str(), 1);
  }
  ~PathWith() { ::setenv("PATH", before_.c_str(), 1); }

 private:
  std::string before_;
};

TEST(Etcd, MissingProgramIsAnEnvironmentErrorThatSaysWhatToInstall) {
  const PathWith nothing("/nonexistent");
  const auto system = made_with({});
  ASSERT_TRUE(system);
  const auto versions = (*system)->versions();
  ASSERT_FALSE(versions);
  EXPECT_EQ(versions.error().kind, base::ErrorKind::environment);
  EXPECT_EQ(base::to_text(versions.error()),
            "PATH: etcd is not installed; install etcd-server (apt-get install etcd-server)");
}

}  // namespace
}  // namespace eris::adapters::etcd
