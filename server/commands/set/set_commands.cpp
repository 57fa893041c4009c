// The rows of the set commands.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/member_scan.h"
#include "server/commands/set/set_handlers.h"

namespace inkstone {
namespace {

constexpr uint32_t kReads = kCmdReadonly;
constexpr uint32_t kWrites = kCmdWrite | kCmdDenyOom;

constexpr KeySpec kInsert = key_specs::one(kKeyReadWrite | kKeyInsert);
constexpr KeySpec kInsertSecond = key_specs::one(kKeyReadWrite | kKeyInsert, 2);
constexpr KeySpec kRemove = key_specs::one(kKeyReadWrite | kKeyDelete);
constexpr KeySpec kTake = key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete);
constexpr KeySpec kReadAll = key_specs::all(kKeyReadOnly | kKeyAccess);
constexpr KeySpec kSources = {.flags = kKeyReadOnly | kKeyAccess, .index = 2, .last = -1};
constexpr KeySpec kCounted = key_specs::counted(kKeyReadOnly | kKeyAccess);

constexpr std::string_view kEachMember = "O(N), N being the number of members given";
constexpr std::string_view kWhole = "O(N), N being the size of the set";
constexpr std::string_view kSmallest =
    "O(N*M), N being the size of the smallest set and M the number of sets";
constexpr std::string_view kTotal = "O(N), N being the size of all sets together";

std::vector<CommandRow> changingRows() {
  return {
      {.name = "sadd",
       .arity = -3,
       .flags = kWrites | kCmdFast,
       .categories = kAclSet,
       .handler = saddCommand,
       .keys = {kInsert},
       .member = {.argument = 2},
       .since = "1.0.0",
       .group = "set",
       .complexity = kEachMember,
       .summary = "Adds members to a set, creating it if need be."},
      {.name = "srem",
       .arity = -3,
       .flags = kCmdWrite | kCmdFast,
       .categories = kAclSet,
       .handler = sremCommand,
       .keys = {kRemove},
       .member = {.argument = 2},
       .since = "1.0.0",
       .group = "set",
       .complexity = kEachMember,
       .summary = "Takes members out of a set; an empty set is deleted."},
      {.name = "smove",
       .arity = 4,
       .flags = kCmdWrite | kCmdFast,
       .categories = kAclSet,
       .handler = smoveCommand,
       .keys = {kTake, kInsertSecond},
       .member = {.argument = 3},
       .since = "1.0.0",
       .group = "set",
       .complexity = "O(1)",
       .summary = "Moves a member from one set to another."},
      {.name = "spop",
       .arity = -2,
       .flags = kCmdWrite | kCmdFast,
       .categories = kAclSet,
       .handler = spopCommand,
       .keys = {kTake},
       .since = "1.0.0",
       .group = "set",
       .complexity = "O(N), N being the number of members taken; O(1) without a count",
       .summary = "Takes members out of a set at random and returns them.",
       .tips = {"nondeterministic_output"}},
  };
}

std::vector<CommandRow> readingRows() {
  return {
      {.name = "sismember",
       .arity = 3,
       .flags = kReads | kCmdFast,
       .categories = kAclSet,
       .handler = sismemberCommand,
       .keys = {key_specs::kInspect},
       .member = {.argument = 2},
       .since = "1.0.0",
       .group = "set",
       .complexity = "O(1)",
       .summary = "Says whether a set has a member."},
      {.name = "smismember",
       .arity = -3,
       .flags = kReads | kCmdFast,
       .categories = kAclSet,
       .handler = smismemberCommand,
       .keys = {key_specs::kRead},
       .member = {.argument = 2},
       .since = "6.2.0",
       .group = "set",
       .complexity = kEachMember,
       .summary = "Says of several members whether a set has them."},
      {.name = "scard",
       .arity = 2,
       .flags = kReads | kCmdFast,
       .categories = kAclSet,
       .handler = scardCommand,
       .keys = {key_specs::kInspect},
       .since = "1.0.0",
       .group = "set",
       .complexity = "O(1)",
       .summary = "Returns the number of members of a set."},
      {.name = "smembers",
       .arity = 2,
       .flags = kReads,
       .categories = kAclSet,
       .handler = smembersCommand,
       .keys = {key_specs::kRead},
       .since = "1.0.0",
       .group = "set",
       .complexity = kWhole,
       .summary = "Returns all members of a set.",
       .tips = {"nondeterministic_output_order"}},
      {.name = "srandmember",
       .arity = -2,
       .flags = kReads,
       .categories = kAclSet,
       .handler = srandmemberCommand,
       .keys = {key_specs::kRead},
       .since = "1.0.0",
       .group = "set",
       .complexity = "O(N), N being the number of members returned; O(1) without a count",
       .summary = "Returns members of a set at random and leaves them there.",
       .tips = {"nondeterministic_output"}},
      {.name = "sscan",
       .arity = -3,
       .flags = kReads,
       .categories = kAclSet,
       .handler = sscanCommand,
       .keys = {key_specs::kRead},
       .since = "2.8.0",
       .group = "set",
       .complexity = "O(1) for every call; O(N) to go through a set of N members",
       .summary = "Goes through the members of a set, some with each call.",
       .tips = {"nondeterministic_output"}},
  };
}

std::vector<CommandRow> combiningRows() {
  const auto row = [](std::string_view name, CommandHandler handler, std::string_view complexity,
                      std::string_view summary) {
    return CommandRow{.name = name,
                      .arity = -2,
                      .flags = kReads,
                      .categories = kAclSet,
                      .handler = handler,
                      .keys = {kReadAll},
                      .since = "1.0.0",
                      .group = "set",
                      .complexity = complexity,
                      .summary = summary,
                      .tips = {"nondeterministic_output_order"}};
  };
  return {
      row("sinter", sinterCommand, kSmallest, "Returns what several sets have in common."),
      row("sunion", sunionCommand, kTotal, "Returns what is in at least one of several sets."),
      row("sdiff", sdiffCommand, kTotal,
          "Returns what is in the first of several sets and in none of the others."),
      {.name = "sintercard",
       .arity = -3,
       .flags = kReads | kCmdMovableKeys,
       .categories = kAclSet,
       .handler = sintercardCommand,
       .keys = {kCounted},
       .since = "7.0.0",
       .group = "set",
       .complexity = kSmallest,
       .summary = "Counts what several sets have in common."},
  };
}

std::vector<CommandRow> storingRows() {
  const auto row = [](std::string_view name, CommandHandler handler, KeySpec target,
                      std::string_view complexity, std::string_view summary) {
    return CommandRow{.name = name,
                      .arity = -3,
                      .flags = kWrites,
                      .categories = kAclSet,
                      .handler = handler,
                      .keys = {target, kSources},
                      .since = "1.0.0",
                      .group = "set",
                      .complexity = complexity,
                      .summary = summary};
  };
  return {
      row("sinterstore", sinterstoreCommand, key_specs::kUpdate, kSmallest,
          "Stores what several sets have in common."),
      row("sunionstore", sunionstoreCommand, key_specs::kOverwrite, kTotal,
          "Stores what is in at least one of several sets."),
      row("sdiffstore", sdiffstoreCommand, key_specs::kOverwrite, kTotal,
          "Stores what is in the first of several sets and in none of the others."),
  };
}

}  // namespace

std::vector<CommandRow> setCommands() {
  std::vector<CommandRow> rows = changingRows();
  for (auto part : {readingRows(), combiningRows(), storingRows()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

}  // namespace inkstone
