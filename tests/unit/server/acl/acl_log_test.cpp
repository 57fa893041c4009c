#include "server/acl/acl_log.h"

#include <catch2/catch.hpp>

namespace inkstone::test {
namespace {

constexpr size_t kMax = 128;

AclLogEntry event(std::string object, int64_t at_ms, std::string client = "c") {
  AclLogEntry entry;
  entry.reason = AclReason::kKey;
  entry.object = std::move(object);
  entry.user = "bob";
  entry.client = std::move(client);
  entry.created_ms = at_ms;
  return entry;
}

}  // namespace

TEST_CASE("the latest event stands first") {
  AclLog log;
  log.add(event("a", 1000), kMax);
  log.add(event("b", 2000), kMax);
  REQUIRE(log.entries().size() == 2);
  CHECK(log.entries().front().object == "b");
  CHECK(log.entries().front().id == 1);
  CHECK(log.entries().back().id == 0);
}

TEST_CASE("an event within a minute of one like it counts for that one and moves it up") {
  AclLog log;
  log.add(event("a", 1000, "first"), kMax);
  log.add(event("b", 1000), kMax);
  log.add(event("a", 61'000, "second"), kMax);
  REQUIRE(log.entries().size() == 2);
  const AclLogEntry& merged = log.entries().front();
  CHECK(merged.object == "a");
  CHECK(merged.count == 2);
  CHECK(merged.id == 0);
  CHECK(merged.client == "second");
  CHECK(merged.created_ms == 1000);
  CHECK(merged.updated_ms == 61'000);
  // The minute counts from the last one.
  log.add(event("a", 121'000), kMax);
  CHECK(log.entries().front().count == 3);
  log.add(event("a", 181'001), kMax);
  CHECK(log.entries().size() == 3);
  CHECK(log.entries().front().count == 1);
  CHECK(log.entries().front().id == 2);
}

TEST_CASE("events that differ in anything but the client are not merged") {
  AclLog log;
  log.add(event("a", 1000), kMax);
  AclLogEntry other = event("a", 1000);
  other.user = "eve";
  log.add(other, kMax);
  other = event("a", 1000);
  other.reason = AclReason::kChannel;
  log.add(other, kMax);
  other = event("a", 1000);
  other.context = AclContext::kMulti;
  log.add(other, kMax);
  CHECK(log.entries().size() == 4);
}

TEST_CASE("only the latest ten are looked at") {
  AclLog log;
  log.add(event("old", 1000), kMax);
  for (char c = 'a'; c < 'a' + 10; ++c) log.add(event(std::string(1, c), 1000), kMax);
  log.add(event("old", 1000), kMax);
  CHECK(log.entries().size() == 12);
  log.add(event("b", 1000), kMax);
  CHECK(log.entries().size() == 12);
}

TEST_CASE("as many entries are kept as wanted") {
  AclLog log;
  for (char c = 'a'; c < 'f'; ++c) log.add(event(std::string(1, c), 1000), 3);
  CHECK(log.entries().size() == 3);
  CHECK(log.entries().back().object == "c");
  log.add(event("e", 1000), 1);
  CHECK(log.entries().size() == 1);
  log.add(event("z", 1000), 0);
  CHECK(log.entries().empty());
  log.add(event("z", 1000), 3);
  // Attempts that were not kept got no number.
  CHECK(log.entries().front().id == 5);
  log.clear();
  CHECK(log.entries().empty());
}

TEST_CASE("reasons and contexts have Redis's names") {
  CHECK(aclReasonName(AclReason::kCommand) == "command");
  CHECK(aclReasonName(AclReason::kKey) == "key");
  CHECK(aclReasonName(AclReason::kChannel) == "channel");
  CHECK(aclReasonName(AclReason::kAuth) == "auth");
  CHECK(aclContextName(AclContext::kToplevel) == "toplevel");
  CHECK(aclContextName(AclContext::kMulti) == "multi");
}

}  // namespace inkstone::test
