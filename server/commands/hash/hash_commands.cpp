// The rows of the hash commands.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/hash/hash_handlers.h"
#include "server/commands/key/member_scan.h"

namespace inkstone {
namespace {

constexpr KeySpec kAdd = key_specs::one(kKeyReadWrite | kKeyInsert);
constexpr KeySpec kRemove = key_specs::one(kKeyReadWrite | kKeyDelete);

constexpr std::string_view kFieldsComplexity = "O(N), N being the number of fields named";
constexpr std::string_view kWholeComplexity = "O(N), N being the number of fields of the hash";

// What all rows that look one thing up have in common.
CommandRow fastReading(std::string_view name, int arity, CommandHandler handler, const KeySpec& key,
                       std::string_view since, std::string_view summary) {
  return {.name = name,
          .arity = arity,
          .flags = kCmdReadonly | kCmdFast,
          .categories = kAclHash,
          .handler = handler,
          .keys = {key},
          .member = {.argument = 2},
          .since = since,
          .group = "hash",
          .complexity = "O(1)",
          .summary = summary};
}

// The same of those that return a hash as a whole.
CommandRow wholeReading(std::string_view name, CommandHandler handler, std::string_view summary) {
  return {.name = name,
          .arity = 2,
          .flags = kCmdReadonly,
          .categories = kAclHash,
          .handler = handler,
          .keys = {key_specs::kRead},
          .since = "2.0.0",
          .group = "hash",
          .complexity = kWholeComplexity,
          .summary = summary,
          .tips = {"nondeterministic_output_order"}};
}

// The same of those that set fields.
CommandRow setting(std::string_view name, int arity, CommandHandler handler, const KeySpec& key,
                   std::string_view since, std::string_view complexity, std::string_view summary) {
  return {.name = name,
          .arity = arity,
          .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
          .categories = kAclHash,
          .handler = handler,
          .keys = {key},
          .member = {.argument = 2},
          .since = since,
          .group = "hash",
          .complexity = complexity,
          .summary = summary};
}

std::vector<CommandRow> readingRows() {
  CommandRow hmget = fastReading("hmget", -3, hmgetCommand, key_specs::kRead, "2.0.0",
                                 "Returns the values of several fields of a hash.");
  hmget.complexity = kFieldsComplexity;
  CommandRow hlen = fastReading("hlen", 2, hlenCommand, key_specs::kInspect, "2.0.0",
                                "Returns the number of fields of a hash.");
  hlen.member = {};
  return {
      fastReading("hget", 3, hgetCommand, key_specs::kRead, "2.0.0",
                  "Returns the value of a field of a hash."),
      hmget,
      fastReading("hexists", 3, hexistsCommand, key_specs::kInspect, "2.0.0",
                  "Says whether a hash has a field."),
      hlen,
      fastReading("hstrlen", 3, hstrlenCommand, key_specs::kInspect, "3.2.0",
                  "Returns the length of the value of a field."),
      wholeReading("hkeys", hkeysCommand, "Returns the fields of a hash."),
      wholeReading("hvals", hvalsCommand, "Returns the values of a hash."),
      wholeReading("hgetall", hgetallCommand, "Returns the fields and values of a hash."),
  };
}

std::vector<CommandRow> pickingRows() {
  return {
      {.name = "hrandfield",
       .arity = -2,
       .flags = kCmdReadonly,
       .categories = kAclHash,
       .handler = hrandfieldCommand,
       .keys = {key_specs::kRead},
       .since = "6.2.0",
       .group = "hash",
       .complexity = "O(N), N being the number of fields returned",
       .summary = "Returns fields of a hash that are chosen at random.",
       .tips = {"nondeterministic_output"}},
      {.name = "hscan",
       .arity = -3,
       .flags = kCmdReadonly,
       .categories = kAclHash,
       .handler = hscanCommand,
       .keys = {key_specs::kRead},
       .since = "2.8.0",
       .group = "hash",
       .complexity = "O(1) a call; O(N) for all calls until the cursor is 0 again, N being the "
                     "number of fields",
       .summary = "Returns some fields of a hash and where to go on.",
       .tips = {"nondeterministic_output"}},
  };
}

std::vector<CommandRow> writingRows() {
  return {
      setting("hset", -4, hsetCommand, key_specs::kUpdate, "2.0.0", kFieldsComplexity,
              "Sets fields of a hash to values."),
      setting("hmset", -4, hmsetCommand, key_specs::kUpdate, "2.0.0", kFieldsComplexity,
              "Sets fields of a hash to values; HSET also says how many are new."),
      setting("hsetnx", 4, hsetnxCommand, kAdd, "2.0.0", "O(1)",
              "Sets a field of a hash unless it exists."),
      setting("hincrby", 4, hincrbyCommand, key_specs::kReadAndUpdate, "2.0.0", "O(1)",
              "Adds to the integer a field holds."),
      setting("hincrbyfloat", 4, hincrbyfloatCommand, key_specs::kReadAndUpdate, "2.6.0", "O(1)",
              "Adds to the floating point number a field holds."),
      {.name = "hdel",
       .arity = -3,
       .flags = kCmdWrite | kCmdFast,
       .categories = kAclHash,
       .handler = hdelCommand,
       .keys = {kRemove},
       .member = {.argument = 2},
       .since = "2.0.0",
       .group = "hash",
       .complexity = kFieldsComplexity,
       .summary = "Takes fields away from a hash, and the key with the last one."},
  };
}

}  // namespace

std::vector<CommandRow> hashCommands() {
  std::vector<CommandRow> rows = readingRows();
  for (auto part : {pickingRows(), writingRows()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

}  // namespace inkstone
