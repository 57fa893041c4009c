#include "server/clients/output_limits.h"

#include <catch2/catch.hpp>
#include <string>

#include "server/acl/access_control.h"
#include "server/command_table/command_table.h"
#include "server/execution/executor.h"
#include "server/process/runtime.h"
#include "tests/unit/server/fake_transport.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

constexpr size_t kMegabyte = 1024 * 1024;

// A client whose replies pile up, or leave while the client reads.
class LimitsFixture : public ServerFixture {
 public:
  explicit LimitsFixture(const std::vector<std::string>& directives = {})
      : ServerFixture(directives) {
    client().transport = &transport_;
    client().output().setBound(bound_);
    parts().acl.welcome(client());
  }
  ~LimitsFixture() { client().transport = nullptr; }
  LimitsFixture(const LimitsFixture&) = delete;
  LimitsFixture& operator=(const LimitsFixture&) = delete;

  // Executes a line for a client that does not read its replies.
  void feed(std::string_view line) {
    RequestParser parser;
    parts().executor.processInput(client(), parser, std::string(line) + "\r\n");
  }
  uint64_t disconnections() { return parts().runtime.stats.output_buffer_limit_disconnections; }
  bool gone() { return client().close_asap; }

 private:
  FakeTransport transport_{"127.0.0.1:1", "127.0.0.1:2"};
  LimitedOutput bound_{parts(), client()};
};

class PasswordFixture : public LimitsFixture {
 public:
  PasswordFixture() : LimitsFixture({"--requirepass", "secret"}) {}
};

}  // namespace

TEST_CASE_METHOD(LimitsFixture, "without a hard limit client-output-buffer-max holds") {
  configure("client-output-buffer-max", "8mb");
  runLine("SETRANGE big 1048575 x");
  feed("MGET big big big big big big big");
  CHECK_FALSE(gone());
  CHECK(client().output().size() > 7 * kMegabyte);
  feed("GET big");
  CHECK(gone());
  CHECK(client().output().overflowed());
  CHECK(client().output().memoryBytes() == 0);
  CHECK(disconnections() == 1);
}

TEST_CASE_METHOD(LimitsFixture, "a hard limit counts whatever client-output-buffer-max says") {
  configure("client-output-buffer-max", "1mb");
  configure("client-output-buffer-limit", "normal 4mb 0 0");
  runLine("SETRANGE big 1048575 x");
  feed("MGET big big big");
  CHECK_FALSE(gone());
  std::string many = "MGET";
  for (int i = 0; i < 10'000; ++i) many += " big";
  feed(many);
  CHECK(gone());
  CHECK(client().output().overflowed());
  CHECK(client().output().memoryBytes() == 0);
  CHECK(disconnections() == 1);
}

TEST_CASE_METHOD(LimitsFixture, "commands without end stop at the bound") {
  configure("client-output-buffer-max", "1mb");
  runLine("SADD set a");
  runLine("HSET hash f v");
  runLine("ZADD zset 1 m");
  const std::string endless = "-9223372036854775807";
  const std::string half = "-4611686018427387903";
  // The first number is too large before the command begins; the second becomes too large while the
  // reply is built.
  for (const std::string& count : {endless, std::string("-160000")}) {
    for (const std::string& command :
         {"SRANDMEMBER set " + count, "HRANDFIELD hash " + count, "ZRANDMEMBER zset " + count,
          "HRANDFIELD hash " + (count == endless ? half : count) + " WITHVALUES",
          "ZRANDMEMBER zset " + (count == endless ? half : count) + " WITHSCORES"}) {
      INFO(command);
      Client& other = addClient();
      FakeTransport transport("127.0.0.1:3", "127.0.0.1:2");
      LimitedOutput bound(parts(), other);
      other.transport = &transport;
      other.output().setBound(bound);
      const uint64_t before = disconnections();
      runLine(other, command);
      CHECK(other.close_asap);
      CHECK(disconnections() == before + 1);
      other.transport = nullptr;
    }
  }
}

TEST_CASE_METHOD(LimitsFixture, "a transaction that replies too much writes all it was to write") {
  configure("client-output-buffer-max", "1mb");
  runLine("SETRANGE big 500000 x");
  feed("MULTI");
  feed("SET before 1");
  for (int i = 0; i < 100; ++i) feed("GET big");
  feed("SET behind 1");
  const uint64_t gets = parts().commands.find("get")->stats.calls;
  feed("EXEC");
  CHECK(gone());
  CHECK(runLine(addClient(), "MGET before behind") == array({bulk("1"), bulk("1")}));
  // Those whose reply nobody would get were not run.
  CHECK(parts().commands.find("get")->stats.calls - gets < 10);
}

TEST_CASE_METHOD(LimitsFixture, "the pipeline behind a reply that is too long is not run") {
  configure("client-output-buffer-max", "1mb");
  runLine("SETRANGE big 600000 x");
  feed("GET big\r\nGET big\r\nSET k v");
  CHECK(gone());
  CHECK(runLine(addClient(), "GET k") == kNull);
}

TEST_CASE_METHOD(PasswordFixture, "before AUTH a kilobyte of replies may wait") {
  feed("FOO");
  while (client().output().size() + 100 < OutputLimits::kUnauthenticatedBytesMax) feed("PING");
  CHECK_FALSE(gone());
  for (int i = 0; i < 4; ++i) feed("PING");
  CHECK(gone());
  CHECK(disconnections() == 1);
  CHECK(parts().runtime.stats.unauthenticated_output_disconnections == 1);
}

TEST_CASE_METHOD(PasswordFixture,
                 "who has authenticated may be owed more, and so may who has RESET") {
  feed("AUTH secret");
  feed("SETRANGE k 5000 x");
  feed("GET k");
  CHECK(client().output().size() > 5000);
  // Replies to requests that it sent while it was authenticated do not count.
  feed("RESET");
  for (int i = 0; i < 20; ++i) feed("PING");
  CHECK_FALSE(gone());
  for (int i = 0; i < 20; ++i) feed("PING");
  CHECK(gone());
}

}  // namespace inkstone::test
