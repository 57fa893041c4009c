#include "server/execution/executor.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/kept_buffer.h"
#include "server/clients/clients.h"
#include "server/clients/transaction.h"
#include "server/command_table/command_table.h"
#include "server/data/data_set.h"
#include "server/execution/admission.h"
#include "server/execution/command_context.h"
#include "server/execution/propagation.h"
#include "server/process/runtime.h"
#include "storage/types/member_prefetch.h"

namespace inkstone {
Executor::Executor(const ServerParts& parts, Admission& admission, Propagation& propagation,
                   const AppendOnlyLog& log)
    : parts_(parts),
      runtime_(parts.runtime),
      data_(parts.data),
      commands_(parts.commands),
      clients_(parts.clients),
      admission_(admission),
      propagation_(propagation),
      log_(log) {}

size_t Executor::processInput(Client& client, RequestParser& parser, std::string_view input) {
  // A command may run the loop (DEBUG LOADAOF), and the loop serves other clients, so each level
  // has a batch of its own.
  Batch batch = std::move(spare_);
  size_t consumed = 0;
  ParseStatus status = ParseStatus::kComplete;
  runtime_.clock.advance();
  while (status == ParseStatus::kComplete && consumed < input.size() && !client.stopped()) {
    batch.args.clear();
    batch.items.clear();
    status = parseBatch(client, parser, input, consumed, batch);
    runtime_.conditions.set(Conditions::kLogFails, !log_.lastWriteOk());
    resolveAndPrefetch(client, batch);
    if (!batch.items.empty()) consumed = runBatch(client, batch, consumed);
    if (client.stopped()) break;
    if (status == ParseStatus::kMalformed) {
      admission_.reject(client, nullptr, "ERR " + parser.error());
      client.close_after_reply = true;
    }
    clients_.output_limits.enforceAfterRequests(client);
  }
  if (client.stopped()) {
    // The requests that were parsed ahead are parsed again when they may be executed.
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
      .bulk_bytes_max = static_cast<int64_t>(runtime_.settings.proto_max_bulk_len),
      .authenticated = !client.stranger,
  };
  // The limits of requests change when the client authenticates.
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
    batch.items.push_back({first_arg, batch.args.size() - first_arg, position, frame, nullptr, {}});
    // The arguments of an inline request live in the parser until it reads the next one.
    if (is_inline) break;
  }
  return ParseStatus::kComplete;
}

Command* Executor::resolve(const Client& client, std::span<const std::string_view> args) const {
  Command* command = commands_.find(args[0]);
  if (command == nullptr && usesOriginalNames(client.origin))
    command = commands_.findOriginal(args[0]);
  if (command == nullptr || command->subcommands().empty() || args.size() < 2) return command;
  return command->findSubcommand(args[1]);
}

void Executor::resolveAndPrefetch(Client& client, Batch& batch) const {
  const Database& db = data_.keyspace[client.db];
  std::string_view last_name;
  Command* last_command = nullptr;
  const bool prefetch = batch.items.size() > 1;
  for (Item& item : batch.items) {
    if (item.arg_count == 0) continue;
    const auto args = batch.argsOf(item);
    // Pipelines mostly repeat one command. A command that has subcommands is looked up each time.
    const bool repeats = last_command != nullptr && args[0] == last_name;
    if (repeats && last_command->parent() == nullptr && last_command->subcommands().empty()) {
      item.command = last_command;
    } else {
      item.command = last_command = resolve(client, args);
      last_name = args[0];
    }
    if (item.command == nullptr || !item.command->keyFirst() || item.arg_count < 2) continue;
    item.key_hash = KeyHash(db.hashOf(args[1]));
    if (prefetch) db.prefetchBucket(item.key_hash.bits());
  }
  if (!prefetch) return;
  for (const Item& item : batch.items) {
    if (item.key_hash.known()) db.prefetchEntry(item.key_hash.bits());
  }
  prefetchMembers(db, batch);
}

const std::string_view* Executor::Batch::memberOf(const Item& item) const {
  const int argument = item.command->row().member.argument;
  const auto index = static_cast<size_t>(argument) + (argument < 0 ? item.arg_count : 0);
  if (argument == 0 || index >= item.arg_count) return nullptr;
  return &args[item.first_arg + index];
}

// Requests in a row about one big value touch as many places of it as requests about as many keys
// touch of the keyspace.
void Executor::prefetchMembers(const Database& db, const Batch& batch) const {
  const std::span<const Item> items(batch.items);
  for (size_t begin = 0; begin < items.size();) {
    const Item& first = items[begin];
    size_t end = begin + 1;
    while (end < items.size() && items[end].key_hash == first.key_hash) ++end;
    if (first.key_hash.known() && end - begin >= kMembersMin && batch.memberOf(first) != nullptr) {
      prefetchMembers(db, batch, items.subspan(begin, std::min(end - begin, kBatchMax)));
    }
    begin = end;
  }
}

void Executor::prefetchMembers(const Database& db, const Batch& batch,
                               std::span<const Item> items) const {
  const Database::Slot slot = db.find(items[0].key_hash.bits(), batch.argsOf(items[0])[1]);
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

void Executor::run(Client& client, const Item& item, std::span<const std::string_view> args) {
  if (admission_.mayRunAtOnce(client, item.command, args.size())) {
    client.last_command = item.command;
    call(client, {*item.command, args, item.frame, item.key_hash});
    if (clients_.side_effects.pending()) settleSideEffects(&client);
  } else {
    if (!runChecked(client, item, args)) return;
    if (client.tracking != nullptr) endCachingChoice(client, item.command);
  }
  // A client that waits gets its reply later.
  if (client.reply_mode != ReplyMode::kOn && client.blocked == nullptr) client.endSkippedReply();
}

// Returns false when the request has to be executed again later.
bool Executor::runChecked(Client& client, const Item& item,
                          std::span<const std::string_view> args) {
  if (!admission_.admit(client, item.command, args)) return true;
  if (clients_.pause.active() && admission_.mustPause(client, *item.command)) {
    clients_.blocking.postpone(client);
    return false;
  }
  if (client.transaction != nullptr && !item.command->has(kCmdNotQueued)) {
    queue(client, item, args);
    return true;
  }
  const Client* const before = clients_.side_effects.setExecuting(&client);
  call(client, {*item.command, args, item.frame, item.key_hash});
  if (client.tracking != nullptr) clients_.tracking.rememberReads(client, *item.command, args);
  settleSideEffects(&client);
  clients_.side_effects.setExecuting(before);
  return true;
}

// CLIENT CACHING applies to the next command that is not CLIENT, or to a whole transaction.
void Executor::endCachingChoice(Client& client, const Command* command) {
  const bool is_client = command != nullptr && command->parent() != nullptr &&
                         command->parent()->row().name == "client";
  if (!is_client && client.transaction == nullptr) client.tracking->chosen = false;
}

void Executor::settleSideEffects(Client* by) {
  SideEffects& side_effects = clients_.side_effects;
  if (!side_effects.pending()) return;
  side_effects.clear();
  clients_.pushes.settle(by);
  clients_.blocking.serveReady();
}

void Executor::rerun(Client& client) {
  const Client* const before = clients_.side_effects.setExecuting(&client);
  const QueuedCommand& command = *client.blocked->command;
  // The rules of its user may have changed while it waited.
  if (admission_.permits(client, command.command(), command.args())) {
    call(client, {command.command(), command.args(), {}, {}});
  }
  clients_.pushes.settle(&client);
  clients_.side_effects.setExecuting(before);
}

void Executor::call(Client& client, const Call& call) {
  Command& command = call.command;
  const uint64_t errors_before = client.reply().errorCount();
  CommandContext context(parts_, client, call.command, call.args, call.key_hash);
  const size_t db = client.db;
  const RanCommand ran{command, call.args, call.key_hash, client.output().position()};
  command.handler()(context);

  if (context.dirty() > 0) {
    if (!context.saved()) data_.dirty += context.dirty();
    if (!context.propagatedInstead() && changesAreNews(client.origin)) propagate(db, call);
    clients_.gate.onWrite(client, ran, transaction_);
  } else {
    clients_.gate.onRead(client, ran, transaction_);
  }
  const int64_t nanoseconds = runtime_.clock.advance();
  // A command that waits is counted when it is over.
  if (client.blocked != nullptr && !client.blocked->serving.has_value()) return;
  count(client, command, nanoseconds, errors_before);
}

void Executor::propagate(size_t db, const Call& call) {
  if (call.frame.empty()) {
    propagation_.feed(db, call.args);
  } else {
    propagation_.feedFrame(db, call.args, call.frame);
  }
}

void Executor::count(Client& client, Command& command, int64_t nanoseconds,
                     uint64_t errors_before) {
  ++command.stats.calls;
  command.stats.nanoseconds += nanoseconds;
  if (runtime_.settings.latency_tracking) command.stats.latency.record(nanoseconds);
  if (runtime_.settings.latency_monitor_threshold != 0) {
    runtime_.latency.record(command.has(kCmdFast) ? "fast-command" : "command",
                            nanoseconds / 1'000'000);
  }
  ++runtime_.stats.commands_processed;
  runtime_.stats.loop_command_ns += nanoseconds;
  ++client.commands_processed;
  if (client.reply().errorCount() != errors_before) {
    runtime_.stats.countError(client.reply().lastError());
    ++command.stats.failed_calls;
  }
}

void Executor::execute(Client& client, std::span<const std::string_view> args) {
  Item item{0, args.size(), 0, {}, resolve(client, args), {}};
  if (item.command != nullptr && item.command->keyFirst() && args.size() > 1) {
    item.key_hash = KeyHash(data_.keyspace.hasher()(args[1]));
  }
  runtime_.clock.advance();
  run(client, item, args);
}

ReplayStatus Executor::replay(Client& client, std::span<const ReplayRequest> requests) {
  Batch batch = std::move(spare_);
  batch.args.clear();
  batch.items.clear();
  for (const ReplayRequest& request : requests) {
    batch.items.push_back({batch.args.size(), request.args.size(), 0, {}, nullptr, {}});
    batch.args.insert(batch.args.end(), request.args.begin(), request.args.end());
  }
  resolveAndPrefetch(client, batch);
  ReplayStatus status;
  for (const Item& item : batch.items) {
    const auto args = batch.argsOf(item);
    if (item.command == nullptr) {
      const bool has_name = commands_.findOriginal(args[0]) != nullptr;
      status.outcome =
          has_name ? ReplayOutcome::kUnknownSubcommand : ReplayOutcome::kUnknownCommand;
      status.text = Admission::unknownCommand(args);
    } else if (!item.command->arityAllows(args.size())) {
      status.outcome = ReplayOutcome::kWrongArity;
      status.text = item.command->fullName();
    } else {
      const uint64_t errors_before = client.reply().errorCount();
      call(client, {*item.command, args, {}, item.key_hash});
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

}  // namespace inkstone
