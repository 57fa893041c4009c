#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/durability/data_digest.h"
#include "server/durability/sha1.h"
#include "server/execution/executor.h"
#include "server/process/runtime.h"
#include "tests/unit/server/fake_transport.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

std::string status(std::string_view text) {
  return "+" + std::string(text) + "\r\n";
}

constexpr std::string_view kNothing = "0000000000000000000000000000000000000000";

}  // namespace

TEST_CASE("SHA-1 gives the digests of FIPS 180-4") {
  CHECK(hexDigits(sha1("")) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(hexDigits(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(hexDigits(sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(hexDigits(sha1(std::string(1'000'000, 'a'))) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  // On both sides of the lengths at which the padding takes one block more.
  CHECK(hexDigits(sha1(std::string(55, 'a'))) == "c1c8bbdc22796e28c0e15163d20899b65621d65a");
  CHECK(hexDigits(sha1(std::string(56, 'a'))) == "c2db330f6083854c99d4b5bfb6e8f29f201be699");
  CHECK(hexDigits(sha1(std::string(64, 'a'))) == "0098ba824b5c16427bd7a1122a5a442a25ec644d");
}

// The digests below were read from redis-server 7.0.15.
TEST_CASE("digests are those of the stock server") {
  ServerFixture fixture;
  CHECK(fixture.run({"DEBUG", "DIGEST"}) == status(kNothing));
  fixture.run({"SET", "a", "1"});
  CHECK(fixture.run({"DEBUG", "DIGEST"}) == status("943d800368fb9c0e951138f1bc0e313ac769d91f"));
  CHECK(fixture.run({"DEBUG", "DIGEST-VALUE", "a", "none"}) ==
        array({status("b4fc66738120fba0b5aa500ab5c2bf89cea1c5da"), status(kNothing)}));
  fixture.run({"PEXPIREAT", "a", "33177117420000"});
  CHECK(fixture.run({"DEBUG", "DIGEST-VALUE", "a"}) ==
        array({status("5279988c5d1911f474bcbbf2f0a87012d40f8459")}));
  CHECK(fixture.run({"DEBUG", "DIGEST"}) == status("0c68bbcf4ad5c984f8ca839729889d52ec025271"));
  fixture.run({"SELECT", "3"});
  fixture.run({"SET", "a", "1"});
  CHECK(fixture.run({"DEBUG", "DIGEST"}) == status("cee5ad3ba881a35ab064063d2a1547eb7351d77b"));
}

// These digests were taken from the stock server, too.
TEST_CASE("digests of lists, sets, hashes and sorted sets are those of the stock server") {
  ServerFixture fixture;
  fixture.run({"RPUSH", "l", "a", "b", "c", "1", "2", "3"});
  fixture.run({"SADD", "s", "a", "b", "3"});
  fixture.run({"SADD", "i", "1", "2", "3"});
  fixture.run({"HSET", "h", "f", "v", "g", "12"});
  fixture.run({"ZADD", "z", "1.5", "a", "2", "b", "inf", "c"});
  CHECK(fixture.run({"DEBUG", "DIGEST"}) == status("c016879f79175ba52fef3feed1150f64c8bdd9a2"));
  CHECK(fixture.run({"DEBUG", "DIGEST-VALUE", "l"}) ==
        "*1\r\n" + status("28150a3b2cc0efbc98d23e7962f278329e3b583b"));
  CHECK(fixture.run({"DEBUG", "DIGEST-VALUE", "s"}) ==
        "*1\r\n" + status("aa475a4a8f122ca5936aa41d911aacf8c93b827d"));
  CHECK(fixture.run({"DEBUG", "DIGEST-VALUE", "h"}) ==
        "*1\r\n" + status("8530acc75d5274eb0fc0da86f28ed5533274a6d4"));
  CHECK(fixture.run({"DEBUG", "DIGEST-VALUE", "z"}) ==
        "*1\r\n" + status("e92d6b728e330370f3ad224b269045df0d1b132d"));
}

TEST_CASE("the order in which keys came does not change the digest") {
  ServerFixture fixture;
  fixture.run({"SET", "k", ""});
  fixture.run({"SET", "b", "xyz"});
  const std::string expected = status("f9af437a2aed955899801df5008ed85d05810dd2");
  CHECK(fixture.run({"DEBUG", "DIGEST"}) == expected);
  fixture.run({"DEL", "k"});
  fixture.run({"SET", "k", ""});
  CHECK(fixture.run({"DEBUG", "DIGEST"}) == expected);
}

TEST_CASE("DEBUG is for whom enable-debug-command allows") {
  ServerFixture fixture;
  ConnectedClient other(fixture.parts(), "192.0.2.1:1");
  const auto debugAs = [&](bool local) {
    other.transport.local_client = local;
    const std::vector<std::string_view> args = {"DEBUG", "SET-ACTIVE-EXPIRE", "1"};
    const uint64_t errors_before = other.client.reply().errorCount();
    fixture.parts().executor.execute(other.client, args);
    return other.client.reply().errorCount() == errors_before;
  };
  CHECK_FALSE(debugAs(true));
  CHECK(other.client.reply().lastError() == errors::kDebugNotAllowed);
  fixture.parts().runtime.config.update(
      [](ConfigValues& values) { values.enable_debug_command = ProtectedAction::kLocal; });
  CHECK(debugAs(true));
  CHECK_FALSE(debugAs(false));
  fixture.parts().runtime.config.update(
      [](ConfigValues& values) { values.enable_debug_command = ProtectedAction::kYes; });
  CHECK(debugAs(false));
}

TEST_CASE("DEBUG POPULATE makes keys, spares those that exist, and logs nothing") {
  ServerFixture fixture;
  fixture.run({"SET", "key:1", "mine"});
  fixture.startLog();
  CHECK(fixture.run({"DEBUG", "POPULATE", "3"}) == kOk);
  CHECK(fixture.run({"GET", "key:0"}) == bulk("value:0"));
  CHECK(fixture.run({"GET", "key:1"}) == bulk("mine"));
  CHECK(fixture.run({"DBSIZE"}) == integer(3));
  fixture.run({"DEBUG", "POPULATE", "1", "long", "9"});
  CHECK(fixture.run({"GET", "long:0"}) == bulk(std::string_view("value:0\0\0", 9)));
  fixture.run({"DEBUG", "POPULATE", "1", "short", "2"});
  CHECK(fixture.run({"GET", "short:0"}) == bulk("va"));
  CHECK(fixture.run({"DEBUG", "POPULATE", "-1"}) == errorReply(errors::kMustBePositive));
  CHECK(fixture.run({"DEBUG", "POPULATE", "1", "p", "x"}) == errorReply(errors::kMustBePositive));
  CHECK(fixture.logged().empty());
}

TEST_CASE("DEBUG OBJECT describes a value") {
  ServerFixture fixture({"--rdbcompression", "no"});
  CHECK(fixture.run({"DEBUG", "OBJECT", "none"}) == errorReply(errors::kNoSuchKey));
  const auto lengthOf = [&](std::string_view value) {
    fixture.run({"SET", "k", value});
    const std::string reply = fixture.run({"DEBUG", "OBJECT", "k"});
    const size_t at = reply.find("serializedlength:") + 17;
    return std::stoi(reply.substr(at));
  };
  CHECK(lengthOf("5") == 2);
  CHECK(lengthOf("-129") == 3);
  CHECK(lengthOf("70000") == 5);
  CHECK(lengthOf("2147483648") == 11);
  CHECK(lengthOf("hello") == 6);
  CHECK(lengthOf(std::string(63, 'x')) == 64);
  CHECK(lengthOf(std::string(64, 'x')) == 66);
  CHECK(lengthOf(std::string(20000, 'x')) == 20005);
  CHECK(fixture.run({"DEBUG", "OBJECT", "k"}).find("encoding:raw") != std::string::npos);
  fixture.configure("rdbcompression", "yes");
  CHECK(lengthOf(std::string(20000, 'x')) < 1000);
}

TEST_CASE("DEBUG switches what it says") {
  ServerFixture fixture;
  fixture.run({"DEBUG", "SET-ACTIVE-EXPIRE", "0"});
  CHECK_FALSE(fixture.parts().runtime.debug.active_expire);
  fixture.run({"DEBUG", "SET-ACTIVE-EXPIRE", "1"});
  CHECK(fixture.parts().runtime.debug.active_expire);
  fixture.run({"DEBUG", "PAUSE-CRON", "1"});
  CHECK(fixture.parts().runtime.debug.cron_paused);
  fixture.run({"DEBUG", "PAUSE-CRON", "x"});
  CHECK_FALSE(fixture.parts().runtime.debug.cron_paused);
}

TEST_CASE("DEBUG STRINGMATCH-LEN matches in bearable time") {
  ServerFixture fixture;
  CHECK(fixture.run({"DEBUG", "STRINGMATCH-LEN", "5", "a*a"}) == integer(1));
  CHECK(fixture.run({"DEBUG", "STRINGMATCH-LEN", "5", "a*b"}) == integer(0));
  CHECK(fixture.run({"DEBUG", "STRINGMATCH-LEN", "0", "*"}) == integer(1));
  CHECK(fixture.run({"DEBUG", "STRINGMATCH-LEN", "-1", "*"}) == errorReply(errors::kOutOfRange));
  // Exponential in the stars for a naive matcher.
  CHECK(fixture.run({"DEBUG", "STRINGMATCH-LEN", "5000", "a*a*a*a*a*a*a*a*a*a*a*a*b"}) ==
        integer(0));
}

TEST_CASE("DEBUG HTSTATS tells how a table is filled") {
  ServerFixture fixture({"--databases", "4"});
  fixture.run({"DEBUG", "POPULATE", "100"});
  fixture.run({"PEXPIREAT", "key:1", "33177117420000"});
  const std::string reply = fixture.run({"DEBUG", "HTSTATS", "0"});
  CHECK(reply.find("number of elements: 100\n") != std::string::npos);
  CHECK(reply.find("[Expires HT]\n number of elements: 1\n") != std::string::npos);
  CHECK(fixture.run({"DEBUG", "HTSTATS", "4"}) == errorReply(errors::kDbOutOfRange));
}

TEST_CASE("DEBUG replies an error of one's choice, and refuses what it does not know") {
  ServerFixture fixture;
  CHECK(fixture.run({"DEBUG", "ERROR", "MYERR a\r\nb"}) == "-MYERR a  b\r\n");
  CHECK(fixture.run({"DEBUG", "SLEEP"}) ==
        errorReply("ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG "
                   "HELP."));
  CHECK(fixture.run({"DEBUG", "LOADAOF"}) ==
        errorReply("ERR The append-only file is off, and there is none to load"));
}

}  // namespace inkstone::test
