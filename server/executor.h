// Runs commands: parses a batch ahead, prefetches its keys, checks what a client may do, calls the
// handler, counts, and has writes propagated.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "persistence/log_loader.h"
#include "protocol/request_parser.h"
#include "server/client.h"
#include "server/command.h"

namespace inkstone {

class Server;

class Executor {
 public:
  explicit Executor(Server& server) : server_(server) {}

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
  };

  // Deep enough to hide the latency of memory, shallow enough that what was prefetched is still in
  // the first-level cache.
  static constexpr size_t kBatchMax = 64;

  ParseStatus parseBatch(Client& client, RequestParser& parser, std::string_view input,
                         size_t position, Batch& batch) const;
  void resolveAndPrefetch(Client& client, Batch& batch) const;
  // Runs the items until one makes the client close; returns the offset behind the last one run.
  size_t runBatch(Client& client, const Batch& batch);
  void run(Client& client, const Item& item, std::span<const std::string_view> args);
  Command* resolve(const Client& client, std::span<const std::string_view> args) const;
  // Replies the error and returns false when the client may not run this now.
  bool admit(Client& client, Command* command, std::span<const std::string_view> args);
  bool outOfMemory() const;
  void warnAboutHttp();
  bool debugAllowed(const Client& client) const;
  void reject(Client& client, Command* command, std::string_view text);
  void call(Client& client, Command& command, std::span<const std::string_view> args,
            std::string_view frame, uint64_t key_hash);
  void countError(const Client& client);
  void holdWrite(Client& client, const Command& command, std::span<const std::string_view> args,
                 uint64_t key_hash, uint64_t position);
  void holdRead(Client& client, const Command& command, std::span<const std::string_view> args,
                uint64_t key_hash, uint64_t position);

  Server& server_;
  // Memory of the last batch, kept for the next.
  Batch spare_;
  // Monotonic; 0 = not yet.
  int64_t http_warned_ms_ = 0;
};

}  // namespace inkstone
