// Clients that wait: for keys to pop from, for the log, for the end of CLIENT PAUSE.
//
// Who waits for a key is served in the order of arrival, after the command (or transaction) that
// brought something to the key. Nothing is looked through while nothing happens: keys have lists,
// deadlines and log offsets stand in order.
#pragma once

#include <asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/clients/keyed_lists.h"
#include "server/clients/transaction.h"
#include "storage/entry.h"

namespace inkstone {

class AppendOnlyLog;
class Client;
class ClientRegistry;
class Command;
class KeyInterests;
class Keyspace;
class ReplyGate;
class Runtime;
class SideEffects;

// A client's command that may have to wait.
struct WaitingCommand {
  Client& client;
  Command& command;
  std::span<const std::string_view> args;
};

// Runs the command that a client waits with once more, for the key that it can be served from.
class CommandRunner {
 public:
  virtual ~CommandRunner() = default;
  virtual void rerun(Client& client) = 0;
};

// Whether a key is ready for a client that waits for it.
struct KeyCheck {
  // `entry` is what the key holds, null if it holds nothing; `command` is the one that waits.
  bool (*ready)(const Entry* entry, const QueuedCommand& command) = nullptr;
  // The client is asked for as well when a key was deleted or has expired.
  bool also_when_gone = false;
};

enum class BlockKind : uint8_t {
  kKeys,
  // WAIT: there are no replicas, so only time can end it.
  kReplicas,
  // WAITAOF
  kLog,
  // CLIENT PAUSE; the request is still in the query buffer.
  kPostponed,
};

struct BlockedClient {
  BlockKind kind;
  size_t db = 0;
  // Monotonic; 0: for ever.
  int64_t deadline_ms = 0;
  // Unless kPostponed.
  std::optional<QueuedCommand> command = {};
  // For kKeys.
  KeyCheck check = {};
  // While the command runs again: the key that it is to be served from, and no other.
  std::optional<std::string_view> serving = {};
  std::vector<KeyedLists<Client*>::Place> places = {};
  // kLog: what has to be durable.
  uint64_t log_offset = 0;

  size_t bytes() const {
    return (command ? command->bytes() : 0) + places.capacity() * sizeof(places[0]);
  }
};

class Blocking {
 public:
  Blocking(Runtime& runtime, const Keyspace& keyspace, const AppendOnlyLog& log,
           ClientRegistry& registry, KeyInterests& interests, SideEffects& side_effects,
           ReplyGate& gate);

  // To be set before any client waits; it must outlive this object.
  void setRunner(CommandRunner& runner) { runner_ = &runner; }

  // For handlers. The command is run again with `serving` set when it can be served; at the
  // deadline (monotonic, 0 = none) the client is told so.
  void waitForKeys(const WaitingCommand& waiting, const KeyCheck& check,
                   std::span<const std::string_view> keys, int64_t deadline_ms);
  void waitForReplicas(const WaitingCommand& waiting, int64_t deadline_ms);
  // Until the log is durable up to there; with replicas asked for as well, until the deadline.
  void waitForLog(const WaitingCommand& waiting, uint64_t log_offset, bool and_replicas,
                  int64_t deadline_ms);
  // The key that the command is run again for; nothing when it runs for the first time.
  static std::optional<std::string_view> servedKey(const Client& client);

  // The request that the client would run now is run when the pause is over.
  void postpone(Client& client);
  void resumePostponed();

  // CLIENT UNBLOCK: as if it was time, or with an error. False if the client does not wait, or for
  // the end of a pause.
  bool wake(Client& client, bool with_error);
  // The client is about to go, or is reset.
  void forget(Client& client);

  // A key has, or gets with the running command, another value than before.
  void keyAdded(size_t db, std::string_view key) { noteKey(db, key); }
  // A key was changed or is gone.
  void keyChanged(size_t db, std::string_view key) {
    if (waiting_for_gone_ > 0) noteKey(db, key);
  }
  // The database has other keys than before.
  void databaseReplaced(size_t db);
  // Runs the commands of clients whose keys are ready.
  void serveReady();
  // The log was flushed.
  void onFlushed();

  // INFO blocked_clients, clients_in_timeout_table, total_blocking_keys.
  size_t count() const { return count_; }
  size_t deadlineCount() const { return deadlines_.size(); }
  size_t keyCount() const;

 private:
  using Lists = KeyedLists<Client*>;
  struct ReadyKey {
    size_t db;
    std::string name;
    bool operator==(const ReadyKey&) const = default;
    auto operator<=>(const ReadyKey&) const = default;
  };

  BlockedClient& begin(const WaitingCommand& waiting, BlockKind kind, int64_t deadline_ms);
  void addDeadline(Client& client, int64_t deadline_ms);
  void arm();
  void onTimer();
  // Takes it out of all lists. Its later requests run soon.
  void release(Client& client);
  void remove(Client& client);
  void noteKey(size_t db, std::string_view key);
  void serveKey(const ReadyKey& key);
  // What the key holds now; null if nothing.
  const Entry* entryOf(const ReadyKey& key) const;
  void replyTimeout(Client& client);
  void finish(Client& client, bool with_error);

  Runtime& runtime_;
  const Keyspace& keyspace_;
  const AppendOnlyLog& log_;
  ClientRegistry& registry_;
  KeyInterests& interests_;
  SideEffects& side_effects_;
  ReplyGate& gate_;
  CommandRunner* runner_ = nullptr;
  // By database.
  std::vector<Lists> lists_;
  size_t waiting_for_keys_ = 0;
  // Those of them that keys which are gone concern as well.
  size_t waiting_for_gone_ = 0;
  std::vector<ReadyKey> ready_;
  // The same, to find out whether a key is among them.
  std::set<ReadyKey> ready_names_;
  std::set<std::pair<int64_t, Client*>> deadlines_;
  std::multimap<uint64_t, Client*> log_offsets_;
  std::set<Client*> postponed_;
  size_t count_ = 0;
  asio::steady_timer timer_;
  // 0: not armed.
  int64_t armed_for_ms_ = 0;
};

}  // namespace inkstone
