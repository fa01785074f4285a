#include "adapters/etcd/wire.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include "adapters/etcd/base64.hpp"

namespace eris::adapters::etcd {
namespace {

using model::Op;
using model::Status;
using model::Value;
namespace function = model::function;

constexpr const char* header =
    R"("header":{"cluster_id":"19","member_id":"4825232010898929363","revision":"2"})";

Op op_of(model::Function function, Value argument = {}) {
  return {.process = base::ProcessId(0),
          .function = function,
          .key = Value(7),
          .argument = std::move(argument)};
}

Value old_and_new(Value from, Value to) {
  return Value(Value::List{std::move(from), std::move(to)});
}

HttpRequest encoded(const Op& op, ReadMode mode = ReadMode::linearizable) {
  const auto request = encode(op, "eris/", mode);
  EXPECT_TRUE(request.has_value());
  return request.value_or(HttpRequest{});
}

nlohmann::json body_of(const HttpRequest& request) {
  return nlohmann::json::parse(request.body);
}

HttpResponse answer(const std::string& rest) {
  return {.status = 200, .body = std::string("{") + header + rest + "}"};
}

std::string one_value(const std::string& json) {
  return R"("kvs":[{"key":"ZXJpcy83","create_revision":"2","mod_revision":"3","version":"2",)"
         R"("value":")" +
         to_base64(json) + R"("}],"count":"1")";
}

TEST(EtcdWire, LinearizableReadIsARangeThatNeedsALeader) {
  const HttpRequest request = encoded(op_of(function::read));
  EXPECT_EQ(request.target, "/v3/kv/range");
  EXPECT_EQ(body_of(request), (nlohmann::json{{"key", to_base64("eris/7")}}));
  EXPECT_TRUE(request.require_leader);
}

TEST(EtcdWire, SerializableReadAsksTheNodeAloneEvenWithoutALeader) {
  const HttpRequest request = encoded(op_of(function::read), ReadMode::serializable);
  EXPECT_EQ(body_of(request)["serializable"], true);
  EXPECT_FALSE(request.require_leader);
}

TEST(EtcdWire, WriteIsAPutOfJsonText) {
  const HttpRequest request = encoded(op_of(function::write, Value("a\"b")));
  EXPECT_EQ(request.target, "/v3/kv/put");
  EXPECT_EQ(body_of(request),
            (nlohmann::json{{"key", to_base64("eris/7")}, {"value", to_base64(R"("a\"b")")}}));
}

TEST(EtcdWire, WriteOfNilAndDeleteRemoveTheKey) {
  for (const Op& op : {op_of(function::write), op_of(function::remove)}) {
    const HttpRequest request = encoded(op);
    EXPECT_EQ(request.target, "/v3/kv/deleterange");
    EXPECT_EQ(body_of(request), (nlohmann::json{{"key", to_base64("eris/7")}}));
  }
}

TEST(EtcdWire, CasComparesTheValueAndReadsItWhereItDiffers) {
  const HttpRequest request = encoded(op_of(function::cas, old_and_new(5, 6)));
  EXPECT_EQ(request.target, "/v3/kv/txn");
  const std::string key = to_base64("eris/7");
  EXPECT_EQ(
      body_of(request),
      nlohmann::json::parse(
          R"({"compare":[{"key":")" + key + R"(","result":"EQUAL","target":"VALUE","value":")" +
          to_base64("5") + R"("}],"success":[{"request_put":{"key":")" + key + R"(","value":")" +
          to_base64("6") + R"("}}],"failure":[{"request_range":{"key":")" + key + R"("}}]})"));
}

TEST(EtcdWire, CasFromNilAsksThatTheKeyDoesNotExist) {
  const auto compare = body_of(encoded(op_of(function::cas, old_and_new({}, 6))))["compare"][0];
  EXPECT_EQ(compare["target"], "CREATE");
  EXPECT_EQ(compare["create_revision"], "0");
  EXPECT_FALSE(compare.contains("value"));
}

TEST(EtcdWire, CasToNilDeletesTheKey) {
  const auto success = body_of(encoded(op_of(function::cas, old_and_new(5, {}))))["success"][0];
  EXPECT_TRUE(success.contains("request_delete_range"));
}

TEST(EtcdWire, FunctionThatEtcdHasNotIsUnsendable) {
  const auto request = encode(op_of(function::append, Value(1)), "eris/", ReadMode::linearizable);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().kind, FailureKind::unsendable);
  EXPECT_EQ(request.error().words, "etcd has no operation 'append'");
}

TEST(EtcdWire, TextThatIsNotUtf8IsUnsendable) {
  const auto request =
      encode(op_of(function::write, Value("\xff")), "eris/", ReadMode::linearizable);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().kind, FailureKind::unsendable);
}

TEST(EtcdWire, ReadGivesTheStoredValueOfAnyKind) {
  const Value list(Value::List{Value(1), Value("x"), Value(true), Value()});
  const auto outcome =
      decode(op_of(function::read), answer("," + one_value(R"([1,"x",true,null])")));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, Status::ok);
  EXPECT_EQ(outcome->result, list);
}

TEST(EtcdWire, ReadOfAMissingKeyIsNil) {
  const auto outcome = decode(op_of(function::read), answer(""));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, Status::ok);
  EXPECT_TRUE(outcome->result.is_nil());
}

TEST(EtcdWire, CasThatSucceededIsOk) {
  const auto outcome =
      decode(op_of(function::cas, old_and_new(5, 6)),
             answer(R"(,"succeeded":true,"responses":[{"response_put":{"header":{}}}])"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, Status::ok);
}

TEST(EtcdWire, CasThatFoundAnotherValueFailsAndTellsIt) {
  const auto outcome =
      decode(op_of(function::cas, old_and_new(5, 6)),
             answer(R"(,"responses":[{"response_range":{"header":{},)" + one_value("9") + "}}]"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, Status::fail);
  EXPECT_EQ(outcome->result, Value(9));
}

TEST(EtcdWire, AnswerThatIsNotOfThisApiIsMalformed) {
  const Op read = op_of(function::read);
  for (const char* body :
       {"", "[]", "{}", "<html>", R"({"header":{},"kvs":[{"value":"!"}]})",
        R"({"header":{},"kvs":7})", R"({"header":{},"kvs":[{"value":"eA=="}]})"}) {
    const auto outcome = decode(read, {.status = 200, .body = body});
    ASSERT_FALSE(outcome) << body;
    EXPECT_EQ(outcome.error().kind, FailureKind::malformed) << body;
  }
  EXPECT_FALSE(decode(op_of(function::cas, old_and_new(1, 2)), answer("")));
  EXPECT_FALSE(decode(op_of(function::write, Value(1)), {.status = 200, .body = "{}"}));
}

TEST(EtcdWire, ErrorKeepsItsGrpcCodeAndWords) {
  const Failure expected{
      .kind = FailureKind::grpc_error, .code = 14, .words = "etcdserver: no leader"};
  // As 3.4 writes it, and as 3.6 does.
  for (const char* body :
       {R"({"error":"etcdserver: no leader","message":"etcdserver: no leader","code":14})",
        R"({"code":14,"message":"etcdserver: no leader","details":[]})"}) {
    const auto outcome = decode(op_of(function::read), {.status = 503, .body = body});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error(), expected);
  }
}

TEST(EtcdWire, ErrorWithoutAGrpcCodeKeepsItsHttpStatus) {
  const auto outcome = decode(op_of(function::read), {.status = 404, .body = "Not Found"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(),
            (Failure{.kind = FailureKind::http_error, .code = 404, .words = "HTTP 404"}));
}

TEST(EtcdWire, StatusTellsMemberLeaderAndTerm) {
  const auto status = decode_status(
      answer(R"(,"version":"3.4.23","leader":"17212038068248712881","raftTerm":"2")"));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->member, 4825232010898929363u);
  EXPECT_EQ(status->leader, 17212038068248712881u);
  EXPECT_EQ(status->term, base::Term(2));
}

TEST(EtcdWire, StatusOfANodeWithoutALeaderSaysSo) {
  const auto status =
      decode_status(answer(R"(,"raftTerm":"3","errors":["etcdserver: no leader"])"));
  ASSERT_TRUE(status);
  EXPECT_FALSE(status->leader);
}

TEST(EtcdWire, MembersHaveNamesAndUrls) {
  const auto members = decode_members(answer(
      R"(,"members":[{"ID":"5","name":"n1","clientURLs":["http://10.77.0.1:2379"]},{"ID":"6"}])"));
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].id, 5u);
  EXPECT_EQ(members[0].name, "n1");
  EXPECT_EQ(members[0].client_urls, std::vector<std::string>{"http://10.77.0.1:2379"});
  EXPECT_EQ(members[1].name, "");
}

TEST(EtcdWire, VersionIsTheServers) {
  EXPECT_EQ(
      decode_version({.status = 200, .body = R"({"etcdserver":"3.4.23","etcdcluster":"3.4.0"})"}),
      "3.4.23");
  EXPECT_FALSE(decode_version({.status = 200, .body = "{}"}));
}

}  // namespace
}  // namespace eris::adapters::etcd
