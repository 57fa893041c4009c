#include "server/execution/executor.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/kept_buffer.h"
#include "server/acl/access_control.h"
#include "server/clients/blocking.h"
#include "server/clients/tracking.h"
#include "server/clients/transaction.h"
#include "server/command_table/command_keys.h"
#include "server/execution/command_context.h"
#include "server/server.h"
#include "storage/types/member_prefetch.h"

namespace inkstone {
Executor::Executor(Server& server) : server_(server), log_block_(server.log) {}

size_t Executor::processInput(Client& client, RequestParser& parser, std::string_view input) {
  // A command may run the loop (DEBUG LOADAOF), and with it other clients: each level has a batch
  // of its own.
  Batch batch = std::move(spare_);
  size_t consumed = 0;
  ParseStatus status = ParseStatus::kComplete;
  server_.clock.advance();
  while (status == ParseStatus::kComplete && consumed < input.size() && !client.stopped()) {
    batch.args.clear();
    batch.items.clear();
    status = parseBatch(client, parser, input, consumed, batch);
    resolveAndPrefetch(client, batch);
    if (!batch.items.empty()) consumed = runBatch(client, batch, consumed);
    if (client.stopped()) break;
    if (status == ParseStatus::kMalformed) {
      reject(client, nullptr, "ERR " + parser.error());
      client.close_after_reply = true;
    }
    server_.output_limits.enforceAfterRequests(client);
  }
  if (client.stopped()) {
    // What was parsed ahead is parsed again when it may run.
    parser.reset();
    if (client.closing()) consumed = input.size();
  }
  parser.releaseInline();
  keep(std::move(batch));
  return consumed;
}

void Executor::keep(Batch batch) {
  clearKept(batch.args, 2 * kBatchArgsMax);
  clearKept(batch.items, 2 * kBatchMax);
  spare_ = std::move(batch);
}

ParseStatus Executor::parseBatch(Client& client, RequestParser& parser, std::string_view input,
                                 size_t position, Batch& batch) const {
  const RequestLimits limits{
      .bulk_bytes_max = static_cast<int64_t>(server_.settings.proto_max_bulk_len),
      .authenticated = client.unrestricted || server_.acl->isAuthenticated(client),
  };
  // What a client may send changes when it authenticates.
  const size_t batch_max = limits.authenticated ? kBatchMax : 1;
  while (batch.items.size() < batch_max && batch.args.size() < kBatchArgsMax &&
         position < input.size()) {
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
    // Pipelines mostly repeat one command. What its name alone does not tell is looked up.
    const bool repeats = last_command != nullptr && args[0] == last_name;
    if (repeats && last_command->parent() == nullptr && last_command->subcommands().empty()) {
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
  prefetchMembers(db, batch);
}

const std::string_view* Executor::Batch::memberOf(const Item& item) const {
  const int argument = item.command->row().member.argument;
  const auto index = static_cast<size_t>(argument) + (argument < 0 ? item.arg_count : 0);
  if (argument == 0 || index >= item.arg_count) return nullptr;
  return &args[item.first_arg + index];
}

// Requests in a row about one big value touch as much of it as requests about as many keys touch of
// the keyspace.
void Executor::prefetchMembers(const Database& db, const Batch& batch) const {
  const std::span<const Item> items(batch.items);
  for (size_t begin = 0; begin < items.size();) {
    const Item& first = items[begin];
    size_t end = begin + 1;
    while (end < items.size() && items[end].key_hash == first.key_hash) ++end;
    if (first.key_hash != 0 && end - begin >= kMembersMin && batch.memberOf(first) != nullptr) {
      prefetchMembers(db, batch, items.subspan(begin, std::min(end - begin, kBatchMax)));
    }
    begin = end;
  }
}

void Executor::prefetchMembers(const Database& db, const Batch& batch,
                               std::span<const Item> items) const {
  const Database::Slot slot = db.find(items[0].key_hash, batch.argsOf(items[0])[1]);
  if (!slot || !hasObject(slot.node()->encoding())) return;
  const Value value = valueOf(*slot.node());
  if (!MemberPrefetch::helps(value)) return;
  const MemberPrefetch ahead(value, db.encodingRules());
  struct Wanted {
    uint64_t hash;
    std::string_view member;
    bool by_order;
  };
  std::array<Wanted, kBatchMax> wanted;
  size_t count = 0;
  for (const Item& item : items) {
    const std::string_view* const member = batch.memberOf(item);
    if (member == nullptr) continue;
    wanted[count] = {ahead.hashOf(*member), *member, item.command->row().member.by_order};
    ahead.loadBucket(wanted[count++].hash);
  }
  const std::span<const Wanted> all(wanted.data(), count);
  for (const Wanted& one : all) ahead.loadNode(one.hash);
  for (const Wanted& one : all) {
    if (one.by_order) ahead.loadLeaf(one.hash, one.member);
  }
}

size_t Executor::runBatch(Client& client, const Batch& batch, size_t start) {
  for (const Item& item : batch.items) {
    if (item.arg_count > 0) run(client, item, batch.argsOf(item));
    if (client.stopped()) {
      const bool again = client.blocked != nullptr && client.blocked->kind == BlockKind::kPostponed;
      return again ? start : item.end;
    }
    start = item.end;
  }
  return start;
}

// Nothing stands in the way of most commands; what it takes to find that out is paid by each.
inline bool Executor::isOrdinary(const Client& client, const Command* command, size_t args) const {
  return command != nullptr && command->arityAllows(args) && !command->has(kCmdDebug) &&
         client.unrestricted && client.transaction == nullptr && client.subscriptions == nullptr &&
         client.tracking == nullptr && server_.settings.maxmemory == 0 && !server_.pause.active() &&
         !server_.loading.active() && server_.log.lastWriteOk() &&
         server_.snapshots.lastBackgroundSaveOk();
}

void Executor::run(Client& client, const Item& item, std::span<const std::string_view> args) {
  if (isOrdinary(client, item.command, args.size())) {
    client.last_command = item.command;
    call(client, *item.command, args, item.frame, item.key_hash);
    if (side_effects_) settleSideEffects(&client);
  } else {
    if (!runChecked(client, item, args)) return;
    if (client.tracking != nullptr) endCachingChoice(client, item.command);
  }
  // A client that waits gets the reply later.
  if (client.reply_mode != ReplyMode::kOn && client.blocked == nullptr) client.endSkippedReply();
}

// False when it has to be run again later.
bool Executor::runChecked(Client& client, const Item& item,
                          std::span<const std::string_view> args) {
  if (!admit(client, item.command, args)) return true;
  if (server_.pause.active() && mustPause(client, *item.command)) {
    server_.blocking->postpone(client);
    return false;
  }
  if (client.transaction != nullptr && !item.command->has(kCmdNotQueued)) {
    queue(client, item, args);
    return true;
  }
  executing_ = &client;
  call(client, *item.command, args, item.frame, item.key_hash);
  if (client.tracking != nullptr) server_.tracking->rememberReads(client, *item.command, args);
  if (side_effects_) settleSideEffects(&client);
  executing_ = nullptr;
  return true;
}

// What CLIENT CACHING said is for the next command that is not CLIENT, or for a whole transaction.
void Executor::endCachingChoice(Client& client, const Command* command) {
  const bool is_client = command != nullptr && command->parent() != nullptr &&
                         command->parent()->row().name == "client";
  if (!is_client && client.transaction == nullptr) client.tracking->chosen = false;
}

void Executor::settleSideEffects(Client* by) {
  if (!side_effects_) return;
  side_effects_ = false;
  server_.pushes.settle(by);
  server_.blocking->serveReady();
}

void Executor::rerun(Client& client) {
  const Client* const before = std::exchange(executing_, &client);
  const QueuedCommand& command = *client.blocked->command;
  // What its user may do can have changed while it waited.
  if (permits(client, command.command(), command.args())) {
    call(client, command.command(), command.args(), {}, 0);
  }
  server_.pushes.settle(&client);
  executing_ = before;
}

void Executor::call(Client& client, Command& command, std::span<const std::string_view> args,
                    std::string_view frame, uint64_t key_hash) {
  const uint64_t errors_before = client.reply().errorCount();
  CommandContext context(server_, server_.key_events, client, command, args, key_hash);
  const size_t db = client.db;
  const uint64_t reply_position = client.output().position();
  command.handler()(context);

  if (context.dirty() > 0) {
    if (!context.saved()) server_.dirty += context.dirty();
    if (!context.propagatedInstead() && !client.replaying) {
      log_block_.beforeFeed(db);
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
  // It counts when it is over.
  if (client.blocked != nullptr && !client.blocked->serving.has_value()) return;
  ++command.stats.calls;
  command.stats.nanoseconds += nanoseconds;
  if (server_.settings.latency_tracking) command.stats.latency.record(nanoseconds);
  if (server_.settings.latency_monitor_threshold != 0) {
    server_.latency.record(command.has(kCmdFast) ? "fast-command" : "command",
                           nanoseconds / 1'000'000);
  }
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
  if (in_transaction_) return noteTransactionWrite(command, args, key_hash);
  const uint64_t offset = client.write_offset = server_.log.fedOffset();
  client.holds.addWrite(position, client.output().position(), offset, server_.log.gatheringFrom());
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
  if (offset <= server_.log.acknowledgeableOffset()) return;
  if (in_transaction_) {
    hold_offset_ = std::max(hold_offset_, offset);
  } else {
    client.holds.add(position, offset, server_.log.gatheringFrom());
  }
}

void Executor::countError(const Client& client) {
  countErrors(client.reply().lastError(), 1);
}

void Executor::countErrors(std::string_view text, uint64_t count) {
  server_.stats.error_replies += count;
  const std::string_view code = text.substr(0, text.find(' '));
  const auto found = server_.stats.errors.find(code);
  if (found != server_.stats.errors.end()) {
    found->second += count;
  } else {
    server_.stats.errors.emplace(code, count);
  }
}

void Executor::endHolds(Client& client) {
  const std::vector<ReplyHolds::Writes> writes = client.holds.endAll();
  OutputBuffer& output = client.output();
  // Of one that has overflowed nothing is left to be replaced, and nothing will be sent.
  if (writes.empty() || output.overflowed()) return;
  const std::string error = server_.log.unloggedError();
  uint64_t at = output.consumedPosition();
  const bool owed_before_welcome = client.welcome_position > at;
  const std::string owed = output.takeAll();
  std::string_view rest = owed;
  for (const ReplyHolds::Writes& one : writes) {
    output.append(rest.substr(0, static_cast<size_t>(one.begin - at)));
    for (uint64_t i = 0; i < one.replies; ++i) output.append("-" + error + "\r\n");
    rest.remove_prefix(static_cast<size_t>(one.end - at));
    at = one.end;
    countErrors(error, one.replies);
    server_.stats.unlogged_replies += one.replies;
  }
  output.append(rest);
  // What it was owed from before its session was ended it had the right to ask for.
  if (owed_before_welcome) client.welcome_position = output.position();
  server_.output_limits.enforce(client);
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
      const bool has_name = server_.commands.findOriginal(args[0]) != nullptr;
      status.outcome =
          has_name ? ReplayOutcome::kUnknownSubcommand : ReplayOutcome::kUnknownCommand;
      status.text = unknownCommand(args);
    } else if (!item.command->arityAllows(args.size())) {
      status.outcome = ReplayOutcome::kWrongArity;
      status.text = item.command->fullName();
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
  keep(std::move(batch));
  return status;
}

void Executor::propagate(size_t db, std::span<const std::string_view> args) {
  log_block_.beforeFeed(db);
  server_.log.feedAppendOnlyFile(static_cast<int>(db), args);
}

}  // namespace inkstone
