// Runs commands: parses a batch ahead, prefetches its keys, asks whether the client may
// (admission.h), calls the handler, counts, and has writes propagated (propagation.h) and replies
// held (reply_gate.h).
//
// What belongs to one run stands on the stack: a command may run others (EXEC, loading).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "persistence/log/log_loader.h"
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
  // All must outlive this object; parts that are built later are not used before.
  Executor(const ServerParts& parts, Admission& admission, Propagation& propagation,
           const AppendOnlyLog& log);

  // Executes the complete requests at the start of `input` and returns how many bytes they took.
  // Stops early when the client is to be closed. A malformed request is answered and the client
  // marked close_after_reply.
  size_t processInput(Client& client, RequestParser& parser, std::string_view input);

  // Runs one command as if the client had sent it; for tests.
  void execute(Client& client, std::span<const std::string_view> args);

  // A batch of the log, already parsed.
  ReplayStatus replay(Client& client, std::span<const ReplayRequest> requests);

  // EXEC: runs what the client has queued and replies all their replies.
  void runTransaction(Client& client);
  // The command of `by` is over (null: it was none): pushes get their holds, and clients that
  // waited for keys are served.
  void settleSideEffects(Client* by);
  void rerun(Client& client) override;

  // Commands run that were queued: nobody may be made to wait, nothing may fork.
  bool inTransaction() const { return transaction_ != nullptr; }

  // Where changes leave that no command brings about as it stands: an expired key, a command by its
  // effect.
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
  // A command with what one run of it needs.
  struct Call {
    Command& command;
    std::span<const std::string_view> args;
    std::string_view frame;  // empty unless canonical
    KeyHash key_hash;
  };
  // Requests parsed ahead and not yet executed.
  struct Batch {
    std::vector<std::string_view> args;
    std::vector<Item> items;

    std::span<const std::string_view> argsOf(const Item& item) const {
      return std::span(args).subspan(item.first_arg, item.arg_count);
    }
    // What the command will look up in the value of its key; null if nothing.
    const std::string_view* memberOf(const Item& item) const;
  };

  // Deep enough to hide the latency of memory, shallow enough that what was prefetched is still in
  // the first-level cache.
  static constexpr size_t kBatchMax = 64;
  // A batch that has so many arguments takes no more requests: they would not stay there either.
  static constexpr size_t kBatchArgsMax = 512;
  // Fewer requests in a row about one key are not worth finding its value for.
  static constexpr size_t kMembersMin = 4;

  // For the next batch, as far as that is no huge one.
  void keep(Batch batch);
  ParseStatus parseBatch(Client& client, RequestParser& parser, std::string_view input,
                         size_t position, Batch& batch) const;
  void resolveAndPrefetch(Client& client, Batch& batch) const;
  void prefetchMembers(const Database& db, const Batch& batch) const;
  void prefetchMembers(const Database& db, const Batch& batch, std::span<const Item> items) const;
  // Runs the items until one makes the client close or wait; returns the offset behind the last one
  // that is done. `start` is where the first begins.
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
  // The transaction that runs; null while none does.
  TransactionHolds* transaction_ = nullptr;
  // Memory of the last batch and the last transaction, kept for the next.
  Batch spare_;
  std::vector<KeyHash> spare_keys_;
};

}  // namespace inkstone
