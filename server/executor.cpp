#include "server/executor.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/ascii.h"
#include "server/command_context.h"
#include "server/commands/command_keys.h"
#include "server/errors.h"
#include "server/server.h"
#include "storage/memory_usage.h"

namespace inkstone {
namespace {

// As much of an unknown command and its arguments as is sent back.
constexpr size_t kEchoedBytesMax = 128;

std::string unknownCommand(std::span<const std::string_view> args) {
  std::string echoed;
  for (size_t i = 1; i < args.size() && echoed.size() < kEchoedBytesMax; ++i) {
    echoed += fmt::format("'{}' ", args[i].substr(0, kEchoedBytesMax - echoed.size()));
  }
  // A name is shown up to the first zero byte.
  const std::string_view name = args[0].substr(0, std::min(args[0].find('\0'), kEchoedBytesMax));
  return fmt::format(errors::kUnknownCommand, name, echoed);
}

// A browser that was made to talk to us: its request line or a header of it, read as an inline
// command.
bool looksLikeHttp(std::string_view name) {
  return equalsIgnoreCase(name, "post") || equalsIgnoreCase(name, "host:");
}

std::string unknownSubcommand(std::span<const std::string_view> args, const Command& container) {
  return fmt::format(errors::kUnknownSubcommand, args[1].substr(0, kEchoedBytesMax),
                     upperCase(container.fullName()));
}

}  // namespace

size_t Executor::processInput(Client& client, RequestParser& parser, std::string_view input) {
  // A command may run the loop (DEBUG LOADAOF), and with it other clients: each level has a batch
  // of its own.
  Batch batch = std::move(spare_);
  size_t consumed = 0;
  ParseStatus status = ParseStatus::kComplete;
  server_.clock.advance();
  while (status == ParseStatus::kComplete && consumed < input.size() && !client.closing()) {
    batch.args.clear();
    batch.items.clear();
    status = parseBatch(client, parser, input, consumed, batch);
    resolveAndPrefetch(client, batch);
    if (!batch.items.empty()) consumed = runBatch(client, batch);
    if (client.closing()) break;
    if (status == ParseStatus::kMalformed) {
      reject(client, nullptr, "ERR " + parser.error());
      client.close_after_reply = true;
    }
    server_.enforceOutputLimit(client);
  }
  if (client.closing()) {
    parser.reset();
    consumed = input.size();
  }
  spare_ = std::move(batch);
  return consumed;
}

ParseStatus Executor::parseBatch(Client& client, RequestParser& parser, std::string_view input,
                                 size_t position, Batch& batch) const {
  const RequestLimits limits{
      .bulk_bytes_max = static_cast<int64_t>(server_.settings.proto_max_bulk_len),
      .authenticated = client.authenticated || server_.settings.requirepass.empty(),
  };
  // What a client may send changes when it authenticates.
  const size_t batch_max = limits.authenticated ? kBatchMax : 1;
  while (batch.items.size() < batch_max && position < input.size()) {
    const size_t first_arg = batch.args.size();
    const ParseResult result = parser.parse(input.substr(position), limits, batch.args);
    if (result.status != ParseStatus::kComplete) return result.status;
    const std::string_view frame =
        result.canonical ? input.substr(position, result.consumed) : std::string_view();
    const bool is_inline = input[position] != '*';
    position += result.consumed;
    batch.items.push_back({first_arg, batch.args.size() - first_arg, position, frame, nullptr, 0});
    // The arguments of an inline request live in the parser until it reads the next one.
    if (is_inline) break;
  }
  return ParseStatus::kComplete;
}

Command* Executor::resolve(const Client& client, std::span<const std::string_view> args) const {
  Command* command = server_.commands.find(args[0]);
  if (command == nullptr && client.replaying) command = server_.commands.findOriginal(args[0]);
  if (command == nullptr || command->subcommands().empty() || args.size() < 2) return command;
  return command->findSubcommand(args[1]);
}

void Executor::resolveAndPrefetch(Client& client, Batch& batch) const {
  const Database& db = server_.keyspace[client.db];
  std::string_view last_name;
  Command* last_command = nullptr;
  const bool prefetch = batch.items.size() > 1;
  for (Item& item : batch.items) {
    if (item.arg_count == 0) continue;
    const auto args = batch.argsOf(item);
    // Pipelines mostly repeat one command.
    if (last_command != nullptr && args[0] == last_name && last_command->parent() == nullptr) {
      item.command = last_command;
    } else {
      item.command = last_command = resolve(client, args);
      last_name = args[0];
    }
    if (item.command == nullptr || !item.command->keyFirst() || item.arg_count < 2) continue;
    item.key_hash = db.hashOf(args[1]);
    if (prefetch) db.prefetchBucket(item.key_hash);
  }
  if (!prefetch) return;
  for (const Item& item : batch.items) {
    if (item.key_hash != 0) db.prefetchEntry(item.key_hash);
  }
}

size_t Executor::runBatch(Client& client, const Batch& batch) {
  for (const Item& item : batch.items) {
    if (item.arg_count > 0) run(client, item, batch.argsOf(item));
    if (client.closing()) return item.end;
  }
  return batch.items.back().end;
}

void Executor::run(Client& client, const Item& item, std::span<const std::string_view> args) {
  const bool skip_reply = client.reply_mode == ReplyMode::kSkipNext;
  if (skip_reply) client.reply().setMuted(true);
  if (admit(client, item.command, args)) {
    call(client, *item.command, args, item.frame, item.key_hash);
  }
  if (skip_reply) {
    if (client.reply_mode == ReplyMode::kSkipNext) client.reply_mode = ReplyMode::kOn;
    client.reply().setMuted(client.reply_mode == ReplyMode::kOff);
  }
}

void Executor::reject(Client& client, Command* command, std::string_view text) {
  client.reply().error(text);
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

bool Executor::admit(Client& client, Command* command, std::span<const std::string_view> args) {
  if (command == nullptr) {
    if (looksLikeHttp(args[0])) {
      warnAboutHttp();
      server_.clients.scheduleClose(client);
      return false;
    }
    const Command* container = server_.commands.find(args[0]);
    reject(client, nullptr,
           container == nullptr ? unknownCommand(args) : unknownSubcommand(args, *container));
    return false;
  }
  if (!command->arityAllows(args.size())) {
    reject(client, command, fmt::format(errors::kWrongArity, command->fullName()));
    return false;
  }
  if (command->has(kCmdDebug) && !debugAllowed(client)) {
    reject(client, command, errors::kDebugNotAllowed);
    return false;
  }
  if (!client.authenticated && !server_.settings.requirepass.empty() && !command->has(kCmdNoAuth)) {
    reject(client, command, errors::kNoAuth);
    return false;
  }
  if (server_.settings.maxmemory != 0 && command->has(kCmdDenyOom) && outOfMemory()) {
    reject(client, command, errors::kOutOfMemory);
    return false;
  }
  if (server_.loading.active() && !command->has(kCmdLoading)) {
    reject(client, command, errors::kLoading);
    return false;
  }
  // Only what writes needs the log: reads, PING and the like are served while the disk is in
  // trouble.
  if (!server_.log.lastWriteOk() && (command->has(kCmdWrite) || command->has(kCmdMayReplicate))) {
    reject(client, command, server_.log.writeError());
    return false;
  }
  if (server_.snapshots.forbidsWrites() &&
      (command->has(kCmdWrite) || command->has(kCmdMayReplicate))) {
    reject(client, command, errors::kSnapshotsFail);
    return false;
  }
  return true;
}

void Executor::call(Client& client, Command& command, std::span<const std::string_view> args,
                    std::string_view frame, uint64_t key_hash) {
  const uint64_t errors_before = client.reply().errorCount();
  CommandContext context(server_, client, command, args, key_hash);
  client.last_command = &command;
  const size_t db = client.db;
  const uint64_t reply_position = client.output().position();
  command.handler()(context);

  if (context.dirty() > 0) {
    server_.dirty += context.dirty();
    if (!context.propagatedInstead() && !client.replaying) {
      if (frame.empty()) {
        server_.log.feedAppendOnlyFile(static_cast<int>(db), args);
      } else {
        server_.log.feedFrame(static_cast<int>(db), frame);
      }
    }
    if (server_.log.isOn()) holdWrite(client, command, args, key_hash, reply_position);
  } else if (!server_.pending_keys.empty()) {
    holdRead(client, command, args, key_hash, reply_position);
  }
  const int64_t nanoseconds = server_.clock.advance();
  ++command.stats.calls;
  command.stats.nanoseconds += nanoseconds;
  if (server_.settings.latency_tracking) command.stats.latency.record(nanoseconds);
  ++server_.stats.commands_processed;
  server_.stats.loop_command_ns += nanoseconds;
  ++client.commands_processed;
  if (client.reply().errorCount() != errors_before) {
    countError(client);
    ++command.stats.failed_calls;
  }
}

// beforeSleep holds the reply back until the log is acknowledged up to here.
void Executor::holdWrite(Client& client, const Command& command,
                         std::span<const std::string_view> args, uint64_t key_hash,
                         uint64_t position) {
  const uint64_t offset = server_.log.fedOffset();
  client.holds.add(position, offset, server_.log.gatheringFrom());
  const uint64_t acknowledged = server_.log.acknowledgeableOffset();
  if (command.singleKey()) return server_.pending_keys.add(key_hash, offset, acknowledged);
  const auto keys = findKeys(command.row(), args);
  if (!keys || keys->empty()) return server_.pending_keys.addUnknown(offset);
  for (const KeyPosition& key : *keys) {
    server_.pending_keys.add(server_.keyspace.hasher()(args[key.argument]), offset, acknowledged);
  }
}

// What a reply tells of a write, also one of another client, or that it found nothing to do, is as
// durable as the write itself.
void Executor::holdRead(Client& client, const Command& command,
                        std::span<const std::string_view> args, uint64_t key_hash,
                        uint64_t position) {
  if (!command.touchesData()) return;
  uint64_t offset = 0;
  if (command.singleKey()) {
    offset = server_.pending_keys.offsetOf(key_hash);
  } else if (const auto keys = findKeys(command.row(), args);
             keys && !keys->empty() && command.keysAreKnown()) {
    for (const KeyPosition& key : *keys) {
      const uint64_t hash = server_.keyspace.hasher()(args[key.argument]);
      offset = std::max(offset, server_.pending_keys.offsetOf(hash));
    }
  } else {
    offset = server_.pending_keys.lastOffset();
  }
  if (offset > server_.log.acknowledgeableOffset()) {
    client.holds.add(position, offset, server_.log.gatheringFrom());
  }
}

void Executor::countError(const Client& client) {
  const std::string_view text = client.reply().lastError();
  ++server_.stats.error_replies;
  const std::string_view code = text.substr(0, text.find(' '));
  const auto found = server_.stats.errors.find(code);
  if (found != server_.stats.errors.end()) {
    ++found->second;
  } else {
    server_.stats.errors.emplace(code, 1);
  }
}

void Executor::execute(Client& client, std::span<const std::string_view> args) {
  Item item{0, args.size(), 0, {}, resolve(client, args), 0};
  if (item.command != nullptr && item.command->keyFirst() && args.size() > 1) {
    item.key_hash = server_.keyspace.hasher()(args[1]);
  }
  server_.clock.advance();
  run(client, item, args);
}

ReplayStatus Executor::replay(Client& client, std::span<const ReplayRequest> requests) {
  Batch batch = std::move(spare_);
  batch.args.clear();
  batch.items.clear();
  for (const ReplayRequest& request : requests) {
    batch.items.push_back({batch.args.size(), request.args.size(), 0, {}, nullptr, 0});
    batch.args.insert(batch.args.end(), request.args.begin(), request.args.end());
  }
  resolveAndPrefetch(client, batch);
  ReplayStatus status;
  for (const Item& item : batch.items) {
    const auto args = batch.argsOf(item);
    if (item.command == nullptr) {
      status.outcome = ReplayOutcome::kUnknownCommand;
      status.text = unknownCommand(args);
    } else if (!item.command->arityAllows(args.size())) {
      status.outcome = ReplayOutcome::kWrongArity;
      status.text = fmt::format(errors::kWrongArity, item.command->fullName());
    } else {
      const uint64_t errors_before = client.reply().errorCount();
      call(client, *item.command, args, {}, item.key_hash);
      if (client.reply().errorCount() != errors_before) {
        status.outcome = ReplayOutcome::kErrorReply;
        status.text = client.reply().lastError();
      }
    }
    if (status.outcome != ReplayOutcome::kOk) break;
    ++status.executed;
  }
  spare_ = std::move(batch);
  return status;
}

void Executor::propagate(size_t db, std::span<const std::string_view> args) {
  server_.log.feedAppendOnlyFile(static_cast<int>(db), args);
}

}  // namespace inkstone
