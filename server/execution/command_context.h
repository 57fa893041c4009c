// The argument of every handler: the client, the arguments, and the ways to reach keys, to reply,
// and to say what was changed and is to be propagated.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/clients/client.h"
#include "server/clients/clients.h"
#include "server/command_table/command.h"
#include "server/execution/server_parts.h"
#include "storage/database.h"

namespace inkstone {

// A key that was looked up: its hash, for further calls, and its slot, which is empty if the key
// does not exist or has expired.
struct KeyRef {
  uint64_t hash;
  Database::Slot slot;

  explicit operator bool() const { return static_cast<bool>(slot); }
  Entry* entry() const { return slot.node(); }
};

class CommandContext {
 public:
  using Args = std::span<const std::string_view>;

  CommandContext(const ServerParts& parts, Client& client_in, Command& command_in, Args args_in,
                 KeyHash first_key_hash)
      : client(client_in),
        command(command_in),
        args(args_in),
        reply(client_in.reply()),
        parts_(parts),
        events_(parts.clients.key_events),
        first_key_hash_(first_key_hash) {}

  // The parts of the server that handlers act on.
  Runtime& runtime() const { return parts_.runtime; }
  DataSet& data() const { return parts_.data; }
  CommandTable& commands() const { return parts_.commands; }
  Clients& clients() const { return parts_.clients; }
  AccessControl& acl() const { return parts_.acl; }
  Executor& executor() const { return parts_.executor; }
  Durability& durability() const { return parts_.durability; }
  Network& network() const { return parts_.network; }
  const ServerParts& parts() const { return parts_; }

  Client& client;
  Command& command;
  // args[0] is the name as the client wrote it; for a subcommand args[1] is its name. Views live
  // until the handler returns.
  const Args args;
  ReplyBuilder& reply;

  Database& db() const;
  // The time of this command.
  int64_t unixMs() const;

  // Looks a key up for reading, counts a hit or miss, and notes the access. An expired key does not
  // exist; it is deleted, and the deletion is propagated.
  KeyRef lookupRead(std::string_view key) { return lookup(key, kRead); }
  // Does the same for a key whose hash is known.
  KeyRef lookupRead(std::string_view key, uint64_t hash) { return lookup(key, hash, kRead); }
  // Does the same for writing: nothing is counted.
  KeyRef lookupWrite(std::string_view key) { return lookup(key, kWrite); }
  // Looks a key up without a trace, neither in access bits nor in statistics: for OBJECT, TTL, TYPE
  // and the like.
  KeyRef lookupQuiet(std::string_view key) { return lookup(key, kQuiet); }
  // Looks a key up for reading and counts that, without touching access bits.
  KeyRef lookupNoTouch(std::string_view key) { return lookup(key, kNoTouch); }

  // Whether the command may wait: it comes from a client, and is no part of a transaction.
  bool mayWait() const;
  // The command as Blocking takes it.
  WaitingCommand asWaiting() const { return {client, command, args}; }

  // True if the key does not exist or is of this type; else replies WRONGTYPE.
  [[nodiscard]] bool expectType(const KeyRef& key, ValueType type);
  [[nodiscard]] bool expectString(const KeyRef& key) { return expectType(key, ValueType::kString); }

  // Puts a value under a key that lookupWrite() did not find.
  Entry* insertValue(const KeyRef& key, std::string_view name, const Value& value) {
    keyAdded(name);
    return db().insertValue(key.hash, name, value, initialAccess());
  }
  const EncodingRules& encodingRules() const { return db().encodingRules(); }

  // Access bits for a new value.
  uint32_t initialAccess() const;

  // Every change of a key of the selected database is reported by one of these calls, in the order
  // of Redis's events and with their names.
  //
  // The key was created; insertValue() reports that itself.
  void keyAdded(std::string_view key) {
    if (!events_.idle()) events_.added(client.db, key);
  }
  // The key got another value as a whole.
  void keyReplaced(std::string_view key) {
    if (!events_.idle()) events_.replaced(client.db, key);
  }
  void keyChanged(NotifyFlag event_class, std::string_view event, std::string_view key) {
    if (!events_.idle()) events_.changed(client.db, key, event_class, event);
  }
  void keyDeleted(std::string_view key) { keyChanged(kNotifyGeneric, "del", key); }
  // The key got a string; `before` is the result of its look-up.
  void stringChanged(std::string_view event, std::string_view key, const KeyRef& before) {
    if (events_.idle()) return;
    if (!before) events_.added(client.db, key);
    events_.changed(client.db, key, kNotifyString, event);
  }

  // Says that the data set was changed, and how many changes that counts for. A command that never
  // says so is not propagated.
  void markDirty(uint64_t changes = 1) { dirty_ += changes; }
  uint64_t dirty() const { return dirty_; }
  // Says that a snapshot already has the changes of the command. They are propagated, and do not
  // count as changes since the last save.
  void markSaved() { saved_ = true; }
  bool saved() const { return saved_; }

  // Propagates these words instead of the command as it came. Several calls propagate several
  // commands, in order.
  void propagateInstead(std::span<const std::string_view> args_instead);
  void propagateInstead(std::initializer_list<std::string_view> args_instead) {
    propagateInstead(std::span(args_instead.begin(), args_instead.size()));
  }
  bool propagatedInstead() const { return propagated_instead_; }
  // The commands that are propagated between these two calls are one transaction, so a torn log has
  // all of them or none.
  void beginLogBlock();
  void endLogBlock();

  // Replies an error; `text` begins with its code ("ERR ...").
  void error(std::string_view text) { reply.error(text); }
  // "ERR wrong number of arguments for 'set' command"
  void arityError();

  // Parse an argument; on failure reply Redis's error and return false.
  [[nodiscard]] bool parseInteger(std::string_view text, int64_t& value);
  [[nodiscard]] bool parseInteger(std::string_view text, int64_t& value,
                                  std::string_view error_text);

 private:
  enum LookupMode : uint8_t { kRead, kWrite, kQuiet, kNoTouch };
  KeyRef lookup(std::string_view key, LookupMode mode);
  KeyRef lookup(std::string_view key, uint64_t hash, LookupMode mode);

  const ServerParts& parts_;
  KeyEvents& events_;
  KeyHash first_key_hash_;
  uint64_t dirty_ = 0;
  bool propagated_instead_ = false;
  bool saved_ = false;
};

}  // namespace inkstone
