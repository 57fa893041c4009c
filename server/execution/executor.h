// Runs commands: parses a batch ahead, prefetches its keys, checks what a client may do, calls the
// handler, counts, and has writes propagated.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "persistence/log/log_replay.h"
#include "protocol/request_parser.h"
#include "server/clients/client.h"
#include "server/command_table/command.h"
#include "server/execution/log_block.h"

namespace inkstone {

class Database;
class QueuedCommand;
class Server;

class Executor {
 public:
  explicit Executor(Server& server);

  // Executes the complete requests at the start of `input` and returns how many bytes they took.
  // Stops early when the client is to be closed. A malformed request is answered and the client
  // marked close_after_reply.
  size_t processInput(Client& client, RequestParser& parser, std::string_view input);

  // Runs one command as if the client had sent it; for tests.
  void execute(Client& client, std::span<const std::string_view> args);

  // A batch of the log, already parsed.
  ReplayStatus replay(Client& client, std::span<const ReplayRequest> requests);

  // Makes known to the log what no client's command did as it stands (an expired key, a command by
  // its effect).
  void propagate(size_t db, std::span<const std::string_view> args);

  // What the log shall have as one transaction.
  LogBlock& logBlock() { return log_block_; }

  // EXEC: runs what the client has queued and replies all their replies.
  void runTransaction(Client& client);
  // The reply that the client is about to get waits for everything that was written so far.
  void holdUntilAcknowledged(Client& client);
  // Nothing that the client is owed waits for the log any longer (AppendOnlyLog::holdsAreOver()):
  // in place of each reply to a write there is an error, all others stay as they are. For the end
  // of a turn.
  void endHolds(Client& client);
  // The client whose command runs, if it may be sent pushes; else null.
  const Client* executing() const { return executing_; }
  // What runs brings something about for other clients, which settleSideEffects() has to finish.
  void noteSideEffect() { side_effects_ = true; }
  // The command of `by` is over (null: it was none): pushes get their holds, and clients that
  // waited for keys are served.
  void settleSideEffects(Client* by);
  // Runs the command that a client waits with once more, for a key that it can be served from.
  void rerun(Client& client);
  // The client's last reply was an error.
  void countError(const Client& client);
  void countErrors(std::string_view text, uint64_t count);

  // Commands run that were queued: nobody may be made to wait, nothing may fork.
  bool inTransaction() const { return in_transaction_; }

 private:
  struct Item {
    size_t first_arg;
    size_t arg_count;
    size_t end;              // offset behind the request
    std::string_view frame;  // empty unless canonical
    Command* command;        // null if unknown
    uint64_t key_hash;
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
  bool isOrdinary(const Client& client, const Command* command, size_t args) const;
  bool runChecked(Client& client, const Item& item, std::span<const std::string_view> args);
  Command* resolve(const Client& client, std::span<const std::string_view> args) const;
  // Replies the error and returns false when the client may not run this now.
  // server/execution/admission.cpp
  bool admit(Client& client, Command* command, std::span<const std::string_view> args);
  void rejectUnknown(Client& client, std::span<const std::string_view> args);
  // The user's rules allow it; else replies NOPERM.
  bool permits(Client& client, Command& command, std::span<const std::string_view> args);
  std::string_view refusalByRank(const Client& client, const Command& command) const;
  std::string_view refusal(const Client& client, const Command& command) const;
  static std::string unknownCommand(std::span<const std::string_view> args);
  bool mustPause(const Client& client, const Command& command) const;
  bool outOfMemory() const;
  void warnAboutHttp();
  bool debugAllowed(const Client& client) const;
  void reject(Client& client, Command* command, std::string_view text);
  void call(Client& client, Command& command, std::span<const std::string_view> args,
            std::string_view frame, uint64_t key_hash);
  static void endCachingChoice(Client& client, const Command* command);
  void queue(Client& client, const Item& item, std::span<const std::string_view> args);
  void holdWrite(Client& client, const Command& command, std::span<const std::string_view> args,
                 uint64_t key_hash, uint64_t position);
  void holdRead(Client& client, const Command& command, std::span<const std::string_view> args,
                uint64_t key_hash, uint64_t position);

  bool stillPermits(Client& client, const QueuedCommand& queued);
  void noteTransactionWrite(const Command& command, std::span<const std::string_view> args,
                            uint64_t key_hash);
  void holdTransaction(Client& client, uint64_t position);

  Server& server_;
  LogBlock log_block_;
  const Client* executing_ = nullptr;
  bool side_effects_ = false;
  bool in_transaction_ = false;
  // Of the transaction that runs: the hashes of keys that were written (and whether any key may
  // have been), and the log offset that its reply waits for.
  std::vector<uint64_t> written_keys_;
  bool wrote_ = false;
  bool wrote_unknown_keys_ = false;
  uint64_t hold_offset_ = 0;
  // Memory of the last batch, kept for the next.
  Batch spare_;
  // Monotonic; 0 = not yet.
  int64_t http_warned_ms_ = 0;
};

}  // namespace inkstone
