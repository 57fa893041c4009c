// Where the command that runs comes from. What follows from that is asked for by name.
#pragma once

#include <cstdint>

namespace inkstone {

enum class Origin : uint8_t {
  // A client with or without connection.
  kClient,
  // The append-only log, which is being loaded.
  kLog,
  // The server that this one is a replica of.
  kMaster,
  // A script, on behalf of the client that called it.
  kScript,
};

// Its changes go into the log and to whoever follows it: they do not come from there.
constexpr bool changesAreNews(Origin origin) {
  return origin != Origin::kLog;
}

// An expired key does not exist for it, and is deleted when it is met. Otherwise the deletion comes
// by itself, from the same place as the command.
constexpr bool expiredKeysAreGone(Origin origin) {
  return origin == Origin::kClient || origin == Origin::kScript;
}

// What the command may be refused for is asked: access rules, memory, limits of values.
constexpr bool mayBeRefused(Origin origin) {
  return origin == Origin::kClient || origin == Origin::kScript;
}

// Times in the past are taken as they come: the key was deleted where the command ran first.
constexpr bool keepsPastDeadlines(Origin origin) {
  return origin == Origin::kLog || origin == Origin::kMaster;
}

// It may wait for keys, time or the log.
constexpr bool mayWait(Origin origin) {
  return origin == Origin::kClient;
}

// Commands are found by the names that they had before rename-command.
constexpr bool usesOriginalNames(Origin origin) {
  return origin == Origin::kLog || origin == Origin::kMaster;
}

}  // namespace inkstone
