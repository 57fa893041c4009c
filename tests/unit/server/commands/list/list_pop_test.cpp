#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::string kNullArray = "*-1\r\n";
const std::string kNull3 = "_\r\n";

}  // namespace

TEST_CASE("pops take from their end, and the key goes with the last element") {
  ServerFixture f;
  f.runLine("RPUSH l a b c");
  CHECK(f.runLine("LPOP l") == bulk("a"));
  CHECK(f.runLine("RPOP l") == bulk("c"));
  CHECK(f.runLine("LPOP l") == bulk("b"));
  CHECK(f.runLine("EXISTS l") == integer(0));
  CHECK(f.runLine("LPOP l") == kNull);
}

TEST_CASE("a count pops so many, in the order single pops would") {
  ServerFixture f;
  f.runLine("RPUSH l 1 2 3 4 5 6");
  CHECK(f.runLine("LPOP l 2") == array({bulk("1"), bulk("2")}));
  CHECK(f.runLine("RPOP l 2") == array({bulk("6"), bulk("5")}));
  CHECK(f.runLine("RPOP l 0") == array({}));
  CHECK(f.runLine("RPOP l 9223372036854775807") == array({bulk("4"), bulk("3")}));
  CHECK(f.runLine("EXISTS l") == integer(0));
}

TEST_CASE("a missing list gives null, with a count a null array") {
  ServerFixture f;
  CHECK(f.runLine("LPOP none") == kNull);
  CHECK(f.runLine("RPOP none 0") == kNullArray);
  CHECK(f.runLine("LPOP none 1") == kNullArray);
  CHECK(f.runLine("LMPOP 1 none LEFT") == kNullArray);
  f.client().reply().setProtocol(3);
  CHECK(f.runLine("LPOP none") == kNull3);
  CHECK(f.runLine("RPOP none 1") == kNull3);
  CHECK(f.runLine("LMPOP 1 none LEFT") == kNull3);
}

TEST_CASE("pops say what is wrong: count, then type") {
  ServerFixture f;
  f.runLine("SET s x");
  CHECK(f.runLine("LPOP s -1") == errorReply(errors::kMustBePositive));
  CHECK(f.runLine("RPOP s x") == errorReply(errors::kMustBePositive));
  CHECK(f.runLine("LPOP none 9223372036854775808") == errorReply(errors::kMustBePositive));
  CHECK(f.runLine("LPOP s 1") == errorReply(errors::kWrongType));
  CHECK(f.runLine("RPOP s") == errorReply(errors::kWrongType));
  CHECK(f.runLine("LPOP s 1 2") == errorReply("ERR wrong number of arguments for 'lpop' command"));
}

TEST_CASE("pops log as they came, and not at all when nothing was popped") {
  ServerFixture f;
  f.runLine("RPUSH l 1 2 3 4 5 6");
  f.startLog();
  const uint64_t before = f.parts().data.dirty;
  f.runLine("LPOP l");
  f.runLine("RPOP l 2");
  f.runLine("LPOP l 0");
  f.runLine("LPOP none 1");
  CHECK(f.parts().data.dirty - before == 3);
  f.runLine("LPOP l 100");
  CHECK(f.parts().data.dirty - before == 6);
  CHECK(f.logged() == "SELECT 0\nLPOP l\nRPOP l 2\nLPOP l 100\n");
}

TEST_CASE("LMPOP pops from the first list that is there and logs what it did") {
  ServerFixture f;
  f.runLine("RPUSH b 1 2 3");
  f.runLine("RPUSH c 4");
  f.startLog();
  CHECK(f.runLine("LMPOP 3 a b c RIGHT COUNT 2") ==
        array({bulk("b"), array({bulk("3"), bulk("2")})}));
  CHECK(f.runLine("LMPOP 3 a b c LEFT count 5") == array({bulk("b"), array({bulk("1")})}));
  CHECK(f.runLine("LMPOP 3 a b c left") == array({bulk("c"), array({bulk("4")})}));
  CHECK(f.runLine("LMPOP 3 a b c LEFT") == kNullArray);
  CHECK(f.logged() == "SELECT 0\nRPOP b 2\nLPOP b 1\nLPOP c 1\n");
  CHECK(f.runLine("DBSIZE") == integer(0));
}

TEST_CASE("LMPOP says what is wrong before it looks at keys") {
  ServerFixture f;
  f.runLine("SET s x");
  f.runLine("RPUSH l a");
  for (const char* count : {"0", "-1", "x", ""}) {
    CHECK(f.run({"LMPOP", count, "l", "LEFT"}) == errorReply(errors::kNumkeysNotPositive));
    CHECK(f.run({"LMPOP", "1", "s", "LEFT", "COUNT", count}) ==
          errorReply(errors::kCountNotPositive));
  }
  for (const char* line : {"LMPOP 2 l LEFT", "LMPOP 3 l s LEFT", "LMPOP 9223372036854775807 l LEFT",
                           "LMPOP 1 l UP", "LMPOP 1 l LEFT COUNT", "LMPOP 1 l LEFT FOO 1",
                           "LMPOP 1 l LEFT COUNT 1 COUNT 1", "LMPOP 2 l s LEFT COUNT"}) {
    INFO(line);
    CHECK(f.runLine(line) == errorReply(errors::kSyntax));
  }
  CHECK(f.runLine("LMPOP 2 none s LEFT") == errorReply(errors::kWrongType));
  CHECK(f.runLine("LMPOP 2 s l LEFT") == errorReply(errors::kWrongType));
  CHECK(f.runLine("LLEN l") == integer(1));
}

TEST_CASE("a long list can be popped whole, to be freed elsewhere") {
  ServerFixture f({"--lazyfree-lazy-server-del", "yes"});
  std::vector<std::string> texts;
  for (int i = 0; i < 5000; ++i) texts.push_back("element:" + std::to_string(i));
  ServerFixture::Args args = {"RPUSH", "l"};
  std::string expected = "*5000\r\n";
  for (const std::string& text : texts) {
    args.push_back(text);
    expected += bulk(text);
  }
  f.run(args);
  CHECK(f.runLine("LPOP l 6000") == expected);
  CHECK(f.runLine("EXISTS l") == integer(0));
}
