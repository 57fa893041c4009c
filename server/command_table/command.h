// What a command is: one row declares it, and everything that needs to know about commands reads
// that row. The row stands at the end of the file that has the handler.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
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
  // COMMAND does not show these.
  // The command is refused unless enable-debug-command says otherwise.
  kCmdDebug = 1U << 20,
  // Within MULTI it runs at once, instead of being queued.
  kCmdNotQueued = 1U << 21,
  // It runs what was queued, so what holds for that holds for it.
  kCmdExec = 1U << 22,
  // A client of RESP2 may send it while it is subscribed.
  kCmdInSubscriber = 1U << 23,
  // CLIENT PAUSE WRITE holds it back, though it writes nothing.
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

// Up to kMax values within the object itself, so that rows are constants of the program.
template <class T, size_t kMax>
class InlineList {
 public:
  constexpr InlineList() = default;
  constexpr InlineList(std::initializer_list<T> values) {
    for (const T& value : values) values_[size_++] = value;
  }

  constexpr size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr const T* begin() const { return values_.data(); }
  constexpr const T* end() const { return begin() + size_; }
  constexpr const T& operator[](size_t index) const { return values_[index]; }

 private:
  std::array<T, kMax> values_ = {};
  size_t size_ = 0;
};

using KeySpecs = InlineList<KeySpec, 3>;

struct CommandRow {
  std::string_view name;         // lower case; "config|get" for a subcommand
  std::string_view syntax = {};  // the arguments, as command_syntax.h describes them
  int arity = 0;                 // counts the name (and the subcommand's); negative: at least
  uint32_t flags = 0;
  uint32_t categories = 0;
  CommandHandler handler = nullptr;  // null: nothing runs without a subcommand
  KeySpecs keys = {};
  MemberSpec member = {};
  ChannelUse channels = ChannelUse::kNone;
  std::string_view since = {};
  std::string_view group = {};
  std::string_view complexity = {};
  std::string_view summary = {};
  InlineList<std::string_view, 3> tips = {};
  std::string_view deprecated_since = {};
  std::string_view replaced_by = {};
  bool system = false;  // not for applications
  // The lines that HELP of the container shows for a subcommand, with '\n' between them.
  std::string_view help = {};
};

// It is not defined: a call to it shows the incomplete row in the compiler's message.
void rowIsIncomplete(const CommandRow& row);

// The rows of one file. They must live as long as the program. A row that lacks a handler or a
// word of its description does not compile; LOLWUT alone has no complexity, as in Redis.
class CommandRows {
 public:
  template <size_t kCount>
  consteval CommandRows(const CommandRow (&rows)[kCount]) : rows_(rows) {
    for (const CommandRow& row : rows) {
      const bool runs = row.handler != nullptr || row.arity == -2;
      const bool described = !row.since.empty() && !row.group.empty() && !row.summary.empty() &&
                             (!row.complexity.empty() || row.name == "lolwut");
      const bool contradicts = (row.flags & kCmdWrite) != 0 && (row.flags & kCmdReadonly) != 0;
      if (row.name.empty() || row.arity == 0 || !runs || !described || contradicts) {
        rowIsIncomplete(row);
      }
    }
  }

  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }

 private:
  std::span<const CommandRow> rows_;
};

// A row in use: with what was derived from it, and what is counted.
class Command {
 public:
  Command(const CommandRow& row, const Command* parent);

  const CommandRow& row() const { return row_; }
  // "config|get" for a subcommand.
  const std::string& fullName() const { return full_name_; }
  // "get" for that subcommand.
  std::string_view name() const { return name_; }
  const Command* parent() const { return parent_; }
  // They are in the order of their names.
  std::span<const std::unique_ptr<Command>> subcommands() const { return subcommands_; }

  bool has(CommandFlag flag) const { return (flags_ & flag) != 0; }
  uint32_t categories() const { return categories_; }
  CommandHandler handler() const { return handler_; }
  bool arityAllows(size_t args) const {
    return arity_ >= 0 ? args == static_cast<size_t>(arity_) : args >= static_cast<size_t>(-arity_);
  }
  // The first argument is a key: it can be hashed and prefetched before the command runs.
  bool keyFirst() const { return key_first_; }
  // The first argument is the only key.
  bool singleKey() const { return single_key_; }
  // Reads or changes the data set, or both.
  bool touchesData() const { return touches_data_; }
  // Its arguments tell all the keys it reads.
  bool keysAreKnown() const { return keys_known_; }

  // Subcommand by name in any case, null if unknown.
  Command* findSubcommand(std::string_view name) const;
  // There must be none of that name.
  Command& addSubcommand(const CommandRow& row);

  CommandStats stats;
  // Its number among all commands and subcommands, given by CommandTable.
  size_t id = 0;

 private:
  // These three are copies: every command that runs needs them, and little else of its row.
  CommandHandler handler_;
  uint32_t flags_;
  int arity_;
  uint32_t categories_;
  bool key_first_;
  bool single_key_;
  bool touches_data_;
  bool keys_known_;
  const Command* parent_;
  const CommandRow& row_;
  std::string full_name_;
  std::string_view name_;
  std::vector<std::unique_ptr<Command>> subcommands_;
};

// A bit of a row, as COMMAND INFO names it.
struct BitName {
  uint32_t bit;
  std::string_view name;
};

// Each is in the order of COMMAND INFO.
std::span<const BitName> commandFlagNames();
// The names stand without the '@'.
std::span<const BitName> aclCategoryNames();
std::span<const BitName> keyFlagNames();

// The category called `name` (any case, without '@'), 0 if there is none.
uint32_t aclCategoryByName(std::string_view name);

}  // namespace inkstone
