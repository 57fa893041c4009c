// What a client may run now.
#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "server/acl/access_control.h"
#include "server/clients/transaction.h"
#include "server/command_table/errors.h"
#include "server/execution/executor.h"
#include "server/server.h"
#include "storage/memory_usage.h"

namespace inkstone {
namespace {

// As much of an unknown command and its arguments as is sent back.
constexpr size_t kEchoedBytesMax = 128;

// A browser that was made to talk to us: its request line or a header of it, read as an inline
// command.
bool looksLikeHttp(std::string_view name) {
  return equalsIgnoreCase(name, "post") || equalsIgnoreCase(name, "host:");
}

std::string unknownSubcommand(std::span<const std::string_view> args, const Command& container) {
  return fmt::format(errors::kUnknownSubcommand, args[1].substr(0, kEchoedBytesMax),
                     upperCase(container.fullName()));
}

// Stands for the error that the log tells of.
constexpr std::string_view kLogFails = "MISCONF";
// Stands for the error that names the command.
constexpr std::string_view kSubscribed = "ERR subscribed";

}  // namespace

std::string Executor::unknownCommand(std::span<const std::string_view> args) {
  std::string echoed;
  for (size_t i = 1; i < args.size() && echoed.size() < kEchoedBytesMax; ++i) {
    echoed += fmt::format("'{}' ", args[i].substr(0, kEchoedBytesMax - echoed.size()));
  }
  // A name is shown up to the first zero byte.
  const std::string_view name = args[0].substr(0, std::min(args[0].find('\0'), kEchoedBytesMax));
  return fmt::format(errors::kUnknownCommand, name, echoed);
}

void Executor::reject(Client& client, Command* command, std::string_view text) {
  constexpr std::string_view kPlainCode = "ERR ";
  if (command != nullptr && command->has(kCmdExec)) {
    // The transaction, if there is one, is over, and the reply says so.
    if (text.starts_with(kPlainCode)) text.remove_prefix(kPlainCode.size());
    client.reply().error(fmt::format(errors::kExecAbortBecause, text));
    client.transaction.reset();
    server_.key_events.unwatch(client);
  } else {
    if (client.transaction != nullptr) client.transaction->fail();
    client.reply().error(text);
  }
  countError(client);
  if (command != nullptr) ++command->stats.rejected_calls;
}

bool Executor::debugAllowed(const Client& client) const {
  switch (server_.settings.enable_debug_command) {
    case ProtectedAction::kYes:
      return true;
    case ProtectedAction::kLocal:
      return client.isLocal();
    case ProtectedAction::kNo:
      break;
  }
  // A client without connection is ours: tests, replay.
  return client.transport == nullptr;
}

bool Executor::outOfMemory() const {
  return static_cast<uint64_t>(std::max<int64_t>(usedMemory(), 0)) > server_.settings.maxmemory;
}

// At most once a minute: whoever can make us log could fill the disk.
void Executor::warnAboutHttp() {
  constexpr int64_t kIntervalMs = 60'000;
  const int64_t now_ms = server_.clock.monotonicMs();
  if (http_warned_ms_ != 0 && now_ms - http_warned_ms_ < kIntervalMs) return;
  http_warned_ms_ = now_ms;
  server_.logger.warning(
      "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: "
      "commands to the server. This is likely due to an attacker attempting to use Cross "
      "Protocol Scripting to compromise your instance. Connection aborted.");
}

void Executor::rejectUnknown(Client& client, std::span<const std::string_view> args) {
  if (looksLikeHttp(args[0])) {
    warnAboutHttp();
    return server_.clients.scheduleClose(client);
  }
  const Command* container = server_.commands.find(args[0]);
  reject(client, nullptr,
         container == nullptr ? unknownCommand(args) : unknownSubcommand(args, *container));
}

// Why a client like this one may not run this at all; empty if it may.
std::string_view Executor::refusalByRank(const Client& client, const Command& command) const {
  if (command.has(kCmdDebug) && !debugAllowed(client)) return errors::kDebugNotAllowed;
  if (!server_.acl->isAuthenticated(client) && !command.has(kCmdNoAuth)) return errors::kNoAuth;
  if (client.transaction != nullptr && command.has(kCmdNoMulti)) return errors::kNotInMulti;
  return {};
}

bool Executor::permits(Client& client, Command& command, std::span<const std::string_view> args) {
  if (client.unrestricted) return true;
  const AclDenial denial = server_.acl->check(client, command, args);
  if (!denial) return true;
  reject(client, &command, aclDenialReply(server_.acl->userOf(client), command, denial));
  return false;
}

// Why the client may not run this, or queue it, now; empty if it may.
std::string_view Executor::refusal(const Client& client, const Command& command) const {
  const bool in_multi = client.transaction != nullptr;
  uint32_t any_flags = command.row().flags;
  uint32_t common_flags = any_flags;
  if (in_multi && command.has(kCmdExec)) {
    any_flags |= client.transaction->anyFlags();
    common_flags &= client.transaction->commonFlags();
  }
  // What is queued takes memory whatever it does later.
  const bool takes_memory =
      (any_flags & kCmdDenyOom) != 0 || (in_multi && !command.has(kCmdNotQueued));
  if (server_.settings.maxmemory != 0 && takes_memory && outOfMemory()) {
    return errors::kOutOfMemory;
  }
  if (client.subscriptions != nullptr && client.reply().protocol() == 2 &&
      !command.has(kCmdInSubscriber)) {
    return kSubscribed;
  }
  if (server_.loading.active() && (common_flags & kCmdLoading) == 0) return errors::kLoading;
  const bool writes = (any_flags & (kCmdWrite | kCmdMayReplicate)) != 0;
  if (writes && server_.snapshots.forbidsWrites()) return errors::kSnapshotsFail;
  // Only what writes needs the log: reads, PING and the like are served while the disk is in
  // trouble.
  if (writes && !server_.log.lastWriteOk()) return kLogFails;
  return {};
}

bool Executor::admit(Client& client, Command* command, std::span<const std::string_view> args) {
  client.last_command = command;
  if (command == nullptr) {
    rejectUnknown(client, args);
    return false;
  }
  if (!command->arityAllows(args.size())) {
    reject(client, command, fmt::format(errors::kWrongArity, command->fullName()));
    return false;
  }
  std::string_view why = refusalByRank(client, *command);
  if (why.empty()) {
    if (!permits(client, *command, args)) return false;
    why = refusal(client, *command);
  }
  if (why.empty()) return true;
  if (why == kLogFails) {
    reject(client, command, server_.log.writeError());
  } else if (why == kSubscribed) {
    reject(client, command, fmt::format(errors::kInSubscriber, command->fullName()));
  } else {
    reject(client, command, why);
  }
  return false;
}

bool Executor::mustPause(const Client& client, const Command& command) const {
  uint32_t flags = command.row().flags;
  if (client.transaction != nullptr && command.has(kCmdExec)) {
    flags |= client.transaction->anyFlags();
  }
  return server_.pause.stops((flags & (kCmdWrite | kCmdMayReplicate | kCmdPaused)) != 0);
}

}  // namespace inkstone
