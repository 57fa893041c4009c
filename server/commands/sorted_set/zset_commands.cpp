// The rows of the sorted-set commands that write; those that read stand in zset_read_rows.cpp.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/sorted_set/zset_handlers.h"
#include "server/commands/sorted_set/zset_rows.h"

namespace inkstone {
namespace {

constexpr uint32_t kWrites = kCmdWrite | kCmdDenyOom;
constexpr uint32_t kRemoves = kCmdWrite;

constexpr KeySpec kTake = key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete);
constexpr KeySpec kTakeCounted = key_specs::counted(kKeyReadWrite | kKeyAccess | kKeyDelete);
constexpr KeySpec kRemove = key_specs::one(kKeyReadWrite | kKeyDelete);
constexpr KeySpec kSource = key_specs::one(kKeyReadOnly | kKeyAccess, 2);
constexpr KeySpec kSources = key_specs::counted(kKeyReadOnly | kKeyAccess, 2);

std::vector<CommandRow> addingRows() {
  return {
      {.name = "zadd",
       .arity = -4,
       .flags = kWrites | kCmdFast,
       .categories = kAclSortedSet,
       .handler = zaddCommand,
       .keys = {key_specs::kUpdate},
       .member = {.argument = -1, .by_order = true},
       .since = "1.2.0",
       .group = "sorted-set",
       .complexity = "O(log(N)) for each pair, N being the size of the sorted set",
       .summary = "Adds members to a sorted set, or gives those it has another score."},
      {.name = "zincrby",
       .arity = 4,
       .flags = kWrites | kCmdFast,
       .categories = kAclSortedSet,
       .handler = zincrbyCommand,
       .keys = {key_specs::kReadAndUpdate},
       .member = {.argument = 3, .by_order = true},
       .since = "1.2.0",
       .group = "sorted-set",
       .complexity = "O(log(N)), N being the size of the sorted set",
       .summary = "Adds to the score of a member, which counts from zero if it is new."},
  };
}

std::vector<CommandRow> removingRows() {
  const auto row = [](std::string_view name, int arity, uint32_t flags, CommandHandler handler,
                      std::string_view since, std::string_view summary) {
    return CommandRow{
        .name = name,
        .arity = arity,
        .flags = kRemoves | flags,
        .categories = kAclSortedSet,
        .handler = handler,
        .keys = {kRemove},
        .since = since,
        .group = "sorted-set",
        .complexity = flags == 0 ? "O(log(N)+M), N being the size of the sorted set and M the "
                                   "number of members removed"
                                 : "O(M*log(N)), N being the size of the sorted set and M the "
                                   "number of members named",
        .summary = summary};
  };
  CommandRow zrem =
      row("zrem", -3, kCmdFast, zremCommand, "1.2.0", "Removes members from a sorted set.");
  zrem.member = {.argument = 2, .by_order = true};
  return {
      zrem,
      row("zremrangebylex", 4, 0, zremrangebylexCommand, "2.8.9",
          "Removes the members between two texts; all scores must be the same."),
      row("zremrangebyrank", 4, 0, zremrangebyrankCommand, "2.0.0",
          "Removes the members of a range of ranks."),
      row("zremrangebyscore", 4, 0, zremrangebyscoreCommand, "1.2.0",
          "Removes the members whose scores lie in an interval."),
  };
}

std::vector<CommandRow> poppingRows() {
  constexpr std::string_view kComplexity =
      "O(log(N)+M), N being the size of the sorted set and M the number of members popped";
  const auto row = [kComplexity](std::string_view name, CommandHandler handler,
                                 std::string_view summary) {
    return CommandRow{.name = name,
                      .arity = -2,
                      .flags = kRemoves | kCmdFast,
                      .categories = kAclSortedSet,
                      .handler = handler,
                      .keys = {kTake},
                      .since = "5.0.0",
                      .group = "sorted-set",
                      .complexity = kComplexity,
                      .summary = summary};
  };
  return {
      row("zpopmax", zpopmaxCommand, "Removes and returns the members with the highest scores."),
      row("zpopmin", zpopminCommand, "Removes and returns the members with the lowest scores."),
      {.name = "zmpop",
       .arity = -4,
       .flags = kRemoves | kCmdMovableKeys,
       .categories = kAclSortedSet,
       .handler = zmpopCommand,
       .keys = {kTakeCounted},
       .since = "7.0.0",
       .group = "sorted-set",
       .complexity = "O(K+log(N)+M), K being the number of keys, N the size of the sorted set, M "
                     "the number of members popped",
       .summary = "Removes and returns members at one end of the first sorted set that has any."},
  };
}

std::vector<CommandRow> storingRows() {
  const auto row = [](std::string_view name, CommandHandler handler, std::string_view since,
                      std::string_view complexity, std::string_view summary) {
    return CommandRow{.name = name,
                      .arity = -4,
                      .flags = kWrites | kCmdMovableKeys,
                      .categories = kAclSortedSet,
                      .handler = handler,
                      .keys = {key_specs::kOverwrite, kSources},
                      .since = since,
                      .group = "sorted-set",
                      .complexity = complexity,
                      .summary = summary};
  };
  return {
      {.name = "zrangestore",
       .arity = -5,
       .flags = kWrites,
       .categories = kAclSortedSet,
       .handler = zrangestoreCommand,
       .keys = {key_specs::kOverwrite, kSource},
       .since = "6.2.0",
       .group = "sorted-set",
       .complexity = "O(log(N)+M), N being the size of the source and M the number of members "
                     "stored",
       .summary = "Stores a part of a sorted set under another key."},
      row("zdiffstore", zdiffstoreCommand, "6.2.0", zset_rows::kDiffComplexity,
          "Stores the members of the first sorted set that the others have not."),
      row("zinterstore", zinterstoreCommand, "2.0.0", zset_rows::kInterComplexity,
          "Stores the members that all sorted sets have, with their scores combined."),
      row("zunionstore", zunionstoreCommand, "2.0.0", zset_rows::kUnionComplexity,
          "Stores the members of all sorted sets, with their scores combined."),
  };
}

}  // namespace

std::vector<CommandRow> zsetCommands() {
  std::vector<CommandRow> rows = zset_rows::reading();
  for (auto part :
       {addingRows(), removingRows(), poppingRows(), storingRows(), zset_rows::blocking()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

}  // namespace inkstone
