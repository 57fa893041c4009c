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

  // Runs one command as if the client had sent it; for tests and for replay. The name is looked up
  // first.
  void execute(Client& client, std::span<const std::string_view> args);

  // A batch of the log, already parsed.
  ReplayStatus replay(Client& client, std::span<const ReplayRequest> requests);

  // Makes the effect of something that no command did (an expired key) known to the log. db is a
  // database number.
  void propagate(size_t db, std::span<const std::string_view> args);

 private:
  struct Item {
    size_t first_arg;
    size_t arg_count;
    std::string_view frame;  // empty unless canonical
    size_t end;              // offset behind the request
    Command* command;        // null if unknown
    uint64_t key_hash;
  };

  static constexpr size_t kBatchMax = 64;

  bool parseBatch(Client& client, RequestParser& parser, std::string_view input, size_t position);
  void lookupAndPrefetch(Client& client);
  void run(Client& client, const Item& item, std::span<const std::string_view> args);
  Command* resolve(std::span<const std::string_view> args, Command* command) const;
  // Replies the error and returns false when the client may not run this now.
  bool admit(Client& client, const Command* command, std::span<const std::string_view> args);
  bool admitByState(Client& client, const Command& command);
  void call(Client& client, Command& command, std::span<const std::string_view> args,
            std::string_view frame, uint64_t key_hash);
  void countError(Client& client, Command* command, bool rejected);
  void replyUnknownCommand(Client& client, std::span<const std::string_view> args);

  Server& server_;
  // Scratch of the batch under way; one for all clients, since commands run one after another.
  std::vector<std::string_view> args_;
  std::vector<Item> items_;
};

}  // namespace inkstone
