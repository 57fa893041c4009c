#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "tests/unit/server/commands/member_replies.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("SADD counts what is new, and only that changes anything") {
  ServerFixture f;
  f.startLog();
  CHECK(f.runLine("SADD s a b a 1") == integer(3));
  CHECK(f.parts().data.dirty == 3);
  CHECK(f.runLine("SADD s a 1") == integer(0));
  CHECK(f.parts().data.dirty == 3);
  CHECK(f.logged() == "SELECT 0\nSADD s a b a 1\n");
  CHECK(sortedMembers(f.runLine("SMEMBERS s")) == std::vector<std::string>{"1", "a", "b"});
}

TEST_CASE("a hint of many members chooses the encoding at once") {
  ServerFixture f({"--set-max-intset-entries", "4"});
  f.runLine("SADD s 1");
  f.runLine("SADD s 1 1 1 1");
  CHECK(f.runLine("OBJECT ENCODING s") == bulk("intset"));
  f.runLine("SADD s 1 1 1 1 1");
  CHECK(f.runLine("OBJECT ENCODING s") == bulk("hashtable"));
  CHECK(f.runLine("SCARD s") == integer(1));
}

TEST_CASE("SREM counts what it took away and deletes an empty set") {
  ServerFixture f;
  f.runLine("SADD s a b c");
  f.startLog();
  CHECK(f.runLine("SREM s x y") == integer(0));
  CHECK(f.logged().empty());
  CHECK(f.runLine("SREM s a x b") == integer(2));
  CHECK(f.runLine("SREM s c c a") == integer(1));
  CHECK(f.parts().data.dirty == 6);
  CHECK(f.runLine("EXISTS s") == integer(0));
  CHECK(f.runLine("SREM s c") == integer(0));
  CHECK(f.logged() == "SELECT 0\nSREM s a x b\nSREM s c c a\n");
}

TEST_CASE("SMOVE moves one member, creates the target and deletes an empty source") {
  ServerFixture f;
  f.runLine("SADD s a b");
  f.startLog();
  CHECK(f.runLine("SMOVE s d x") == integer(0));
  CHECK(f.runLine("EXISTS d") == integer(0));
  CHECK(f.runLine("SMOVE s d a") == integer(1));
  // One change for what is gone, one for what is new.
  CHECK(f.parts().data.dirty == 4);
  f.runLine("SADD d b");
  CHECK(f.runLine("SMOVE s d b") == integer(1));
  CHECK(f.parts().data.dirty == 6);
  CHECK(f.runLine("EXISTS s") == integer(0));
  CHECK(sortedMembers(f.runLine("SMEMBERS d")) == std::vector<std::string>{"a", "b"});
  CHECK(f.logged() == "SELECT 0\nSMOVE s d a\nSADD d b\nSMOVE s d b\n");
}

TEST_CASE("SMOVE onto the same set says whether the member is there") {
  ServerFixture f;
  f.runLine("SADD s a");
  CHECK(f.runLine("SMOVE s s a") == integer(1));
  CHECK(f.runLine("SMOVE s s b") == integer(0));
  CHECK(f.parts().data.dirty == 1);
}

TEST_CASE("SMOVE with an expired source or target") {
  ServerFixture f;
  f.runLine("SADD s a b");
  f.runLine("SADD d b");
  f.runLine("PEXPIRE d 1");
  f.sleepMs(5);
  CHECK(f.runLine("SMOVE s d a") == integer(1));
  CHECK(f.runLine("SMEMBERS d") == array({bulk("a")}));
  f.runLine("PEXPIRE s 1");
  f.sleepMs(5);
  CHECK(f.runLine("SMOVE s d b") == integer(0));
  CHECK(f.runLine("EXISTS s") == integer(0));
}

TEST_CASE("membership is told of one member or several, also without a key") {
  ServerFixture f;
  f.runLine("SADD s a 5");
  CHECK(f.runLine("SISMEMBER s 5") == integer(1));
  CHECK(f.runLine("SISMEMBER s 05") == integer(0));
  CHECK(f.runLine("SISMEMBER none a") == integer(0));
  CHECK(f.runLine("SMISMEMBER s 5 b a") == array({integer(1), integer(0), integer(1)}));
  CHECK(f.runLine("SMISMEMBER none a b") == array({integer(0), integer(0)}));
  CHECK(f.runLine("SCARD s") == integer(2));
  CHECK(f.runLine("SCARD none") == integer(0));
  CHECK(f.runLine("SMEMBERS none") == array({}));
  f.runLine("HELLO 3");
  CHECK(f.runLine("SMEMBERS none") == "~0\r\n");
  f.runLine("SREM s a");
  CHECK(f.runLine("SMEMBERS s") == "~1\r\n$1\r\n5\r\n");
}

TEST_CASE("set commands refuse other types") {
  ServerFixture f;
  f.runLine("SET str x");
  f.runLine("SADD s a");
  for (const char* line :
       {"SADD str a", "SREM str a", "SISMEMBER str a", "SMISMEMBER str a", "SCARD str",
        "SMEMBERS str", "SMOVE str s a", "SMOVE s str a", "SMOVE s str x", "SPOP str",
        "SRANDMEMBER str", "SINTER s str", "SINTER none str", "SUNION none str", "SDIFF none str",
        "SINTERSTORE d none str", "SINTERCARD 2 none str", "SSCAN str 0"}) {
    INFO(line);
    CHECK(f.runLine(line) == errorReply(errors::kWrongType));
  }
  // There is nothing to move, so the type of the target does not matter.
  CHECK(f.runLine("SMOVE none str a") == integer(0));
}
