// The rows of the commands on keys of any type.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/key_handlers.h"

namespace inkstone {
namespace {

constexpr KeySpec kDelete = key_specs::all(kKeyRemove | kKeyDelete);
constexpr KeySpec kInspectAll = key_specs::all(kKeyReadOnly);
constexpr KeySpec kTarget = key_specs::one(kKeyOverwrite | kKeyUpdate, 2);
constexpr KeySpec kNewTarget = key_specs::one(kKeyOverwrite | kKeyInsert, 2);
constexpr KeySpec kSource = key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete);

CommandRow deletingRow(std::string_view name, CommandHandler handler, uint32_t flags) {
  return {.name = name,
          .arity = -2,
          .flags = kCmdWrite | flags,
          .categories = kAclKeyspace,
          .handler = handler,
          .keys = {kDelete},
          .group = "generic",
          .tips = {"request_policy:multi_shard", "response_policy:agg_sum"}};
}

CommandRow countingRow(std::string_view name, CommandHandler handler) {
  return {.name = name,
          .arity = -2,
          .flags = kCmdReadonly | kCmdFast,
          .categories = kAclKeyspace,
          .handler = handler,
          .keys = {kInspectAll},
          .group = "generic",
          .complexity = "O(N), N being the number of keys",
          .tips = {"request_policy:multi_shard", "response_policy:agg_sum"}};
}

std::vector<CommandRow> manyKeysRows() {
  CommandRow del = deletingRow("del", delCommand, 0);
  del.since = "1.0.0";
  del.complexity =
      "O(N), N being the number of keys, plus O(M) for each that holds a collection of M elements";
  del.summary = "Deletes keys.";
  CommandRow unlink = deletingRow("unlink", unlinkCommand, kCmdFast);
  unlink.since = "4.0.0";
  unlink.complexity = "O(1) a key, and O(N) in another thread to free what it held";
  unlink.summary = "Deletes keys; big values are freed by another thread.";
  CommandRow exists = countingRow("exists", existsCommand);
  exists.since = "1.0.0";
  exists.summary = "Counts which of the keys exist.";
  CommandRow touch = countingRow("touch", touchCommand);
  touch.since = "3.2.1";
  touch.summary = "Counts which of the keys exist, and notes that they were used.";
  return {std::move(del), std::move(unlink), std::move(exists), std::move(touch)};
}

std::vector<CommandRow> movingRows() {
  return {
      {.name = "rename",
       .arity = 3,
       .flags = kCmdWrite,
       .categories = kAclKeyspace,
       .handler = renameCommand,
       .keys = {kSource, kTarget},
       .since = "1.0.0",
       .group = "generic",
       .complexity = "O(1), plus what deleting a value in its place takes",
       .summary = "Gives a key another name, replacing a key of that name."},
      {.name = "renamenx",
       .arity = 3,
       .flags = kCmdWrite | kCmdFast,
       .categories = kAclKeyspace,
       .handler = renamenxCommand,
       .keys = {kSource, kNewTarget},
       .since = "1.0.0",
       .group = "generic",
       .complexity = "O(1)",
       .summary = "Gives a key another name unless a key of that name exists."},
      {.name = "copy",
       .arity = -3,
       .flags = kCmdWrite | kCmdDenyOom,
       .categories = kAclKeyspace,
       .handler = copyCommand,
       .keys = {key_specs::kRead, kTarget},
       .since = "6.2.0",
       .group = "generic",
       .complexity = "O(1) for strings, O(N) for collections of N elements",
       .summary = "Copies a value to another key or database."},
      {.name = "move",
       .arity = 3,
       .flags = kCmdWrite | kCmdFast,
       .categories = kAclKeyspace,
       .handler = moveCommand,
       .keys = {key_specs::kReadAndUpdate},
       .since = "1.0.0",
       .group = "generic",
       .complexity = "O(1)",
       .summary = "Moves a key to another database."},
  };
}

std::vector<CommandRow> browsingRows() {
  return {
      {.name = "keys",
       .arity = 2,
       .flags = kCmdReadonly,
       .categories = kAclKeyspace | kAclDangerous,
       .handler = keysCommand,
       .since = "1.0.0",
       .group = "generic",
       .complexity = "O(N), N being the number of keys in the database",
       .summary = "Returns all keys whose name matches a pattern.",
       .tips = {"request_policy:all_shards", "nondeterministic_output_order"}},
      {.name = "randomkey",
       .arity = 1,
       .flags = kCmdReadonly,
       .categories = kAclKeyspace,
       .handler = randomkeyCommand,
       .since = "1.0.0",
       .group = "generic",
       .complexity = "O(1)",
       .summary = "Returns a key at random.",
       .tips = {"request_policy:all_shards", "response_policy:special", "nondeterministic_output"}},
      {.name = "scan",
       .arity = -2,
       .flags = kCmdReadonly,
       .categories = kAclKeyspace,
       .handler = scanCommand,
       .since = "2.8.0",
       .group = "generic",
       .complexity = "O(1) a call, O(N) for all N keys",
       .summary = "Returns the keys of the database step by step.",
       .tips = {"nondeterministic_output", "request_policy:special", "response_policy:special"}},
      {.name = "type",
       .arity = 2,
       .flags = kCmdReadonly | kCmdFast,
       .categories = kAclKeyspace,
       .handler = typeCommand,
       .keys = {key_specs::kInspect},
       .since = "1.0.0",
       .group = "generic",
       .complexity = "O(1)",
       .summary = "Returns the type of the value a key holds."},
  };
}

CommandRow objectSubcommand(std::string_view name, CommandHandler handler, std::string_view since,
                            std::string_view summary) {
  return {.name = name,
          .arity = 3,
          .flags = kCmdReadonly,
          .categories = kAclKeyspace,
          .handler = handler,
          .keys = {key_specs::one(kKeyReadOnly, 2)},
          .since = since,
          .group = "generic",
          .complexity = "O(1)",
          .summary = summary,
          .tips = {"nondeterministic_output"}};
}

CommandRow objectRow() {
  return {
      .name = "object",
      .arity = -2,
      .subcommands =
          {
              objectSubcommand("encoding", objectEncodingCommand, "2.2.3",
                               "Returns the name of the form in which a value is kept."),
              objectSubcommand("freq", objectFreqCommand, "4.0.0",
                               "Returns how often a key is used, on a logarithmic scale."),
              objectSubcommand("idletime", objectIdletimeCommand, "2.2.3",
                               "Returns the seconds since a key was last used."),
              objectSubcommand("refcount", objectRefcountCommand, "2.2.3",
                               "Returns how many owners a value has."),
              {.name = "help",
               .arity = 2,
               .flags = kCmdLoading | kCmdStale,
               .categories = kAclKeyspace,
               .handler = objectHelpCommand,
               .since = "6.2.0",
               .group = "generic",
               .complexity = "O(1)",
               .summary = "Explains the subcommands."},
          },
      .since = "2.2.3",
      .group = "generic",
      .complexity = "That of the subcommand.",
      .summary = "Tells how keys and values are kept.",
  };
}

}  // namespace

std::vector<CommandRow> keyCommands() {
  std::vector<CommandRow> rows = manyKeysRows();
  for (auto part : {movingRows(), browsingRows()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  rows.push_back(objectRow());
  return rows;
}

}  // namespace inkstone
