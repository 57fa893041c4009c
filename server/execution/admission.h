// Whether a client may run a command now. Nearly every command of nearly every client may, and that
// is found out by a few comparisons (mayRunAtOnce()); everything else is asked in Redis's order.
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

// Why a client may not run a command, in the order in which it is found out.
enum class Refusal : uint8_t {
  kNone,
  kDebugNotAllowed,
  kNoAuth,
  kNotInMulti,
  kOutOfMemory,
  // In RESP2 a client that is subscribed may do little else.
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

  // Nothing can stand in the way, so that nothing need be asked.
  bool mayRunAtOnce(const Client& client, const Command* command, size_t args) const {
    debugInvariant([&] { return client.specialAgrees(); }, "what is special is noted");
    return command != nullptr && client.isPlain() && runtime_.conditions.none() &&
           command->arityAllows(args) && !command->has(kCmdDebug) &&
           (!command->has(kCmdDenyOom) || !outOfMemory());
  }

  // Replies the error and returns false when the client may not run this now.
  bool admit(Client& client, Command* command, Args args);
  // The user's rules allow it; else replies NOPERM.
  bool permits(Client& client, Command& command, Args args);
  // The rules may be others than when the command was queued; replies the error for one element of
  // a transaction.
  bool stillPermits(Client& client, const Command& command, Args args);
  // CLIENT PAUSE holds it back.
  bool mustPause(const Client& client, const Command& command) const;
  // Replies an error to a command that is not run; a transaction that is being gathered fails.
  void reject(Client& client, Command* command, std::string_view text);

  // What a client is told of a command that there is not.
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
  // Monotonic; 0 = not yet.
  int64_t http_warned_ms_ = 0;
};

}  // namespace inkstone
