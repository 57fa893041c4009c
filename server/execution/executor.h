// Executes commands: parses a batch ahead, prefetches its keys, asks whether the client may run
// each command (admission.h), calls the handlers, counts, has changes propagated (propagation.h)
// and replies held (reply_gate.h).
//
// The state of one run is kept on the stack, because a command may run others (EXEC, loading).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "persistence/log/log_replay.h"
#include "protocol/request_parser.h"
#include "server/clients/blocking.h"
#include "server/clients/client.h"
#include "server/clients/reply_gate.h"
#include "server/command_table/command.h"
#include "server/execution/server_parts.h"

namespace inkstone {

class Admission;
class Database;
class Propagation;

class Executor final : public CommandRunner {
 public:
  // All must outlive this object. The constructor uses no part that is built later.
  Executor(const ServerParts& parts, Admission& admission, Propagation& propagation,
           const AppendOnlyLog& log);

  // Executes the complete requests at the start of `input` and returns the number of bytes that
  // they took. Stops early when the client is to be closed. A malformed request is answered, and
  // the client is marked close_after_reply.
  size_t processInput(Client& client, RequestParser& parser, std::string_view input);

  // Executes one command as if the client had sent it; for tests.
  void execute(Client& client, std::span<const std::string_view> args);

  // Executes a batch of the log that is already parsed.
  ReplayStatus replay(Client& client, std::span<const ReplayRequest> requests);

  // EXEC: executes the commands that the client has queued, and replies all their replies.
  void runTransaction(Client& client);
  // The command of `by` is over; null if there was no command. Pushes get their holds, and clients
  // that waited for keys are served.
  void settleSideEffects(Client* by);
  void rerun(Client& client) override;

  // Whether the queued commands of a transaction are being executed. Meanwhile no client may be
  // made to wait, and nothing may fork.
  bool inTransaction() const { return transaction_ != nullptr; }

  // The door for changes that no command brings about as it stands: the deletion of an expired key,
  // a command that is repeated by its effect.
  Propagation& propagation() { return propagation_; }

 private:
  struct Item {
    size_t first_arg;
    size_t arg_count;
    size_t end;              // offset behind the request
    std::string_view frame;  // empty unless canonical
    Command* command;        // null if unknown
    KeyHash key_hash;
  };
  // A command with everything that one run of it needs.
  struct Call {
    Command& command;
    std::span<const std::string_view> args;
    std::string_view frame;  // empty unless canonical
    KeyHash key_hash;
  };
  // The requests that were parsed ahead and are not executed yet.
  struct Batch {
    std::vector<std::string_view> args;
    std::vector<Item> items;

    std::span<const std::string_view> argsOf(const Item& item) const {
      return std::span(args).subspan(item.first_arg, item.arg_count);
    }
    // The member that the command will look up in the value of its key; null if there is none.
    const std::string_view* memberOf(const Item& item) const;
  };

  // The batch is deep enough to hide the latency of memory, and shallow enough that prefetched data
  // is still in the first-level cache.
  static constexpr size_t kBatchMax = 64;
  // A batch with this many arguments takes no more requests, because they would not stay in that
  // cache either.
  static constexpr size_t kBatchArgsMax = 512;
  // For fewer requests in a row about one key it does not pay to find its value first.
  static constexpr size_t kMembersMin = 4;

  // Keeps the memory of the batch for the next one, unless it is huge.
  void keep(Batch batch);
  ParseStatus parseBatch(Client& client, RequestParser& parser, std::string_view input,
                         size_t position, Batch& batch) const;
  void resolveAndPrefetch(Client& client, Batch& batch) const;
  void prefetchMembers(const Database& db, const Batch& batch) const;
  void prefetchMembers(const Database& db, const Batch& batch, std::span<const Item> items) const;
  // Executes the items until one makes the client close or wait. Returns the offset behind the last
  // one that is done. `start` is the offset of the first.
  size_t runBatch(Client& client, const Batch& batch, size_t start);
  void run(Client& client, const Item& item, std::span<const std::string_view> args);
  bool runChecked(Client& client, const Item& item, std::span<const std::string_view> args);
  Command* resolve(const Client& client, std::span<const std::string_view> args) const;
  void call(Client& client, const Call& call);
  void propagate(size_t db, const Call& call);
  void count(Client& client, Command& command, int64_t nanoseconds, uint64_t errors_before);
  static void endCachingChoice(Client& client, const Command* command);
  void queue(Client& client, const Item& item, std::span<const std::string_view> args);

  const ServerParts& parts_;
  Runtime& runtime_;
  DataSet& data_;
  CommandTable& commands_;
  Clients& clients_;
  Admission& admission_;
  Propagation& propagation_;
  const AppendOnlyLog& log_;
  // The transaction that is being executed; null if there is none.
  TransactionHolds* transaction_ = nullptr;
  // The memory of the last batch and of the last transaction, which is kept for the next.
  Batch spare_;
  std::vector<KeyHash> spare_keys_;
};

}  // namespace inkstone
