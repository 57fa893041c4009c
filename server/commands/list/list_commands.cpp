// The rows of the list commands.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/list/list_handlers.h"

namespace inkstone {
namespace {

constexpr KeySpec kPush = key_specs::one(kKeyReadWrite | kKeyInsert);
constexpr KeySpec kPop = key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete);
constexpr KeySpec kRemove = key_specs::one(kKeyReadWrite | kKeyDelete);
constexpr KeySpec kTarget = key_specs::one(kKeyReadWrite | kKeyInsert, 2);
constexpr KeySpec kCountedPop = key_specs::counted(kKeyReadWrite | kKeyAccess | kKeyDelete);

constexpr std::string_view kPlaceComplexity =
    "O(log(N)), N being the number of nodes of the list, and the length of one node; O(1) at both "
    "ends";

std::vector<CommandRow> endRows() {
  const auto push = [](std::string_view name, CommandHandler handler, std::string_view since,
                       std::string_view summary) {
    return CommandRow{.name = name,
                      .arity = -3,
                      .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
                      .categories = kAclList,
                      .handler = handler,
                      .keys = {kPush},
                      .since = since,
                      .group = "list",
                      .complexity = "O(N), N being the number of elements added",
                      .summary = summary};
  };
  const auto pop = [](std::string_view name, CommandHandler handler, std::string_view summary) {
    return CommandRow{.name = name,
                      .arity = -2,
                      .flags = kCmdWrite | kCmdFast,
                      .categories = kAclList,
                      .handler = handler,
                      .keys = {kPop},
                      .since = "1.0.0",
                      .group = "list",
                      .complexity = "O(N), N being the number of elements returned",
                      .summary = summary};
  };
  return {
      push("lpush", lpushCommand, "1.0.0",
           "Adds elements to the head of a list, the last in front."),
      push("rpush", rpushCommand, "1.0.0", "Adds elements to the tail of a list."),
      push("lpushx", lpushxCommand, "2.2.0", "Adds elements to the head of a list that exists."),
      push("rpushx", rpushxCommand, "2.2.0", "Adds elements to the tail of a list that exists."),
      pop("lpop", lpopCommand, "Takes elements from the head of a list and returns them."),
      pop("rpop", rpopCommand, "Takes elements from the tail of a list and returns them."),
      {.name = "lmpop",
       .arity = -4,
       .flags = kCmdWrite | kCmdMovableKeys,
       .categories = kAclList,
       .handler = lmpopCommand,
       .keys = {kCountedPop},
       .since = "7.0.0",
       .group = "list",
       .complexity = "O(N+M), N being the number of keys, M that of elements returned",
       .summary = "Takes elements from the first list that has any and returns them."},
  };
}

std::vector<CommandRow> readingRows() {
  return {
      {.name = "llen",
       .arity = 2,
       .flags = kCmdReadonly | kCmdFast,
       .categories = kAclList,
       .handler = llenCommand,
       .keys = {key_specs::kInspect},
       .since = "1.0.0",
       .group = "list",
       .complexity = "O(1)",
       .summary = "Returns the number of elements of a list."},
      {.name = "lindex",
       .arity = 3,
       .flags = kCmdReadonly,
       .categories = kAclList,
       .handler = lindexCommand,
       .keys = {key_specs::kRead},
       .since = "1.0.0",
       .group = "list",
       .complexity = kPlaceComplexity,
       .summary = "Returns the element of a list at an index."},
      {.name = "lrange",
       .arity = 4,
       .flags = kCmdReadonly,
       .categories = kAclList,
       .handler = lrangeCommand,
       .keys = {key_specs::kRead},
       .since = "1.0.0",
       .group = "list",
       .complexity = "O(log(S)+N), S being the number of nodes of the list, N that of elements "
                     "returned",
       .summary = "Returns the elements of a list from one index to another."},
      {.name = "lpos",
       .arity = -3,
       .flags = kCmdReadonly,
       .categories = kAclList,
       .handler = lposCommand,
       .keys = {key_specs::kRead},
       .since = "6.0.6",
       .group = "list",
       .complexity = "O(N), N being the number of elements compared, at most MAXLEN",
       .summary = "Returns where in a list an element stands."},
  };
}

std::vector<CommandRow> editingRows() {
  return {
      {.name = "lset",
       .arity = 4,
       .flags = kCmdWrite | kCmdDenyOom,
       .categories = kAclList,
       .handler = lsetCommand,
       .keys = {key_specs::kUpdate},
       .since = "1.0.0",
       .group = "list",
       .complexity = kPlaceComplexity,
       .summary = "Replaces the element of a list at an index."},
      {.name = "linsert",
       .arity = 5,
       .flags = kCmdWrite | kCmdDenyOom,
       .categories = kAclList,
       .handler = linsertCommand,
       .keys = {kPush},
       .since = "2.2.0",
       .group = "list",
       .complexity = "O(N), N being the number of elements up to the one it is put beside",
       .summary = "Adds an element before or after another one of a list."},
      {.name = "ltrim",
       .arity = 4,
       .flags = kCmdWrite,
       .categories = kAclList,
       .handler = ltrimCommand,
       .keys = {kRemove},
       .since = "1.0.0",
       .group = "list",
       .complexity = "O(N), N being the number of elements taken away",
       .summary = "Takes away what stands outside of two indexes of a list."},
      {.name = "lrem",
       .arity = 4,
       .flags = kCmdWrite,
       .categories = kAclList,
       .handler = lremCommand,
       .keys = {kRemove},
       .since = "1.0.0",
       .group = "list",
       .complexity = "O(N), N being the length of the list",
       .summary = "Takes away elements of a list that are equal to a value."},
      {.name = "lmove",
       .arity = 5,
       .flags = kCmdWrite | kCmdDenyOom,
       .categories = kAclList,
       .handler = lmoveCommand,
       .keys = {kPop, kTarget},
       .since = "6.2.0",
       .group = "list",
       .complexity = "O(1)",
       .summary = "Moves an element from one end of a list to one end of a list."},
      {.name = "rpoplpush",
       .arity = 3,
       .flags = kCmdWrite | kCmdDenyOom,
       .categories = kAclList,
       .handler = rpoplpushCommand,
       .keys = {kPop, kTarget},
       .since = "1.2.0",
       .group = "list",
       .complexity = "O(1)",
       .summary = "Moves an element from the tail of a list to the head of a list."},
  };
}

}  // namespace

std::vector<CommandRow> listCommands() {
  std::vector<CommandRow> rows = endRows();
  for (auto part : {readingRows(), editingRows(), blockingListRows()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

}  // namespace inkstone
