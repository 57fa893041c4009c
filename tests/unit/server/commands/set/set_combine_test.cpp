#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "tests/unit/server/commands/member_replies.h"

using namespace inkstone;
using namespace inkstone::test;

using Texts = std::vector<std::string>;

TEST_CASE("sets are combined, keys that do not exist counting as empty") {
  ServerFixture f;
  f.runLine("SADD a 1 2 3 x");
  f.runLine("SADD b 2 3 4 x");
  f.runLine("SADD c 3 9");
  CHECK(sortedMembers(f.runLine("SINTER a b")) == Texts{"2", "3", "x"});
  CHECK(sortedMembers(f.runLine("SINTER a b c")) == Texts{"3"});
  CHECK(f.runLine("SINTER a none b") == array({}));
  CHECK(sortedMembers(f.runLine("SINTER a a")) == Texts{"1", "2", "3", "x"});
  CHECK(sortedMembers(f.runLine("SUNION a c none")) == Texts{"1", "2", "3", "9", "x"});
  CHECK(f.runLine("SUNION none none") == array({}));
  CHECK(sortedMembers(f.runLine("SDIFF a b c")) == Texts{"1"});
  CHECK(sortedMembers(f.runLine("SDIFF a none")) == Texts{"1", "2", "3", "x"});
  CHECK(f.runLine("SDIFF a b a") == array({}));
  CHECK(f.runLine("SDIFF none a") == array({}));
  f.runLine("HELLO 3");
  CHECK(f.runLine("SINTER a c") == "~1\r\n$1\r\n3\r\n");
  CHECK(f.runLine("SDIFF c a") == "~1\r\n$1\r\n9\r\n");
  CHECK(f.runLine("SUNION none") == "~0\r\n");
}

TEST_CASE("a union of small sets comes with its integers in ascending order") {
  ServerFixture f;
  f.runLine("SADD a 30 10");
  f.runLine("SADD b 20 -5");
  CHECK(members(f.runLine("SUNION a b")) == Texts{"-5", "10", "20", "30"});
}

TEST_CASE("results are stored under a key, which loses what it held and its time of expiry") {
  ServerFixture f;
  f.runLine("SADD a 1 2 3");
  f.runLine("SADD b 2 3 4");
  f.runLine("SET d x PX 100000");
  f.startLog();
  const uint64_t dirty = f.parts().data.dirty;
  CHECK(f.runLine("SINTERSTORE d a b") == integer(2));
  CHECK(f.parts().data.dirty == dirty + 1);
  CHECK(f.runLine("PTTL d") == integer(-1));
  CHECK(f.runLine("OBJECT ENCODING d") == bulk("intset"));
  CHECK(members(f.runLine("SMEMBERS d")) == Texts{"2", "3"});
  CHECK(f.runLine("SUNIONSTORE d a b") == integer(4));
  CHECK(f.runLine("SDIFFSTORE d a b") == integer(1));
  // An operand may be the target.
  CHECK(f.runLine("SUNIONSTORE a a b") == integer(4));
  CHECK(members(f.runLine("SMEMBERS a")) == Texts{"1", "2", "3", "4"});
  CHECK(f.parts().data.dirty == dirty + 4);
  CHECK(f.logged() ==
        "SELECT 0\nSINTERSTORE d a b\nSUNIONSTORE d a b\nSDIFFSTORE d a b\nSUNIONSTORE a a b\n");
}

TEST_CASE("an empty result deletes the target, and changes nothing where there was none") {
  ServerFixture f;
  f.runLine("SADD a 1");
  f.runLine("SET d x");
  f.startLog();
  const uint64_t dirty = f.parts().data.dirty;
  CHECK(f.runLine("SINTERSTORE d a none") == integer(0));
  CHECK(f.runLine("EXISTS d") == integer(0));
  CHECK(f.parts().data.dirty == dirty + 1);
  CHECK(f.runLine("SINTERSTORE d a none") == integer(0));
  CHECK(f.runLine("SUNIONSTORE d none") == integer(0));
  CHECK(f.runLine("SDIFFSTORE d a a") == integer(0));
  CHECK(f.parts().data.dirty == dirty + 1);
  CHECK(f.logged() == "SELECT 0\nSINTERSTORE d a none\n");
}

TEST_CASE("a stored result has the encoding that its members ask for") {
  ServerFixture f;
  f.runLine("SADD a 1 2");
  f.runLine("SADD b x");
  f.runLine("SADD t 2");
  f.run({"SADD", "t", std::string(65, 'x')});
  f.runLine("SUNIONSTORE d a b");
  CHECK(f.runLine("OBJECT ENCODING d") == bulk("listpack"));
  f.runLine("SUNIONSTORE d a t");
  CHECK(f.runLine("OBJECT ENCODING d") == bulk("hashtable"));
  f.runLine("SINTERSTORE d a t");
  CHECK(f.runLine("OBJECT ENCODING d") == bulk("intset"));
}

TEST_CASE("SINTERCARD counts up to its limit") {
  ServerFixture f;
  f.runLine("SADD a 1 2 3");
  f.runLine("SADD b 2 3 4");
  CHECK(f.runLine("SINTERCARD 2 a b") == integer(2));
  CHECK(f.runLine("SINTERCARD 2 a b LIMIT 1") == integer(1));
  CHECK(f.runLine("SINTERCARD 2 a b limit 0") == integer(2));
  CHECK(f.runLine("SINTERCARD 2 a b LIMIT 1 LIMIT 9223372036854775807") == integer(2));
  CHECK(f.runLine("SINTERCARD 1 a LIMIT 2") == integer(2));
  CHECK(f.runLine("SINTERCARD 2 a none") == integer(0));
}

TEST_CASE("SINTERCARD says what is wrong with its arguments, one thing after the other") {
  ServerFixture f;
  f.runLine("SET str x");
  for (const char* number : {"0", "-1", "abc"}) {
    CHECK(f.run({"SINTERCARD", number, "str"}) == errorReply(errors::kNumkeysNotPositive));
  }
  CHECK(f.runLine("SINTERCARD 2 str") == errorReply(errors::kNumkeysTooLarge));
  CHECK(f.runLine("SINTERCARD 9223372036854775807 str") == errorReply(errors::kNumkeysTooLarge));
  CHECK(f.runLine("SINTERCARD 1 str LIMIT") == errorReply(errors::kSyntax));
  CHECK(f.runLine("SINTERCARD 1 str foo") == errorReply(errors::kSyntax));
  for (const char* limit : {"-1", "abc", "9223372036854775808"}) {
    CHECK(f.run({"SINTERCARD", "1", "str", "LIMIT", limit}) == errorReply(errors::kLimitNegative));
  }
  CHECK(f.runLine("SINTERCARD 1 str LIMIT 1") == errorReply(errors::kWrongType));
}
