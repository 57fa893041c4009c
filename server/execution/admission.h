// Whether a client may run a command now. Nearly every client may run nearly every command, and a
// few comparisons find that out (mayRunAtOnce()). Everything else is checked one by one, in the
// order of Redis.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/invariant.h"
#include "persistence/log/append_only_log.h"
#include "server/clients/client.h"
#include "server/command_table/command.h"
#include "server/process/runtime.h"
#include "storage/memory_usage.h"

namespace inkstone {

class AccessControl;
class Clients;
class CommandTable;

// The reasons why a client may not run a command, in the order in which they are checked.
enum class Refusal : uint8_t {
  kNone,
  kDebugNotAllowed,
  kNoAuth,
  kNotInMulti,
  kOutOfMemory,
  // A subscribed RESP2 client may run few commands.
  kSubscribed,
  kLoading,
  kSnapshotsFail,
  kLogFails,
};

class Admission {
 public:
  using Args = std::span<const std::string_view>;

  // All must outlive this object.
  Admission(Runtime& runtime, CommandTable& commands, Clients& clients, AccessControl& acl,
            const AppendOnlyLog& log)
      : runtime_(runtime), commands_(commands), clients_(clients), acl_(acl), log_(log) {}

  // Whether nothing can stand in the way, so that nothing else need be checked.
  bool mayRunAtOnce(const Client& client, const Command* command, size_t args) const {
    debugInvariant([&] { return client.specialAgrees(); }, "what is special is noted");
    return command != nullptr && client.isPlain() && runtime_.conditions.none() &&
           command->arityAllows(args) && !command->has(kCmdDebug) &&
           (!command->has(kCmdDenyOom) || !outOfMemory());
  }

  // Replies the error and returns false when the client may not run this now.
  bool admit(Client& client, Command* command, Args args);
  // Whether the user's rules allow the command; if not, replies NOPERM.
  bool permits(Client& client, Command& command, Args args);
  // Does the same for an element of a transaction, because the rules may have changed since it was
  // queued. The error is the reply of that element.
  bool stillPermits(Client& client, const Command& command, Args args);
  // Whether CLIENT PAUSE holds the command back.
  bool mustPause(const Client& client, const Command& command) const;
  // Replies an error to a command that is not executed. A transaction that is being queued fails
  // with it.
  void reject(Client& client, Command* command, std::string_view text);

  // The error for a command that does not exist.
  static std::string unknownCommand(Args args);

 private:
  bool outOfMemory() const {
    return runtime_.settings.maxmemory != 0 &&
           usedMemory() > static_cast<int64_t>(runtime_.settings.maxmemory);
  }
  void rejectUnknown(Client& client, Args args);
  Refusal refusalByRank(const Client& client, const Command& command) const;
  Refusal refusalByState(const Client& client, const Command& command) const;
  std::string refusalText(Refusal refusal, const Command& command) const;
  void warnAboutHttp();
  bool debugAllowed(const Client& client) const;

  Runtime& runtime_;
  CommandTable& commands_;
  Clients& clients_;
  AccessControl& acl_;
  const AppendOnlyLog& log_;
  // Monotonic time of the last warning; 0 before the first.
  int64_t http_warned_ms_ = 0;
};

}  // namespace inkstone
