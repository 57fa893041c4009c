#include "server/clients/pubsub.h"

#include <catch2/catch.hpp>

#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

std::string message(std::string_view channel, std::string_view text) {
  return array({bulk("message"), bulk(channel), bulk(text)});
}

class PubSubFixture : public ServerFixture {
 public:
  Client& listener(std::string_view line) {
    Client& client = addClient();
    runLine(client, line);
    return client;
  }
};

}  // namespace

TEST_CASE_METHOD(PubSubFixture, "who listens gets the message, in the form of his protocol") {
  Client& old_form = listener("SUBSCRIBE c d");
  Client& new_form = addClient();
  new_form.reply().setProtocol(3);
  runLine(new_form, "SUBSCRIBE c");
  CHECK(runLine("PUBLISH c hello") == integer(2));
  CHECK(takeOutput(old_form) == message("c", "hello"));
  CHECK(takeOutput(new_form) == ">3\r\n" + bulk("message") + bulk("c") + bulk("hello"));
  CHECK(runLine("PUBLISH none hello") == integer(0));
}

TEST_CASE_METHOD(PubSubFixture, "patterns and channels are listened to apart") {
  Client& client = listener("SUBSCRIBE ab");
  runLine(client, "PSUBSCRIBE a*");
  CHECK(runLine("PUBLISH ab x") == integer(2));
  CHECK(takeOutput(client) ==
        message("ab", "x") + array({bulk("pmessage"), bulk("a*"), bulk("ab"), bulk("x")}));
  CHECK(runLine("SPUBLISH ab x") == integer(0));
}

TEST_CASE_METHOD(PubSubFixture, "subscribing tells how much is listened to") {
  const auto change = [](std::string_view what, const std::string& name, int64_t count) {
    return array({bulk(what), name, integer(count)});
  };
  CHECK(runLine("SUBSCRIBE a b a") == change("subscribe", bulk("a"), 1) +
                                          change("subscribe", bulk("b"), 2) +
                                          change("subscribe", bulk("a"), 2));
  CHECK(runLine("PSUBSCRIBE p") == change("psubscribe", bulk("p"), 3));
  CHECK(runLine("SSUBSCRIBE s") == change("ssubscribe", bulk("s"), 1));
  CHECK(runLine("UNSUBSCRIBE a none") ==
        change("unsubscribe", bulk("a"), 2) + change("unsubscribe", bulk("none"), 2));
  CHECK(runLine("UNSUBSCRIBE") == change("unsubscribe", bulk("b"), 1));
  CHECK(runLine("UNSUBSCRIBE") == change("unsubscribe", kNull, 1));
  CHECK(runLine("PUNSUBSCRIBE") == change("punsubscribe", bulk("p"), 0));
  CHECK(client().subscriptions != nullptr);
  CHECK(runLine("SUNSUBSCRIBE") == change("sunsubscribe", bulk("s"), 0));
  CHECK(client().subscriptions == nullptr);
}

TEST_CASE_METHOD(PubSubFixture, "a subscriber of RESP2 may only send what belongs to it") {
  runLine("SUBSCRIBE c");
  CHECK(
      runLine("GET k") ==
      errorReply("ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / "
                 "RESET are allowed in this context"));
  CHECK(runLine("PING") == array({bulk("pong"), bulk("")}));
  CHECK(runLine("PING hi") == array({bulk("pong"), bulk("hi")}));
  client().reply().setProtocol(3);
  CHECK(runLine("PING") == "+PONG\r\n");
  CHECK(runLine("GET k") == "_\r\n");
}

TEST_CASE_METHOD(PubSubFixture, "a message to oneself comes behind the reply, also of EXEC") {
  client().reply().setProtocol(3);
  runLine("SUBSCRIBE c");
  const std::string sent = ">3\r\n" + bulk("message") + bulk("c") + bulk("m");
  CHECK(runLine("PUBLISH c m") == integer(1) + sent);
  runLine("MULTI");
  runLine("PUBLISH c m");
  runLine("PING");
  CHECK(runLine("EXEC") == array({integer(1), "+PONG\r\n"}) + sent);
}

TEST_CASE_METHOD(PubSubFixture, "within a transaction shard channels are not listened to") {
  const std::string denied = errorReply("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
  runLine("MULTI");
  CHECK(runLine("SSUBSCRIBE a b") == "+QUEUED\r\n");
  runLine("SUNSUBSCRIBE a");
  runLine("SUBSCRIBE c");
  CHECK(runLine("EXEC") == array({denied, array({bulk("sunsubscribe"), bulk("a"), integer(0)}),
                                  array({bulk("subscribe"), bulk("c"), integer(1)})}));
  CHECK(parts().clients.pubsub.count(ChannelKind::kShard) == 0);
  CHECK(runLine("SSUBSCRIBE a") == array({bulk("ssubscribe"), bulk("a"), integer(1)}));
}

TEST_CASE_METHOD(PubSubFixture, "CLIENT REPLY OFF keeps no message and no subscription back") {
  Client& client = listener("CLIENT REPLY OFF");
  CHECK(runLine(client, "SUBSCRIBE c") == array({bulk("subscribe"), bulk("c"), integer(1)}));
  runLine("PUBLISH c m");
  CHECK(takeOutput(client) == message("c", "m"));
}

TEST_CASE_METHOD(PubSubFixture, "RESET and the end of a client end its subscriptions") {
  Client& client = listener("SUBSCRIBE c");
  runLine(client, "PSUBSCRIBE c");
  runLine(client, "SSUBSCRIBE c");
  CHECK(runLine(client, "RESET") == "+RESET\r\n");
  CHECK(runLine("PUBLISH c m") == integer(0));
  parts().clients.forget(listener("SUBSCRIBE c"));
  CHECK(runLine("PUBLISH c m") == integer(0));
  for (const ChannelKind kind :
       {ChannelKind::kChannel, ChannelKind::kPattern, ChannelKind::kShard}) {
    CHECK(parts().clients.pubsub.count(kind) == 0);
  }
}

TEST_CASE_METHOD(PubSubFixture, "PUBSUB tells who listens to what") {
  listener("SUBSCRIBE ab cd");
  listener("SUBSCRIBE ab");
  runLine(listener("PSUBSCRIBE x*"), "PSUBSCRIBE y*");
  listener("SSUBSCRIBE s");
  CHECK(runLine("PUBSUB CHANNELS a*") == array({bulk("ab")}));
  CHECK(runLine("PUBSUB CHANNELS").starts_with("*2\r\n"));
  CHECK(runLine("PUBSUB NUMSUB ab none") ==
        array({bulk("ab"), integer(2), bulk("none"), integer(0)}));
  CHECK(runLine("PUBSUB NUMPAT") == integer(2));
  CHECK(runLine("PUBSUB SHARDCHANNELS") == array({bulk("s")}));
  CHECK(runLine("PUBSUB SHARDNUMSUB s") == array({bulk("s"), integer(1)}));
  CHECK(runLine("PUBSUB CHANNELS a b")[0] == '-');
}

TEST_CASE_METHOD(PubSubFixture, "CLIENT INFO tells of the subscriptions") {
  client().reply().setProtocol(3);
  runLine("SUBSCRIBE a b");
  runLine("PSUBSCRIBE p");
  runLine("SSUBSCRIBE s");
  const std::string info = runLine("CLIENT INFO");
  CHECK(info.find(" flags=P db=0 sub=2 psub=1 ssub=1 ") != std::string::npos);
}

TEST_CASE_METHOD(PubSubFixture, "events of keys are messages, by the classes that are chosen") {
  Client& client = listener("PSUBSCRIBE *");
  const auto event = [](std::string_view channel, std::string_view text) {
    return array({bulk("pmessage"), bulk("*"), bulk(channel), bulk(text)});
  };
  CHECK(parts().clients.key_events.idle());
  runLine("SET k v");
  CHECK(takeOutput(client).empty());
  configure("notify-keyspace-events", "KE$n");
  runLine("SET j v");
  CHECK(takeOutput(client) == event("__keyspace@0__:j", "new") + event("__keyevent@0__:new", "j") +
                                  event("__keyspace@0__:j", "set") +
                                  event("__keyevent@0__:set", "j"));
  runLine("DEL j");
  CHECK(takeOutput(client).empty());
  configure("notify-keyspace-events", "Egm");
  runLine("SELECT 3");
  runLine("GET none");
  CHECK(takeOutput(client) == event("__keyevent@3__:keymiss", "none"));
  configure("notify-keyspace-events", "");
  CHECK(parts().clients.key_events.idle());
}

}  // namespace inkstone::test
