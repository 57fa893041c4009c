#include <set>

#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "tests/unit/server/commands/member_replies.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::vector<std::string> kSetEncodings = {"intset", "listpack", "hashtable"};

// Members named in the SREMs of a log, and the most one of them has.
struct Removals {
  std::set<std::string> members;
  size_t commands = 0;
  size_t most = 0;
};

Removals removalsIn(const std::string& log) {
  Removals removals;
  size_t line_begin = 0;
  while (line_begin < log.size()) {
    const size_t line_end = log.find('\n', line_begin);
    std::string line = log.substr(line_begin, line_end - line_begin);
    line_begin = line_end + 1;
    if (line.rfind("SREM s ", 0) != 0) continue;
    ++removals.commands;
    size_t words = 0;
    for (size_t at = 6; at < line.size(); ++words) {
      const size_t end = std::min(line.find(' ', at + 1), line.size());
      removals.members.insert(line.substr(at + 1, end - at - 1));
      at = end;
    }
    removals.most = std::max(removals.most, words);
  }
  return removals;
}

}  // namespace

TEST_CASE("SPOP takes every member with the same probability, in each encoding") {
  constexpr int kMembers = 20;
  for (const std::string& encoding : kSetEncodings) {
    for (const char* form : {"SPOP s", "SPOP s 4", "SPOP s 18"}) {
      ServerFixture f;
      std::map<std::string, int> draws;
      for (int drawn = 0; drawn < 10'000;) {
        f.runLine("DEL s");
        fillSet(f, "s", encoding, kMembers);
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

TEST_CASE("what SPOP replies is gone, what it does not is there") {
  constexpr size_t kMembers = 100;
  for (const std::string& encoding : kSetEncodings) {
    for (size_t count : {1U, 2U, 49U, 50U, 83U, 84U, 90U, 99U}) {
      ServerFixture f;
      fillSet(f, "s", encoding, kMembers);
      const std::vector<std::string> all = sortedMembers(f.runLine("SMEMBERS s"));
      std::vector<std::string> popped = members(f.run({"SPOP", "s", std::to_string(count)}));
      CHECK(popped.size() == count);
      std::vector<std::string> united = members(f.runLine("SMEMBERS s"));
      CHECK(united.size() == kMembers - count);
      united.insert(united.end(), popped.begin(), popped.end());
      CHECK(sorted(united) == all);
    }
  }
}

TEST_CASE("SPOP that leaves few of many makes a new set of them") {
  ServerFixture f;
  fillSet(f, "s", "hashtable", 60);
  f.runLine("PEXPIRE s 100000");
  f.runLine("SPOP s 49");
  CHECK(f.runLine("OBJECT ENCODING s") == bulk("hashtable"));
  f.runLine("SADD s a b c d");
  f.runLine("SPOP s 13");
  CHECK(f.runLine("SCARD s") == integer(2));
  CHECK(f.runLine("OBJECT ENCODING s") == bulk("listpack"));
  CHECK(f.runLine("PTTL s") != integer(-1));
}

TEST_CASE("one member popped is propagated as SREM") {
  ServerFixture f;
  f.runLine("SADD s a");
  f.startLog();
  CHECK(f.runLine("SPOP s") == bulk("a"));
  CHECK(f.runLine("EXISTS s") == integer(0));
  CHECK(f.logged() == "SELECT 0\nSREM s a\n");
  CHECK(f.runLine("SPOP s") == kNull);
  CHECK(f.logged().empty());
}

TEST_CASE("all members popped are propagated as a deletion") {
  ServerFixture f;
  f.startLog();
  f.runLine("SADD s a b");
  CHECK(sortedMembers(f.runLine("SPOP s 2")) == std::vector<std::string>{"a", "b"});
  f.runLine("SADD s a");
  CHECK(f.runLine("SPOP s 9223372036854775807") == array({bulk("a")}));
  CHECK(f.parts().data.dirty == 6);
  f.configure("lazyfree-lazy-server-del", "yes");
  f.runLine("SADD s a");
  f.runLine("SPOP s 1");
  CHECK(f.logged() == "SELECT 0\nSADD s a b\nDEL s\nSADD s a\nDEL s\nSADD s a\nUNLINK s\n");
}

TEST_CASE("many members popped are propagated 1,024 a SREM within one transaction") {
  ServerFixture f;
  fillSet(f, "s", "hashtable", 6000);
  const uint64_t dirty_before = f.parts().data.dirty;
  f.startLog();
  for (const int count : {1024, 1025, 2500}) {
    std::vector<std::string> popped = members(f.run({"SPOP", "s", std::to_string(count)}));
    const std::string log = f.logged();
    const Removals removals = removalsIn(log);
    CHECK(removals.members == std::set<std::string>(popped.begin(), popped.end()));
    CHECK(removals.commands == static_cast<size_t>((count + 1023) / 1024));
    CHECK(removals.most == 1024);
    CHECK((log.find("MULTI\n") != std::string::npos) == (count > 1024));
    CHECK((log.find("EXEC\n") == log.size() - 5) == (count > 1024));
  }
  CHECK(f.parts().data.dirty - dirty_before == 1024 + 1025 + 2500);
}

TEST_CASE("SPOP's shapes and errors") {
  ServerFixture f;
  f.runLine("SADD s a b c");
  f.runLine("SET str x");
  for (const char* count : {"-1", "abc", "", "9223372036854775808"}) {
    CHECK(f.run({"SPOP", "str", count}) == errorReply(errors::kMustBePositive));
  }
  CHECK(f.runLine("SPOP str 1 2") == errorReply(errors::kSyntax));
  CHECK(f.runLine("SPOP str 0") == errorReply(errors::kWrongType));
  const uint64_t dirty = f.parts().data.dirty;
  CHECK(f.runLine("SPOP s 0") == array({}));
  CHECK(f.runLine("SPOP none 3") == array({}));
  CHECK(f.parts().data.dirty == dirty);
  f.runLine("HELLO 3");
  CHECK(f.runLine("SPOP s 0") == "~0\r\n");
  CHECK(f.runLine("SPOP none 3") == "~0\r\n");
  CHECK(f.runLine("SPOP none") == "_\r\n");
  CHECK(f.runLine("SPOP s 2").substr(0, 4) == "~2\r\n");
  CHECK(f.runLine("SPOP s 2").substr(0, 4) == "~1\r\n");
}
