// The rows of the sorted-set commands that read.
#include "server/command_table/key_specs.h"
#include "server/commands/key/member_scan.h"
#include "server/commands/sorted_set/zset_handlers.h"
#include "server/commands/sorted_set/zset_rows.h"

namespace inkstone::zset_rows {
namespace {

constexpr uint32_t kReads = kCmdReadonly;
constexpr KeySpec kInputs = key_specs::counted(kKeyReadOnly | kKeyAccess);

CommandRow row(std::string_view name, int arity, uint32_t flags, CommandHandler handler,
               std::string_view since, std::string_view complexity, std::string_view summary) {
  return {.name = name,
          .arity = arity,
          .flags = kReads | flags,
          .categories = kAclSortedSet,
          .handler = handler,
          .keys = {key_specs::kRead},
          .since = since,
          .group = "sorted-set",
          .complexity = complexity,
          .summary = summary};
}

// Of a command that asks about one member, or several from there on.
CommandRow of(const MemberSpec& member, CommandRow row) {
  row.member = member;
  return row;
}

std::vector<CommandRow> memberRows() {
  constexpr MemberSpec kFound = {.argument = 2};
  constexpr MemberSpec kRanked = {.argument = 2, .by_order = true};
  constexpr std::string_view kRank = "O(log(N)), N being the size of the sorted set";
  CommandRow zcard = row("zcard", 2, kCmdFast, zcardCommand, "1.2.0", "O(1)",
                         "Returns how many members a sorted set has.");
  zcard.keys = {key_specs::kInspect};
  return {
      zcard,
      of(kFound, row("zscore", 3, kCmdFast, zscoreCommand, "1.2.0", "O(1)",
                     "Returns the score of a member.")),
      of(kFound, row("zmscore", -3, kCmdFast, zmscoreCommand, "6.2.0",
                     "O(N), N being the number of members asked for",
                     "Returns the scores of several members, null for those that are not there.")),
      of(kRanked,
         row("zrank", -3, kCmdFast, zrankCommand, "2.0.0", kRank,
             "Returns how many members stand before a member, the lowest score being first.")),
      of(kRanked,
         row("zrevrank", -3, kCmdFast, zrevrankCommand, "2.0.0", kRank,
             "Returns how many members stand before a member, the highest score being first.")),
      row("zcount", 4, kCmdFast, zcountCommand, "2.0.0", kRank,
          "Counts the members whose scores lie in an interval."),
      row("zlexcount", 4, kCmdFast, zlexcountCommand, "2.8.9", kRank,
          "Counts the members between two texts; all scores must be the same."),
  };
}

std::vector<CommandRow> rangeRows() {
  constexpr std::string_view kRange =
      "O(log(N)+M), N being the size of the sorted set and M the number of members returned";
  return {
      row("zrange", -4, 0, zrangeCommand, "1.2.0", kRange,
          "Returns a part of a sorted set: by rank, by score or between two texts."),
      row("zrangebylex", -4, 0, zrangebylexCommand, "2.8.9", kRange,
          "Returns the members between two texts; all scores must be the same."),
      row("zrangebyscore", -4, 0, zrangebyscoreCommand, "1.0.5", kRange,
          "Returns the members whose scores lie in an interval."),
      row("zrevrange", -4, 0, zrevrangeCommand, "1.2.0", kRange,
          "Returns the members of a range of ranks, the highest score being first."),
      row("zrevrangebylex", -4, 0, zrevrangebylexCommand, "2.8.9", kRange,
          "Returns the members between two texts in descending order; all scores must be the "
          "same."),
      row("zrevrangebyscore", -4, 0, zrevrangebyscoreCommand, "2.2.0", kRange,
          "Returns the members whose scores lie in an interval, the highest first."),
  };
}

std::vector<CommandRow> algebraRows() {
  std::vector<CommandRow> rows = {
      row("zdiff", -3, kCmdMovableKeys, zdiffCommand, "6.2.0", kDiffComplexity,
          "Returns the members of the first sorted set that the others have not."),
      row("zinter", -3, kCmdMovableKeys, zinterCommand, "6.2.0", kInterComplexity,
          "Returns the members that all sorted sets have."),
      row("zintercard", -3, kCmdMovableKeys, zintercardCommand, "7.0.0",
          "O(N*K) at worst, N being the size of the smallest input and K the number of inputs",
          "Counts the members that all sorted sets have."),
      row("zunion", -3, kCmdMovableKeys, zunionCommand, "6.2.0", kUnionComplexity,
          "Returns the members of all sorted sets."),
  };
  for (CommandRow& each : rows) each.keys = {kInputs};
  return rows;
}

std::vector<CommandRow> undeterminedRows() {
  std::vector<CommandRow> rows = {
      row("zrandmember", -2, 0, zrandmemberCommand, "6.2.0",
          "O(N), N being the number of members returned",
          "Returns members of a sorted set at random."),
      row("zscan", -3, 0, zscanCommand, "2.8.0",
          "O(1) for a call, O(N) for a whole walk, N being the size of the sorted set",
          "Walks over a sorted set, some members and scores a call."),
  };
  for (CommandRow& each : rows) each.tips = {"nondeterministic_output"};
  return rows;
}

}  // namespace

std::vector<CommandRow> reading() {
  std::vector<CommandRow> rows = memberRows();
  for (auto part : {rangeRows(), algebraRows(), undeterminedRows()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

}  // namespace inkstone::zset_rows
