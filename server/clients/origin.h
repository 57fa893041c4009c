// The origin of the command that is being executed. Each consequence of the origin has a name of
// its own, and callers ask for that.
#pragma once

#include <cstdint>

namespace inkstone {

enum class Origin : uint8_t {
  // A client with or without connection.
  kClient,
  // The append-only log that is being loaded.
  kLog,
  // The server that this one is a replica of.
  kMaster,
  // A script, on behalf of the client that called it.
  kScript,
};

// Changes by the command are news to the log and to its followers, because the command does not
// come from there.
constexpr bool changesAreNews(Origin origin) {
  return origin != Origin::kLog;
}

// To the command an expired key does not exist, and the command deletes it. For other origins the
// deletion comes as a command of its own from the same source.
constexpr bool expiredKeysAreGone(Origin origin) {
  return origin == Origin::kClient || origin == Origin::kScript;
}

// The command may be refused by access rules, for lack of memory, and by limits of values.
constexpr bool mayBeRefused(Origin origin) {
  return origin == Origin::kClient || origin == Origin::kScript;
}

// A deadline in the past is kept as it is, because the server where the command ran first deleted
// the key.
constexpr bool keepsPastDeadlines(Origin origin) {
  return origin == Origin::kLog || origin == Origin::kMaster;
}

// The command may wait for keys, for time or for the log.
constexpr bool mayWait(Origin origin) {
  return origin == Origin::kClient;
}

// Commands are found by the names that they had before rename-command.
constexpr bool usesOriginalNames(Origin origin) {
  return origin == Origin::kLog || origin == Origin::kMaster;
}

}  // namespace inkstone
