#include "server/execution/admission.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "server/acl/access_control.h"
#include "server/clients/clients.h"
#include "server/clients/transaction.h"
#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"

namespace inkstone {
namespace {

// The length of the part of an unknown command and its arguments that is sent back.
constexpr size_t kEchoedBytesMax = 128;

// Whether a browser was made to talk to this server: its request line or one of its headers was
// read as an inline command.
bool looksLikeHttp(std::string_view name) {
  return equalsIgnoreCase(name, "post") || equalsIgnoreCase(name, "host:");
}

std::string unknownSubcommand(Admission::Args args, const Command& container) {
  return fmt::format(errors::kUnknownSubcommand, args[1].substr(0, kEchoedBytesMax),
                     upperCase(container.fullName()));
}

}  // namespace

std::string Admission::unknownCommand(Args args) {
  std::string echoed;
  for (size_t i = 1; i < args.size() && echoed.size() < kEchoedBytesMax; ++i) {
    echoed += fmt::format("'{}' ", args[i].substr(0, kEchoedBytesMax - echoed.size()));
  }
  // A name is shown up to the first zero byte.
  const std::string_view name = args[0].substr(0, std::min(args[0].find('\0'), kEchoedBytesMax));
  return fmt::format(errors::kUnknownCommand, name, echoed);
}

void Admission::reject(Client& client, Command* command, std::string_view text) {
  constexpr std::string_view kPlainCode = "ERR ";
  if (command != nullptr && command->has(kCmdExec)) {
    // EXEC ends the transaction, if there is one, and the reply says so.
    if (text.starts_with(kPlainCode)) text.remove_prefix(kPlainCode.size());
    client.reply().error(fmt::format(errors::kExecAbortBecause, text));
    client.endTransaction();
    clients_.key_events.unwatch(client);
  } else {
    if (client.transaction != nullptr) client.transaction->fail();
    client.reply().error(text);
  }
  runtime_.stats.countError(client.reply().lastError());
  if (command != nullptr) ++command->stats.rejected_calls;
}

bool Admission::debugAllowed(const Client& client) const {
  switch (runtime_.settings.enable_debug_command) {
    case ProtectedAction::kYes:
      return true;
    case ProtectedAction::kLocal:
      return client.isLocal();
    case ProtectedAction::kNo:
      break;
  }
  // Only tests and the replay of the log use clients without connection.
  return client.transport == nullptr;
}

// Warns once a minute at most, because anybody could fill the disk with warnings.
void Admission::warnAboutHttp() {
  constexpr int64_t kIntervalMs = 60'000;
  const int64_t now_ms = runtime_.clock.monotonicMs();
  if (http_warned_ms_ != 0 && now_ms - http_warned_ms_ < kIntervalMs) return;
  http_warned_ms_ = now_ms;
  runtime_.logger.warning(
      "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: "
      "commands to the server. This is likely due to an attacker attempting to use Cross "
      "Protocol Scripting to compromise your instance. Connection aborted.");
}

void Admission::rejectUnknown(Client& client, Args args) {
  if (looksLikeHttp(args[0])) {
    warnAboutHttp();
    return clients_.registry.scheduleClose(client);
  }
  const Command* container = commands_.find(args[0]);
  reject(client, nullptr,
         container == nullptr ? unknownCommand(args) : unknownSubcommand(args, *container));
}

// The reason why such a client may not run the command at all.
Refusal Admission::refusalByRank(const Client& client, const Command& command) const {
  if (command.has(kCmdDebug) && !debugAllowed(client)) return Refusal::kDebugNotAllowed;
  if (!acl_.isAuthenticated(client) && !command.has(kCmdNoAuth)) return Refusal::kNoAuth;
  if (client.transaction != nullptr && command.has(kCmdNoMulti)) return Refusal::kNotInMulti;
  return Refusal::kNone;
}

bool Admission::permits(Client& client, Command& command, Args args) {
  if (client.unrestricted) return true;
  const AclDenial denial = acl_.check(client, command, args);
  if (!denial) return true;
  reject(client, &command, aclDenialReply(acl_.userOf(client), command, denial));
  return false;
}

bool Admission::stillPermits(Client& client, const Command& command, Args args) {
  const AclDenial denial = acl_.check(client, command, args);
  if (!denial) return true;
  client.reply().error(aclExecDenialReply(denial));
  runtime_.stats.countError(client.reply().lastError());
  return false;
}

// The reason why the client may not run or queue the command in the present state of the server.
Refusal Admission::refusalByState(const Client& client, const Command& command) const {
  const bool in_multi = client.transaction != nullptr;
  uint32_t any_flags = command.row().flags;
  uint32_t common_flags = any_flags;
  if (in_multi && command.has(kCmdExec)) {
    any_flags |= client.transaction->anyFlags();
    common_flags &= client.transaction->commonFlags();
  }
  // A queued command takes memory, whatever it does later.
  const bool takes_memory =
      (any_flags & kCmdDenyOom) != 0 || (in_multi && !command.has(kCmdNotQueued));
  if (takes_memory && outOfMemory()) return Refusal::kOutOfMemory;
  if (client.subscriptions != nullptr && client.reply().protocol() == 2 &&
      !command.has(kCmdInSubscriber)) {
    return Refusal::kSubscribed;
  }
  const Conditions& conditions = runtime_.conditions;
  if (conditions.has(Conditions::kLoading) && (common_flags & kCmdLoading) == 0) {
    return Refusal::kLoading;
  }
  // Only commands that write need the log. Reads, PING and the like are served while the disk is in
  // trouble.
  if ((any_flags & (kCmdWrite | kCmdMayReplicate)) == 0) return Refusal::kNone;
  if (conditions.has(Conditions::kSnapshotFailed) &&
      runtime_.settings.stop_writes_on_bgsave_error && !runtime_.settings.save.empty() &&
      !log_.isOn()) {
    return Refusal::kSnapshotsFail;
  }
  return log_.lastWriteOk() ? Refusal::kNone : Refusal::kLogFails;
}

std::string Admission::refusalText(Refusal refusal, const Command& command) const {
  switch (refusal) {
    case Refusal::kNone:
      break;
    case Refusal::kDebugNotAllowed:
      return std::string(errors::kDebugNotAllowed);
    case Refusal::kNoAuth:
      return std::string(errors::kNoAuth);
    case Refusal::kNotInMulti:
      return std::string(errors::kNotInMulti);
    case Refusal::kOutOfMemory:
      return std::string(errors::kOutOfMemory);
    case Refusal::kSubscribed:
      return fmt::format(errors::kInSubscriber, command.fullName());
    case Refusal::kLoading:
      return std::string(errors::kLoading);
    case Refusal::kSnapshotsFail:
      return std::string(errors::kSnapshotsFail);
    case Refusal::kLogFails:
      return log_.writeError();
  }
  return {};
}

bool Admission::admit(Client& client, Command* command, Args args) {
  client.last_command = command;
  if (command == nullptr) {
    rejectUnknown(client, args);
    return false;
  }
  if (!command->arityAllows(args.size())) {
    reject(client, command, fmt::format(errors::kWrongArity, command->fullName()));
    return false;
  }
  Refusal refusal = refusalByRank(client, *command);
  if (refusal == Refusal::kNone) {
    if (!permits(client, *command, args)) return false;
    refusal = refusalByState(client, *command);
  }
  if (refusal == Refusal::kNone) return true;
  reject(client, command, refusalText(refusal, *command));
  return false;
}

bool Admission::mustPause(const Client& client, const Command& command) const {
  uint32_t flags = command.row().flags;
  if (client.transaction != nullptr && command.has(kCmdExec)) {
    flags |= client.transaction->anyFlags();
  }
  return clients_.pause.stops((flags & (kCmdWrite | kCmdMayReplicate | kCmdPaused)) != 0);
}

}  // namespace inkstone
