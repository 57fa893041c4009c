// What a command is: one row declares it, everything that needs to know about commands reads that
// row.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/command_table/command_stats.h"

namespace inkstone {

class CommandContext;

// A handler parses its arguments, acts on the keyspace, replies.
using CommandHandler = void (*)(CommandContext&);

// Flags as COMMAND INFO names them.
enum CommandFlag : uint32_t {
  kCmdWrite = 1U << 0,
  kCmdReadonly = 1U << 1,
  kCmdDenyOom = 1U << 2,
  kCmdAdmin = 1U << 3,
  kCmdPubsub = 1U << 4,
  kCmdNoScript = 1U << 5,
  kCmdBlocking = 1U << 6,
  kCmdLoading = 1U << 7,
  kCmdStale = 1U << 8,
  kCmdSkipMonitor = 1U << 9,
  kCmdSkipSlowlog = 1U << 10,
  kCmdAsking = 1U << 11,
  kCmdFast = 1U << 12,
  kCmdNoAuth = 1U << 13,
  kCmdMayReplicate = 1U << 14,
  kCmdNoMandatoryKeys = 1U << 15,
  kCmdNoMulti = 1U << 16,
  kCmdMovableKeys = 1U << 17,
  kCmdAllowBusy = 1U << 18,
  kCmdNoAsyncLoading = 1U << 19,
  // Not shown: refused unless enable-debug-command says otherwise.
  kCmdDebug = 1U << 20,
  // Not shown: within MULTI it runs at once, instead of being queued.
  kCmdNotQueued = 1U << 21,
  // Not shown: runs what was queued, so what holds for that holds for it.
  kCmdExec = 1U << 22,
  // Not shown: a client of RESP2 may send it while it is subscribed.
  kCmdInSubscriber = 1U << 23,
  // Not shown: CLIENT PAUSE WRITE holds it back, though it writes nothing.
  kCmdPaused = 1U << 24,
};

// ACL categories in Redis's order. Those that follow from flags (write, read, admin, dangerous,
// pubsub, fast, slow, blocking) are added by CommandTable and need not be in the row.
enum AclCategory : uint32_t {
  kAclKeyspace = 1U << 0,
  kAclRead = 1U << 1,
  kAclWrite = 1U << 2,
  kAclSet = 1U << 3,
  kAclSortedSet = 1U << 4,
  kAclList = 1U << 5,
  kAclHash = 1U << 6,
  kAclString = 1U << 7,
  kAclBitmap = 1U << 8,
  kAclHyperloglog = 1U << 9,
  kAclGeo = 1U << 10,
  kAclStream = 1U << 11,
  kAclPubsub = 1U << 12,
  kAclAdmin = 1U << 13,
  kAclFast = 1U << 14,
  kAclSlow = 1U << 15,
  kAclBlocking = 1U << 16,
  kAclDangerous = 1U << 17,
  kAclConnection = 1U << 18,
  kAclTransaction = 1U << 19,
  kAclScripting = 1U << 20,
};

// Access of a key specification, as COMMAND INFO names them.
enum KeyFlag : uint32_t {
  kKeyReadOnly = 1U << 0,   // RO
  kKeyReadWrite = 1U << 1,  // RW
  kKeyOverwrite = 1U << 2,  // OW
  kKeyRemove = 1U << 3,     // RM
  kKeyAccess = 1U << 4,
  kKeyUpdate = 1U << 5,
  kKeyInsert = 1U << 6,
  kKeyDelete = 1U << 7,
  kKeyNotKey = 1U << 8,
  kKeyIncomplete = 1U << 9,
  kKeyVariableFlags = 1U << 10,
};

// Where keys stand among the arguments: begin_search by index or keyword, find_keys by range or by
// a count argument.
struct KeySpec {
  uint32_t flags = 0;
  std::string_view notes = {};
  // kIndex: keys begin at argument `index`. kKeyword: behind `keyword`, searched from `index`
  // (negative: from the end).
  enum class Begin : uint8_t { kIndex, kKeyword, kUnknown } begin = Begin::kIndex;
  int index = 1;
  std::string_view keyword = {};
  // kRange: to `last` (relative to the first; negative: from the end), every `step`, `limit` as in
  // COMMAND INFO. kKeyNum: the count stands at `last` (relative), keys begin at `limit`, every
  // `step`.
  enum class Find : uint8_t { kRange, kKeyNum, kUnknown } find = Find::kRange;
  int last = 0;
  int step = 1;
  int limit = 0;
};

// Which argument names an element that the command looks up in the value of its first key. In a
// pipeline what the look-up touches is loaded ahead.
struct MemberSpec {
  int argument = 0;       // negative: from the end; 0: none
  bool by_order = false;  // it is also about where the element stands in a sorted set
};

// Which arguments are channels that the command publishes in or listens to, as access control sees
// them.
enum class ChannelUse : uint8_t { kNone, kFirst, kAll, kAllArePatterns };

struct CommandRow {
  std::string_view name;  // lower case; of a subcommand only its own part
  int arity;              // counts the name (and the subcommand's); negative: at least
  uint32_t flags = 0;
  uint32_t categories = 0;
  CommandHandler handler = nullptr;
  std::vector<KeySpec> keys = {};
  MemberSpec member = {};
  ChannelUse channels = ChannelUse::kNone;
  std::vector<CommandRow> subcommands = {};
  std::string_view since = {};
  std::string_view group = {};
  std::string_view complexity = {};
  std::string_view summary = {};
  std::vector<std::string_view> tips = {};
};

// A row in use: with what was derived from it, and what is counted.
class Command {
 public:
  Command(CommandRow row, const Command* parent);

  const CommandRow& row() const { return row_; }
  // "config|get" for a subcommand.
  const std::string& fullName() const { return full_name_; }
  const Command* parent() const { return parent_; }
  std::span<const std::unique_ptr<Command>> subcommands() const { return subcommands_; }

  bool has(CommandFlag flag) const { return (row_.flags & flag) != 0; }
  uint32_t categories() const { return categories_; }
  CommandHandler handler() const { return row_.handler; }
  bool arityAllows(size_t args) const {
    return row_.arity >= 0 ? args == static_cast<size_t>(row_.arity)
                           : args >= static_cast<size_t>(-row_.arity);
  }
  // The first argument is a key: it can be hashed and prefetched before the command runs.
  bool keyFirst() const { return key_first_; }
  // It is the only one.
  bool singleKey() const { return single_key_; }
  // Reads or changes the data set, or both.
  bool touchesData() const { return touches_data_; }
  // Its arguments tell all the keys it reads.
  bool keysAreKnown() const { return keys_known_; }

  // Subcommand by name in any case, null if unknown.
  Command* findSubcommand(std::string_view name) const;

  CommandStats stats;
  // Its number among all commands and subcommands, given by CommandTable.
  size_t id = 0;

 private:
  CommandRow row_;
  const Command* parent_;
  std::string full_name_;
  uint32_t categories_ = 0;
  bool key_first_ = false;
  bool single_key_ = false;
  bool touches_data_ = false;
  bool keys_known_ = true;
  std::vector<std::unique_ptr<Command>> subcommands_;
};

}  // namespace inkstone
