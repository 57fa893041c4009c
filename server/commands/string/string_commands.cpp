// The rows of the string commands.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/string/string_handlers.h"

namespace inkstone {
namespace {

constexpr uint32_t kReads = kCmdReadonly;
constexpr uint32_t kWrites = kCmdWrite | kCmdDenyOom;

constexpr KeySpec kAppend = key_specs::one(kKeyReadWrite | kKeyInsert);
constexpr KeySpec kGetdel = key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete);
constexpr KeySpec kInsert = key_specs::one(kKeyOverwrite | kKeyInsert);
constexpr KeySpec kMget = key_specs::all(kKeyReadOnly | kKeyAccess);
constexpr KeySpec kMset = key_specs::all(kKeyOverwrite | kKeyUpdate, 2);
constexpr KeySpec kMsetnx = key_specs::all(kKeyOverwrite | kKeyInsert, 2);
constexpr KeySpec kLcs = {.flags = kKeyReadOnly | kKeyAccess, .last = 1};
constexpr KeySpec kSet = {
    .flags = kKeyReadWrite | kKeyAccess | kKeyUpdate | kKeyVariableFlags,
    .notes = "RW and ACCESS due to the optional `GET` argument",
};

constexpr std::string_view kRangeComplexity =
    "O(N), N being the length of the part that is returned";

std::vector<CommandRow> readingRows() {
  return {
      {.name = "get",
       .arity = 2,
       .flags = kReads | kCmdFast,
       .categories = kAclString,
       .handler = getCommand,
       .keys = {key_specs::kRead},
       .since = "1.0.0",
       .group = "string",
       .complexity = "O(1)",
       .summary = "Returns the string a key holds."},
      {.name = "mget",
       .arity = -2,
       .flags = kReads | kCmdFast,
       .categories = kAclString,
       .handler = mgetCommand,
       .keys = {kMget},
       .since = "1.0.0",
       .group = "string",
       .complexity = "O(N), N being the number of keys",
       .summary = "Returns the strings of several keys, null for those that hold none.",
       .tips = {"request_policy:multi_shard"}},
      {.name = "strlen",
       .arity = 2,
       .flags = kReads | kCmdFast,
       .categories = kAclString,
       .handler = strlenCommand,
       .keys = {key_specs::kInspect},
       .since = "2.2.0",
       .group = "string",
       .complexity = "O(1)",
       .summary = "Returns the length of a string."},
      {.name = "getrange",
       .arity = 4,
       .flags = kReads,
       .categories = kAclString,
       .handler = getrangeCommand,
       .keys = {key_specs::kRead},
       .since = "2.4.0",
       .group = "string",
       .complexity = kRangeComplexity,
       .summary = "Returns a part of a string."},
      {.name = "substr",
       .arity = 4,
       .flags = kReads,
       .categories = kAclString,
       .handler = getrangeCommand,
       .keys = {key_specs::kRead},
       .since = "1.0.0",
       .group = "string",
       .complexity = kRangeComplexity,
       .summary = "Returns a part of a string; the old name of GETRANGE."},
      {.name = "lcs",
       .arity = -3,
       .flags = kReads,
       .categories = kAclString,
       .handler = lcsCommand,
       .keys = {kLcs},
       .since = "7.0.0",
       .group = "string",
       .complexity = "O(N*M), N and M being the lengths of the two strings",
       .summary = "Finds the longest common subsequence of two strings."},
  };
}

std::vector<CommandRow> readingAndWritingRows() {
  return {
      {.name = "getdel",
       .arity = 2,
       .flags = kCmdWrite | kCmdFast,
       .categories = kAclString,
       .handler = getdelCommand,
       .keys = {kGetdel},
       .since = "6.2.0",
       .group = "string",
       .complexity = "O(1)",
       .summary = "Returns the string a key holds and deletes the key."},
      {.name = "getex",
       .arity = -2,
       .flags = kCmdWrite | kCmdFast,
       .categories = kAclString,
       .handler = getexCommand,
       .keys = {key_specs::kReadAndUpdate},
       .since = "6.2.0",
       .group = "string",
       .complexity = "O(1)",
       .summary = "Returns the string a key holds and sets when the key expires."},
      {.name = "getset",
       .arity = 3,
       .flags = kWrites | kCmdFast,
       .categories = kAclString,
       .handler = getsetCommand,
       .keys = {key_specs::kReadAndUpdate},
       .since = "1.0.0",
       .group = "string",
       .complexity = "O(1)",
       .summary = "Sets a string and returns the one before; SET with GET does the same."},
  };
}

std::vector<CommandRow> settingRows() {
  return {
      {.name = "set",
       .arity = -3,
       .flags = kWrites,
       .categories = kAclString,
       .handler = setCommand,
       .keys = {kSet},
       .since = "1.0.0",
       .group = "string",
       .complexity = "O(1)",
       .summary = "Sets a key to a string, whatever it held."},
      {.name = "setex",
       .arity = 4,
       .flags = kWrites,
       .categories = kAclString,
       .handler = setexCommand,
       .keys = {key_specs::kOverwrite},
       .since = "2.0.0",
       .group = "string",
       .complexity = "O(1)",
       .summary = "Sets a key to a string for a number of seconds."},
      {.name = "psetex",
       .arity = 4,
       .flags = kWrites,
       .categories = kAclString,
       .handler = psetexCommand,
       .keys = {key_specs::kOverwrite},
       .since = "2.6.0",
       .group = "string",
       .complexity = "O(1)",
       .summary = "Sets a key to a string for a number of milliseconds."},
      {.name = "setnx",
       .arity = 3,
       .flags = kWrites | kCmdFast,
       .categories = kAclString,
       .handler = setnxCommand,
       .keys = {kInsert},
       .since = "1.0.0",
       .group = "string",
       .complexity = "O(1)",
       .summary = "Sets a key to a string unless the key exists."},
      {.name = "mset",
       .arity = -3,
       .flags = kWrites,
       .categories = kAclString,
       .handler = msetCommand,
       .keys = {kMset},
       .since = "1.0.1",
       .group = "string",
       .complexity = "O(N), N being the number of keys",
       .summary = "Sets several keys to strings at once.",
       .tips = {"request_policy:multi_shard", "response_policy:all_succeeded"}},
      {.name = "msetnx",
       .arity = -3,
       .flags = kWrites,
       .categories = kAclString,
       .handler = msetnxCommand,
       .keys = {kMsetnx},
       .since = "1.0.1",
       .group = "string",
       .complexity = "O(N), N being the number of keys",
       .summary = "Sets several keys to strings at once unless one of them exists."},
      {.name = "append",
       .arity = 3,
       .flags = kWrites | kCmdFast,
       .categories = kAclString,
       .handler = appendCommand,
       .keys = {kAppend},
       .since = "2.0.0",
       .group = "string",
       .complexity = "O(1) amortized, for a short appended value: room for more is kept",
       .summary = "Adds bytes to the end of a string, creating it if need be."},
      {.name = "setrange",
       .arity = 4,
       .flags = kWrites,
       .categories = kAclString,
       .handler = setrangeCommand,
       .keys = {key_specs::kUpdate},
       .since = "2.2.0",
       .group = "string",
       .complexity = "O(M), M being the length of the new bytes; O(1) when they are few",
       .summary = "Overwrites a part of a string, filling a gap before it with zero bytes."},
  };
}

std::vector<CommandRow> countingRows() {
  // They differ in nothing that a program asks for but name, arity and age.
  const auto row = [](std::string_view name, int arity, CommandHandler handler,
                      std::string_view since, std::string_view summary) {
    return CommandRow{.name = name,
                      .arity = arity,
                      .flags = kWrites | kCmdFast,
                      .categories = kAclString,
                      .handler = handler,
                      .keys = {key_specs::kReadAndUpdate},
                      .since = since,
                      .group = "string",
                      .complexity = "O(1)",
                      .summary = summary};
  };
  return {
      row("incr", 2, incrCommand, "1.0.0", "Adds one to the integer a key holds."),
      row("decr", 2, decrCommand, "1.0.0", "Takes one from the integer a key holds."),
      row("incrby", 3, incrbyCommand, "1.0.0", "Adds to the integer a key holds."),
      row("decrby", 3, decrbyCommand, "1.0.0", "Takes from the integer a key holds."),
      row("incrbyfloat", 3, incrbyfloatCommand, "2.6.0",
          "Adds to the floating point number a key holds."),
  };
}

}  // namespace

std::vector<CommandRow> stringCommands() {
  std::vector<CommandRow> rows = readingRows();
  for (auto part : {readingAndWritingRows(), settingRows(), countingRows()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

}  // namespace inkstone
