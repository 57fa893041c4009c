#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "server/process/runtime.h"
#include "tests/unit/server/commands/member_replies.h"

using namespace inkstone;
using namespace inkstone::test;

using Texts = std::vector<std::string>;

namespace {

Texts sort(ServerFixture& f, const std::string& line) {
  const Texts rows = members(f.runLine("SORT " + line));
  CHECK(members(f.runLine("SORT_RO " + line)) == rows);
  return rows;
}

}  // namespace

TEST_CASE("numbers are sorted by value and then by text, up or down") {
  ServerFixture f;
  f.runLine("RPUSH l 10 2 -1.5 1e1 3 10 inf -inf");
  CHECK(sort(f, "l") == Texts{"-inf", "-1.5", "2", "3", "10", "10", "1e1", "inf"});
  CHECK(sort(f, "l DESC") == Texts{"inf", "1e1", "10", "10", "3", "2", "-1.5", "-inf"});
  CHECK(sort(f, "l DESC ASC LIMIT 1 2") == Texts{"-1.5", "2"});
  f.runLine("SADD s 3 1 2");
  CHECK(sort(f, "s") == Texts{"1", "2", "3"});
  f.runLine("ZADD z 1 30 2 20 3 10");
  CHECK(sort(f, "z") == Texts{"10", "20", "30"});
  CHECK(f.runLine("SORT none") == array({}));
}

TEST_CASE("a number is what strtod reads") {
  ServerFixture f;
  const std::string with_zero("2\0abc", 5);
  f.run({"RPUSH", "l", " 5", "", "0x10", "+1", with_zero});
  CHECK(members(f.runLine("SORT l")) == Texts{"", "+1", with_zero, " 5", "0x10"});
  for (const char* text : {"abc", "nan", "1 ", "1e400", "1e-400", "1e-310", "-"}) {
    INFO(text);
    f.runLine("DEL l");
    f.run({"RPUSH", "l", "1", text});
    CHECK(f.runLine("SORT l") == errorReply(errors::kNotSortable));
    CHECK(f.runLine("SORT l STORE d") == errorReply(errors::kNotSortable));
    CHECK(members(f.runLine("SORT l ALPHA")).size() == 2);
  }
  CHECK(f.runLine("EXISTS d") == integer(0));
}

TEST_CASE("ALPHA sorts by text") {
  ServerFixture f;
  f.runLine("RPUSH l b a 10 9 B ab");
  CHECK(sort(f, "l ALPHA") == Texts{"10", "9", "B", "a", "ab", "b"});
  CHECK(sort(f, "l ALPHA DESC LIMIT 0 2") == Texts{"b", "ab"});
}

TEST_CASE("LIMIT cuts a part out, and takes any numbers") {
  ServerFixture f;
  f.runLine("RPUSH l 5 4 3 2 1");
  for (const std::string by : {"", " BY nosort DESC"}) {
    CHECK(sort(f, "l" + by + " LIMIT 1 2") == Texts{"2", "3"});
    CHECK(sort(f, "l" + by + " LIMIT -5 2") == Texts{"1", "2"});
    CHECK(sort(f, "l" + by + " LIMIT 3 -1") == Texts{"4", "5"});
    CHECK(sort(f, "l" + by + " LIMIT 3 100") == Texts{"4", "5"});
    CHECK(sort(f, "l" + by + " LIMIT 0 0").empty());
    CHECK(sort(f, "l" + by + " LIMIT 5 1").empty());
    CHECK(sort(f, "l" + by + " LIMIT 9223372036854775807 9223372036854775807").empty());
    CHECK(sort(f, "l" + by + " LIMIT -9223372036854775808 -9223372036854775808").size() == 5);
  }
}

TEST_CASE("a few of many are the same as the first of all sorted") {
  ServerFixture f;
  for (int i = 0; i < 3000; ++i) f.run({"RPUSH", "l", std::to_string(i * 7919 % 3000)});
  REQUIRE(f.runLine("OBJECT ENCODING l") == bulk("quicklist"));
  const Texts all = sort(f, "l");
  CHECK(sort(f, "l LIMIT 10 5") == Texts{"10", "11", "12", "13", "14"});
  CHECK(Texts(all.begin() + 2000, all.begin() + 2005) == sort(f, "l LIMIT 2000 5"));
  f.configure("list-compress-depth", "1");
  CHECK(sort(f, "l") == all);
}

TEST_CASE("BY a pattern sorts by what it leads to: keys, or fields of hashes") {
  ServerFixture f;
  f.runLine("RPUSH l 1 2 3 4");
  f.runLine("MSET w_1 30 w_2 10 w_3 20");
  // A weight that does not exist counts as 0; as text it sorts before all others.
  CHECK(sort(f, "l BY w_*") == Texts{"4", "2", "3", "1"});
  CHECK(sort(f, "l BY w_* ALPHA DESC") == Texts{"1", "3", "2", "4"});
  CHECK(sort(f, "l BY w_* LIMIT 1 1 GET w_* GET #") == Texts{"10", "2"});
  f.runLine("HSET h_1 f 1 g x");
  f.runLine("HSET h_2 f -1");
  CHECK(sort(f, "l BY h_*->f DESC") == Texts{"1", "4", "3", "2"});
  // A hash is no string, and a string no hash.
  CHECK(sort(f, "l BY h_* DESC") == Texts{"4", "3", "2", "1"});
  CHECK(sort(f, "l BY w_*->f DESC") == Texts{"4", "3", "2", "1"});
  f.runLine("SET w_4 text");
  CHECK(f.runLine("SORT l BY w_*") == errorReply(errors::kNotSortable));
  CHECK(sort(f, "l BY w_* ALPHA") == Texts{"2", "3", "1", "4"});
}

TEST_CASE("equal weights are sorted by the elements, equal texts stay as they were") {
  ServerFixture f;
  f.runLine("RPUSH l c a b");
  f.runLine("MSET w_a 1 w_b 1 w_c 1");
  CHECK(sort(f, "l BY w_*") == Texts{"a", "b", "c"});
  CHECK(sort(f, "l BY w_* DESC") == Texts{"c", "b", "a"});
  CHECK(sort(f, "l BY w_* ALPHA") == Texts{"c", "a", "b"});
  CHECK(sort(f, "l BY none_* ALPHA") == Texts{"c", "a", "b"});
}

TEST_CASE("equal weights of members of a set have one order, whatever the order of the set") {
  for (int server = 0; server < 5; ++server) {
    ServerFixture f;
    fillSet(f, "s", "hashtable", 20);
    f.run({"ZADD", "z", "1", std::string(65, 'x')});
    for (int i = 0; i < 20; ++i) f.run({"ZADD", "z", "1", "m" + std::to_string(i)});
    f.runLine("SORT s BY none_* ALPHA STORE d");
    const Texts stored = members(f.runLine("LRANGE d 0 -1"));
    CHECK(stored == sortedMembers(f.runLine("SMEMBERS s")));
    f.runLine("SORT z BY none_* ALPHA DESC LIMIT 0 20 STORE d");
    CHECK(members(f.runLine("LRANGE d 0 -1")) == stored);
  }
}

TEST_CASE("BY without a place for the element keeps the order of lists and sorted sets") {
  ServerFixture f;
  f.runLine("RPUSH l c a b");
  f.runLine("ZADD z 3 x 1 y 2 w");
  CHECK(sort(f, "l BY nosort") == Texts{"c", "a", "b"});
  CHECK(sort(f, "l BY nosort DESC") == Texts{"b", "a", "c"});
  CHECK(sort(f, "z BY nosort") == Texts{"y", "w", "x"});
  CHECK(sort(f, "z BY nosort DESC LIMIT 1 2") == Texts{"w", "y"});
  CHECK(sort(f, "z BY nosort LIMIT 1 1") == Texts{"w"});
  for (int i = 0; i < 300; ++i) f.run({"ZADD", "big", std::to_string(i), "m" + std::to_string(i)});
  CHECK(sort(f, "big BY nosort LIMIT 298 5") == Texts{"m298", "m299"});
  CHECK(sort(f, "big BY nosort DESC LIMIT 298 5") == Texts{"m1", "m0"});
  // A later pattern does not bring the sorting back.
  CHECK(sort(f, "l BY nosort BY w_*") == Texts{"c", "a", "b"});
}

TEST_CASE("a set that is not sorted has any order, and a part of it") {
  ServerFixture f;
  f.runLine("SADD s 1 2 3 4");
  CHECK(sort(f, "s BY nosort") == Texts{"1", "2", "3", "4"});
  CHECK(sort(f, "s BY nosort LIMIT 1 2") == Texts{"2", "3"});
  // A stored result must be the same on every server.
  f.runLine("SADD t b c a");
  f.runLine("SORT t BY nosort STORE d");
  CHECK(members(f.runLine("LRANGE d 0 -1")) == Texts{"a", "b", "c"});
}

TEST_CASE("GET replies what patterns lead to, null where they lead nowhere") {
  ServerFixture f;
  f.runLine("RPUSH l 2 1");
  f.runLine("MSET v_1 one n_2 22");
  f.runLine("HSET h_1 f v");
  CHECK(f.runLine("SORT l GET # GET v_* GET h_*->f GET n_* GET fixed") ==
        array({bulk("1"), bulk("one"), bulk("v"), kNull, kNull, bulk("2"), kNull, kNull, bulk("22"),
               kNull}));
  // "->" without a field is a part of the name, and so is one before the star.
  f.runLine("MSET a_1-> x ->1 y");
  CHECK(f.runLine("SORT l LIMIT 0 1 GET a_*-> GET ->*") == array({bulk("x"), bulk("y")}));
  f.runLine("HELLO 3");
  CHECK(f.runLine("SORT l LIMIT 1 1 GET v_*") == "*1\r\n_\r\n");
}

TEST_CASE("STORE puts the result under a key as a list") {
  ServerFixture f;
  f.runLine("RPUSH l 3 1 2");
  f.runLine("SET v_1 one");
  f.runLine("SET d x PX 100000");
  f.startLog();
  const uint64_t dirty = f.parts().data.dirty;
  CHECK(f.runLine("SORT l STORE d GET v_* GET #") == integer(6));
  CHECK(f.parts().data.dirty == dirty + 6);
  CHECK(members(f.runLine("LRANGE d 0 -1")) == Texts{"one", "1", "", "2", "", "3"});
  CHECK(f.runLine("OBJECT ENCODING d") == bulk("listpack"));
  CHECK(f.runLine("PTTL d") == integer(-1));
  CHECK(f.runLine("SORT l STORE l DESC") == integer(3));
  CHECK(members(f.runLine("LRANGE l 0 -1")) == Texts{"3", "2", "1"});
  CHECK(f.runLine("SORT none STORE d") == integer(0));
  CHECK(f.runLine("EXISTS d") == integer(0));
  CHECK(f.parts().data.dirty == dirty + 10);
  CHECK(f.runLine("SORT none STORE d") == integer(0));
  f.runLine("SORT l");
  CHECK(f.parts().data.dirty == dirty + 10);
  CHECK(f.logged() ==
        "SELECT 0\nSORT l STORE d GET v_* GET #\nSORT l STORE l DESC\nSORT none STORE d\n");
}

TEST_CASE("a stored list that fits one node is a listpack") {
  ServerFixture f({"--list-max-listpack-size", "3"});
  f.runLine("RPUSH l 4 3 2 1");
  f.runLine("SORT l LIMIT 0 3 STORE d");
  CHECK(f.runLine("OBJECT ENCODING d") == bulk("listpack"));
  f.runLine("SORT l STORE d");
  CHECK(f.runLine("OBJECT ENCODING d") == bulk("quicklist"));
}

TEST_CASE("SORT says what is wrong: syntax before type") {
  ServerFixture f;
  f.runLine("SET str x");
  f.runLine("HSET hash f v");
  for (const std::string options :
       {"FOO", "LIMIT 1", "BY", "GET", "STORE", "STORE d FOO", "LIMIT 1 2 3"}) {
    CHECK(f.runLine("SORT str " + options) == errorReply(errors::kSyntax));
  }
  CHECK(f.runLine("SORT str LIMIT a 1 FOO") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("SORT str LIMIT 1 b") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("SORT_RO str STORE d") == errorReply(errors::kSyntax));
  CHECK(f.runLine("SORT str") == errorReply(errors::kWrongType));
  CHECK(f.runLine("SORT hash BY nosort") == errorReply(errors::kWrongType));
}

TEST_CASE("SORT's keys are what it sorts and where it stores") {
  ServerFixture f;
  CHECK(f.runLine("COMMAND GETKEYS SORT l BY x GET y STORE d STORE e LIMIT 1 2") ==
        array({bulk("l"), bulk("e")}));
  CHECK(f.runLine("COMMAND GETKEYS SORT l BY STORE STORE x") == array({bulk("l"), bulk("x")}));
  CHECK(f.runLine("COMMAND GETKEYS SORT l STORE") == array({bulk("l")}));
  CHECK(f.runLine("COMMAND GETKEYS SORT_RO l STORE d") == array({bulk("l")}));
}

TEST_CASE("locale-collate takes locales that exist") {
  ServerFixture f;
  f.runLine("RPUSH l b a B");
  f.runLine("CONFIG SET locale-collate C");
  CHECK(sort(f, "l ALPHA") == Texts{"B", "a", "b"});
  const std::string refused = f.runLine("CONFIG SET locale-collate no_SUCH");
  CHECK(refused.find("Invalid locale name") != std::string::npos);
  CHECK(f.parts().runtime.settings.locale_collate == "C");
}

TEST_CASE("SORT leaves the encoding of a sorted set as it is") {
  ServerFixture f;
  f.runLine("ZADD z 1 1 2 2");
  f.runLine("SORT z");
  CHECK(f.runLine("OBJECT ENCODING z") == bulk("listpack"));
}
