#include <catch2/catch.hpp>

#include "server/acl/access_control.h"
#include "server/acl/password_hash.h"
#include "server/clients/clients.h"
#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

// A server with an administrator and a client of a user "bob", whose password is "p".
class AclFixture : public ServerFixture {
 public:
  explicit AclFixture(const std::string& rules, const std::vector<std::string>& directives = {})
      : ServerFixture(directives), bob_(connect()) {
    REQUIRE(runLine("ACL SETUSER bob on >p " + rules) == kOk);
    REQUIRE(as("AUTH bob p") == kOk);
  }
  ~AclFixture() {
    for (Client* const client : connected_) parts().clients.registry.remove(*client);
  }
  AclFixture(const AclFixture&) = delete;
  AclFixture& operator=(const AclFixture&) = delete;

  Client& connect() {
    Client& client = addClient();
    parts().clients.registry.add(client);
    parts().acl.welcome(client);
    connected_.push_back(&client);
    return client;
  }
  std::string as(std::string_view words) { return runLine(bob_, words); }
  Client& bob() { return bob_; }

  // Object and count of each entry of ACL LOG.
  std::string logged() {
    std::string text;
    for (const AclLogEntry& entry : parts().acl.log().entries()) {
      text += std::string(aclReasonName(entry.reason)) + " " +
              std::string(aclContextName(entry.context)) + " " + entry.object + " " + entry.user +
              " " + std::to_string(entry.count) + "\n";
    }
    return text;
  }

 private:
  std::vector<Client*> connected_;
  Client& bob_;
};

const std::string kNoKey = errorReply("NOPERM No permissions to access a key");
const std::string kNoChannel = errorReply("NOPERM No permissions to access a channel");

std::string noCommand(const std::string& name) {
  return errorReply("NOPERM User bob has no permissions to run the '" + name + "' command");
}

std::string nowForbidden(const std::string& reason) {
  return errorReply(
      "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC "
      "call. This command is no longer allowed for the following reason: no permission to " +
      reason);
}

}  // namespace

TEST_CASE("a command is refused for itself, for a key, for a channel, and noted each time") {
  AclFixture fixture("+@all -flushall ~a* &c*");
  CHECK(fixture.as("SET a 1") == kOk);
  CHECK(fixture.as("SET b 1") == kNoKey);
  CHECK(fixture.as("MSET a 1 b 2") == kNoKey);
  CHECK(fixture.as("FLUSHALL") == noCommand("flushall"));
  CHECK(fixture.as("PUBLISH c1 m") == integer(0));
  CHECK(fixture.as("PUBLISH d m") == kNoChannel);
  CHECK(fixture.as("GET") == errorReply("ERR wrong number of arguments for 'get' command"));
  CHECK(fixture.logged() ==
        "channel toplevel d bob 1\ncommand toplevel flushall bob 1\nkey toplevel b bob 2\n");
  const ServerStats& stats = fixture.parts().runtime.stats;
  CHECK(stats.denied_commands == 1);
  CHECK(stats.denied_keys == 2);
  CHECK(stats.denied_channels == 1);
  CHECK(fixture.parts().commands.find("set")->stats.rejected_calls == 1);
}

TEST_CASE("only who may do everything goes unchecked, until that changes") {
  AclFixture fixture("allcommands allkeys allchannels");
  CHECK(fixture.bob().unrestricted);
  fixture.runLine("ACL SETUSER bob -get");
  CHECK_FALSE(fixture.bob().unrestricted);
  CHECK(fixture.as("GET k") == noCommand("get"));
  fixture.runLine("ACL SETUSER bob +@all");
  CHECK(fixture.bob().unrestricted);
  CHECK(fixture.as("RESET") == "+RESET\r\n");
  CHECK(fixture.bob().userName() == "default");
  CHECK(fixture.bob().unrestricted);
  fixture.runLine("ACL SETUSER default -get");
  CHECK_FALSE(fixture.bob().unrestricted);
  CHECK(fixture.as("GET k") ==
        errorReply("NOPERM User default has no permissions to run the 'get' command"));
}

TEST_CASE("a new connection has to authenticate while the default user asks for it") {
  AclFixture fixture("");
  CHECK(fixture.connect().unrestricted);
  fixture.configure("requirepass", "secret");
  Client& late = fixture.connect();
  CHECK_FALSE(late.unrestricted);
  CHECK(fixture.runLine(late, "GET k") == errorReply(errors::kNoAuth));
  CHECK(fixture.runLine(late, "AUTH secret") == kOk);
  CHECK(late.unrestricted);
  Client& later = fixture.connect();
  fixture.configure("requirepass", "");
  CHECK(later.unrestricted);
  fixture.runLine(late, "ACL SETUSER default off");
  CHECK_FALSE(later.unrestricted);
  CHECK(fixture.runLine(later, "PING") == errorReply(errors::kNoAuth));
  // Clients that have authenticated stay connected.
  CHECK(fixture.runLine(late, "PING") == "+PONG\r\n");
}

TEST_CASE("AUTH needs a user that is there, switched on, and one of its passwords") {
  AclFixture fixture("+ping");
  const std::string wrong = errorReply(errors::kWrongPassword);
  CHECK(fixture.as("AUTH bob x") == wrong);
  CHECK(fixture.as("AUTH eve p") == wrong);
  fixture.runLine("ACL SETUSER bob >q");
  CHECK(fixture.as("AUTH bob q") == kOk);
  fixture.runLine("ACL SETUSER bob off");
  CHECK(fixture.as("AUTH bob p") == wrong);
  CHECK(fixture.as("PING") == "+PONG\r\n");
  fixture.runLine("ACL SETUSER bob on nopass");
  CHECK(fixture.as("AUTH bob anything") == kOk);
  CHECK(fixture.as("HELLO 3 AUTH eve p") == wrong);
  CHECK(fixture.logged() ==
        "auth toplevel HELLO eve 1\nauth toplevel AUTH bob 2\nauth toplevel AUTH eve 1\n");
  CHECK(fixture.parts().runtime.stats.auth_failures == 4);
}

TEST_CASE("a transaction is checked when it is queued and when it runs") {
  AclFixture fixture("+@all ~a &c");
  CHECK(fixture.as("MULTI") == kOk);
  CHECK(fixture.as("SET b 1") == kNoKey);
  CHECK(fixture.as("EXEC") == errorReply(errors::kExecAbort));
  CHECK(fixture.logged() == "key multi b bob 1\n");
  for (const char* words : {"MULTI", "SET a 1", "GET a", "PUBLISH c m", "PING"}) fixture.as(words);
  fixture.runLine("ACL SETUSER bob -get resetkeys ~b resetchannels");
  CHECK(fixture.as("EXEC") == "*4\r\n" + nowForbidden("touch the specified keys") +
                                  nowForbidden("execute the command or subcommand") +
                                  nowForbidden("access one of the channels used as arguments") +
                                  "+PONG\r\n");
  CHECK(fixture.runLine("EXISTS a") == integer(0));
  fixture.as("MULTI");
  fixture.runLine("ACL SETUSER bob -exec");
  CHECK(fixture.as("EXEC") ==
        errorReply("EXECABORT Transaction discarded because of: NOPERM User bob has no permissions "
                   "to run the 'exec' command"));
}

TEST_CASE("a command that waited is checked again before it is served") {
  AclFixture fixture("+@all ~*");
  CHECK(fixture.as("BLPOP list 0").empty());
  fixture.runLine("ACL SETUSER bob -blpop");
  fixture.runLine("RPUSH list x");
  CHECK(fixture.takeOutput(fixture.bob()) == noCommand("blpop"));
  CHECK(fixture.bob().blocked == nullptr);
  CHECK(fixture.runLine("LLEN list") == integer(1));
}

TEST_CASE("SORT follows patterns only for who may read any key") {
  AclFixture fixture("+@all ~list");
  fixture.runLine("RPUSH list 1");
  const std::string no_by = errorReply(errors::kSortByDenied);
  const std::string no_get = errorReply(errors::kSortGetDenied);
  CHECK(fixture.as("SORT list") == array({bulk("1")}));
  CHECK(fixture.as("SORT list BY nosort") == array({bulk("1")}));
  CHECK(fixture.as("SORT list BY w_*") == no_by);
  CHECK(fixture.as("SORT list GET #") == no_get);
  CHECK(fixture.as("SORT_RO list GET list") == no_get);
  fixture.runLine("ACL SETUSER bob %R~*");
  CHECK(fixture.as("SORT list BY w_* GET #") == array({bulk("1")}));
}

TEST_CASE("the log is replayed whatever the users may do") {
  ServerFixture fixture({"--user", "default", "on", "nopass", "-@all"});
  REQUIRE(fixture.parts().acl.loadAtStart().empty());
  CHECK(fixture.runLine("SET k v") ==
        errorReply("NOPERM User default has no permissions to run the 'set' command"));
  fixture.replay({"SET", "k", "v"});
  CHECK(fixture.parts().data.keyspace[0].size() == 1);
}

TEST_CASE("clients of a deleted user are disconnected, the one that deletes it behind its reply") {
  AclFixture fixture("+@all");
  Client& other = fixture.connect();
  REQUIRE(fixture.runLine(other, "AUTH bob p") == kOk);
  CHECK(fixture.runLine("ACL DELUSER default bob") == errorReply(errors::kDefaultUserStays));
  CHECK_FALSE(other.closing());
  CHECK(fixture.as("ACL DELUSER bob nosuch bob") == integer(1));
  CHECK(fixture.bob().close_after_reply);
  CHECK(other.close_asap);
  CHECK(other.userName() == "default");
  CHECK(fixture.as("ACL GETUSER bob") == kNull);
}

TEST_CASE("who listens to what is no longer allowed is disconnected") {
  AclFixture fixture("+@all &a &b*");
  fixture.as("SUBSCRIBE a b1");
  fixture.as("PSUBSCRIBE b*");
  const auto closes_after = [&](const std::string& rules) {
    REQUIRE(fixture.runLine("ACL SETUSER bob " + rules) == kOk);
    return fixture.bob().closing();
  };
  CHECK_FALSE(closes_after("&c"));
  CHECK_FALSE(closes_after("allchannels"));
  CHECK_FALSE(closes_after("resetchannels &a (&b*)"));
  CHECK_FALSE(closes_after("&b1 &b*"));
  CHECK_FALSE(closes_after("resetchannels &a clearselectors (&b*) &d"));
  CHECK_FALSE(closes_after("resetchannels &a"));
  CHECK(closes_after("clearselectors &b?"));
}

TEST_CASE("SETUSER does all that it is asked for or nothing") {
  AclFixture fixture("+get ~a");
  const std::string before = fixture.runLine("ACL LIST");
  CHECK(fixture.runLine("ACL SETUSER bob +set ~b bad") ==
        errorReply("ERR Error in ACL SETUSER modifier 'bad': Syntax error"));
  CHECK(fixture.runLine("ACL SETUSER bob +set (+get ~a") ==
        errorReply("ERR Unmatched parenthesis in acl selector starting at '(+get'."));
  CHECK(fixture.runLine("ACL SETUSER eve +nosuch") ==
        errorReply("ERR Error in ACL SETUSER modifier '+nosuch': Unknown command or category name "
                   "in ACL"));
  CHECK(fixture.run({"ACL", "SETUSER", "a b", "on"}) == errorReply(errors::kBadUserName));
  CHECK(fixture.runLine("ACL LIST") == before);
}

TEST_CASE("GETUSER tells flags, passwords, rules and selectors") {
  AclFixture fixture("+get ~a %R~b &c (+set ~d)");
  CHECK(fixture.runLine("ACL GETUSER bob") ==
        "*12\r\n" + bulk("flags") + array({bulk("on"), bulk("sanitize-payload")}) +
            bulk("passwords") + array({bulk(hashPassword("p"))}) + bulk("commands") +
            bulk("-@all +get") + bulk("keys") + bulk("~a %R~b") + bulk("channels") + bulk("&c") +
            bulk("selectors") + "*1\r\n*6\r\n" + bulk("commands") + bulk("-@all +set") +
            bulk("keys") + bulk("~d") + bulk("channels") + bulk(""));
  fixture.runLine("HELLO 3");
  CHECK(fixture.runLine("ACL GETUSER bob").starts_with("%6\r\n$5\r\nflags\r\n~2\r\n"));
  CHECK(fixture.runLine("ACL GETUSER nosuch") == "_\r\n");
}

TEST_CASE("DRYRUN tells what would be refused, and notes nothing") {
  AclFixture fixture("+get +publish +config|get ~a &c");
  const auto dry = [&](const std::string& words) {
    return fixture.runLine("ACL DRYRUN bob " + words);
  };
  CHECK(dry("GET a") == kOk);
  CHECK(dry("GET b") == bulk("User bob has no permissions to access the 'b' key"));
  CHECK(dry("PUBLISH d m") == bulk("User bob has no permissions to access the 'd' channel"));
  CHECK(dry("CONFIG SET a b") ==
        bulk("User bob has no permissions to run the 'config|set' command"));
  CHECK(dry("CONFIG nosuch") == errorReply("ERR Command 'CONFIG' not found"));
  CHECK(dry("GET") == errorReply("ERR wrong number of arguments for 'get' command"));
  CHECK(fixture.runLine("ACL DRYRUN eve GET a") == errorReply("ERR User 'eve' not found"));
  CHECK(fixture.logged().empty());
}

TEST_CASE("LOG shows ten entries, or as many as asked for") {
  AclFixture fixture("+@all");
  for (char c = 'a'; c < 'a' + 12; ++c) fixture.as(std::string("GET ") + c);
  CHECK(fixture.runLine("ACL LOG").starts_with("*10\r\n*20\r\n"));
  CHECK(fixture.runLine("ACL LOG 100").starts_with("*12\r\n"));
  CHECK(fixture.runLine("ACL LOG 0") == "*0\r\n");
  CHECK(fixture.runLine("ACL LOG -1") == "*0\r\n");
  CHECK(fixture.runLine("ACL LOG x") == errorReply(errors::kNotInteger));
  const std::string one = fixture.runLine("ACL LOG 1");
  CHECK(
      one.starts_with("*1\r\n*20\r\n$5\r\ncount\r\n:1\r\n$6\r\nreason\r\n$3\r\nkey\r\n$7\r\n"
                      "context\r\n$8\r\ntoplevel\r\n$6\r\nobject\r\n$1\r\nl\r\n$8\r\nusername\r\n"
                      "$3\r\nbob\r\n$11\r\nage-seconds\r\n$"));
  CHECK(one.find("$8\r\nentry-id\r\n:11\r\n$17\r\ntimestamp-created\r\n:") != std::string::npos);
  CHECK(one.find(" cmd=get user=bob ") != std::string::npos);
  fixture.configure("acllog-max-len", "3");
  fixture.as("GET z");
  CHECK(fixture.runLine("ACL LOG").starts_with("*3\r\n"));
  CHECK(fixture.runLine("ACL LOG RESET") == kOk);
  CHECK(fixture.runLine("ACL LOG") == "*0\r\n");
  CHECK(fixture.runLine("ACL LOG RESET x") ==
        errorReply("ERR unknown subcommand or wrong number of arguments for 'LOG'. Try ACL HELP."));
}

TEST_CASE("GENPASS gives so many random bits") {
  ServerFixture fixture;
  const auto digits = [&](const std::string& bits) {
    return fixture.runLine("ACL GENPASS " + bits).size() - 2;
  };
  CHECK(fixture.runLine("ACL GENPASS").starts_with("$64\r\n"));
  CHECK(fixture.runLine("ACL GENPASS") != fixture.runLine("ACL GENPASS"));
  CHECK(digits("1") == 5);
  CHECK(digits("5") == 6);
  CHECK(fixture.runLine("ACL GENPASS 4096").starts_with("$1024\r\n"));
  for (const char* bad : {"0", "-1", "4097"}) {
    CHECK(fixture.runLine(std::string("ACL GENPASS ") + bad) == errorReply(errors::kGenpassBits));
  }
}

TEST_CASE("CAT lists categories, and the commands of one, renamed or not") {
  ServerFixture fixture;
  REQUIRE_FALSE(fixture.parts().commands.rename("get", ""));
  CHECK(fixture.runLine("ACL CAT").starts_with("*21\r\n$8\r\nkeyspace\r\n"));
  const std::string reads = fixture.runLine("ACL CAT READ");
  CHECK(reads.find(bulk("get")) != std::string::npos);
  CHECK(reads.find(bulk("object|freq")) != std::string::npos);
  CHECK(reads.find(bulk("set")) == std::string::npos);
  CHECK(fixture.runLine("ACL CAT nosuch") == errorReply("ERR Unknown category 'nosuch'"));
}

TEST_CASE("CLIENT KILL USER finds clients of a user") {
  AclFixture fixture("+ping");
  CHECK(fixture.runLine("CLIENT KILL USER nosuch") == errorReply("ERR No such user 'nosuch'"));
  CHECK(fixture.runLine("CLIENT KILL USER bob") == integer(1));
  CHECK(fixture.bob().close_asap);
}

TEST_CASE("without a file the users cannot be saved or loaded") {
  ServerFixture fixture;
  CHECK(fixture.runLine("ACL SAVE") == errorReply(errors::kNoAclFile));
  CHECK(fixture.runLine("ACL LOAD") == errorReply(errors::kNoAclFile));
}

TEST_CASE("users of the configuration are there from the start") {
  ServerFixture fixture({"--requirepass", "old", "--user", "default", "on", ">new", "~*", "+get",
                         "--user", "bob", "off"});
  CHECK(fixture.parts().acl.loadAtStart().empty());
  CHECK(fixture.runLine("AUTH old") == errorReply(errors::kWrongPassword));
  CHECK(fixture.runLine("AUTH new") == kOk);
  CHECK(fixture.parts().acl.find("bob") != nullptr);
}

TEST_CASE("users that cannot be, or in two places, let no server start") {
  const auto why = [](const std::vector<std::string>& directives) {
    return ServerFixture(directives).parts().acl.loadAtStart();
  };
  CHECK(why({"--user", "bob", "on", "+nosuch"}) ==
        "Error loading ACL rule '+nosuch' for the user named 'bob': Unknown command or category "
        "name in ACL\nCritical error while loading ACLs. Exiting.");
  CHECK(why({"--user", "bob", "on", "--aclfile", "x"}).find("not both") != std::string::npos);
  CHECK(why({"--aclfile", "/nonexistent/users.acl"}) ==
        "Aborting startup because of ACL errors: Error loading ACLs, opening file "
        "'/nonexistent/users.acl': No such file or directory");
}

}  // namespace inkstone::test
