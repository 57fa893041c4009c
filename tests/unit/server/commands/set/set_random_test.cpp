#include <set>

#include "server/command_table/errors.h"
#include "tests/unit/server/commands/member_replies.h"
#include "tests/unit/server/fake_transport.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("SRANDMEMBER picks every member with the same probability, in each form and encoding") {
  constexpr int kMembers = 40;
  for (const char* encoding : {"intset", "listpack", "hashtable"}) {
    for (const char* form : {"SRANDMEMBER s", "SRANDMEMBER s -7", "SRANDMEMBER s -400",
                             "SRANDMEMBER s 10", "SRANDMEMBER s 30"}) {
      ServerFixture f;
      fillSet(f, "s", encoding, kMembers);
      std::map<std::string, int> draws;
      for (int drawn = 0; drawn < 40'000;) {
        std::string reply = f.runLine(form);
        if (reply[0] == '$') reply = "*1\r\n" + reply;
        for (const std::string& member : members(reply)) {
          ++draws[member];
          ++drawn;
        }
      }
      INFO(encoding << ": " << form);
      checkEvenly(draws, kMembers);
    }
  }
}

TEST_CASE("a positive count gives different members, a negative one as many as asked") {
  constexpr size_t kMembers = 50;
  for (const char* encoding : {"intset", "listpack", "hashtable"}) {
    ServerFixture f;
    fillSet(f, "s", encoding, kMembers);
    for (size_t count : {0U, 1U, 2U, 10U, 25U, 40U, 49U, 50U, 51U, 1000U}) {
      const auto picked = members(f.run({"SRANDMEMBER", "s", std::to_string(count)}));
      CHECK(picked.size() == std::min(count, kMembers));
      CHECK(std::set<std::string>(picked.begin(), picked.end()).size() == picked.size());
      if (count == 0) continue;
      CHECK(members(f.run({"SRANDMEMBER", "s", "-" + std::to_string(count)})).size() == count);
    }
    CHECK(f.runLine("SCARD s") == integer(kMembers));
  }
}

TEST_CASE("a count without end stops at the output limit, or at once if nobody listens") {
  ServerFixture f;
  FakeTransport transport("127.0.0.1:1", "127.0.0.1:2");
  LimitedOutput bound(f.parts(), f.client());
  f.client().transport = &transport;
  f.client().output().setBound(bound);
  f.runLine("SADD s a");
  f.runLine("CLIENT REPLY OFF");
  CHECK(f.runLine("SRANDMEMBER s -9223372036854775807").empty());
  f.runLine("CLIENT REPLY ON");
  f.configure("client-output-buffer-limit", "normal 100000 0 0");
  f.run({"SRANDMEMBER", "s", "-9223372036854775807"});
  CHECK(f.client().closing());
}

TEST_CASE("SRANDMEMBER's shapes and errors") {
  ServerFixture f;
  f.runLine("SADD s a");
  f.runLine("SET str x");
  CHECK(f.runLine("SRANDMEMBER s") == bulk("a"));
  CHECK(f.runLine("SRANDMEMBER s -2") == array({bulk("a"), bulk("a")}));
  CHECK(f.runLine("SRANDMEMBER none") == kNull);
  CHECK(f.runLine("SRANDMEMBER none -5") == array({}));
  CHECK(f.runLine("SRANDMEMBER str") == errorReply(errors::kWrongType));
  CHECK(f.runLine("SRANDMEMBER str 0") == errorReply(errors::kWrongType));
  CHECK(f.runLine("SRANDMEMBER str abc") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("SRANDMEMBER str -9223372036854775808") == errorReply(errors::kNotSymmetricLong));
  CHECK(f.runLine("SRANDMEMBER str 1 2") == errorReply(errors::kSyntax));
  f.runLine("HELLO 3");
  CHECK(f.runLine("SRANDMEMBER none") == "_\r\n");
  CHECK(f.runLine("SRANDMEMBER s 5") == array({bulk("a")}));
  CHECK(f.runLine("SRANDMEMBER none 5") == array({}));
}
