// HSCAN, SSCAN, ZSCAN. A table is walked in steps as the keyspace is; the compact encodings come
// whole, with cursor 0, whatever the cursor and the count asked for.
#include <utility>
#include <vector>

#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/scan_options.h"
#include "server/commands/reply_parts.h"
#include "storage/types/hash_value.h"
#include "storage/types/score_text.h"
#include "storage/types/set_value.h"
#include "storage/types/sorted_set_value.h"

namespace inkstone {
namespace {

// What the three begin with. A key that does not exist is answered before the options are looked
// at, as in Redis. Returns the key, or an empty one when the reply is written.
KeyRef beginScan(CommandContext& ctx, ValueType type, uint64_t& cursor, ScanOptions& options) {
  if (!parseScanCursor(ctx, ctx.args[2], cursor)) return {};
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, type)) return {};
  if (!key) {
    replyScanHeader(ctx, 0, 0);
    return {};
  }
  if (!parseScanOptions(ctx, 3, false, options)) return {};
  return key;
}

bool matches(const ScanOptions& options, const Element& element) {
  ElementText room;
  return options.matches(element.text(room));
}

// Redis shows in ZSCAN what it keeps: a listpack the shortest text, the structure of a big set
// doubles, which are printed with 17 digits here.
std::string_view shownScore(Encoding encoding, double score, ScoreText& room) {
  return encoding == Encoding::kListpack ? scoreText(score, room) : fullScoreText(score, room);
}

void sscanCommand(CommandContext& ctx) {
  uint64_t cursor;
  ScanOptions options;
  const KeyRef key = beginScan(ctx, ValueType::kSet, cursor, options);
  if (!key) return;
  const SetValue set(*key.entry(), ctx.encodingRules());
  std::vector<Element> found;
  cursor = scanInSteps(cursor, options.count, [&](uint64_t from, int64_t& seen) {
    return set.scan(from, [&](const Element& member) {
      ++seen;
      if (matches(options, member)) found.push_back(member);
    });
  });
  replyScanHeader(ctx, cursor, found.size());
  BulkRun run(ctx.reply);
  for (const Element& member : found) addElement(run, member);
}

void hscanCommand(CommandContext& ctx) {
  uint64_t cursor;
  ScanOptions options;
  const KeyRef key = beginScan(ctx, ValueType::kHash, cursor, options);
  if (!key) return;
  const HashValue hash(*key.entry(), ctx.encodingRules());
  std::vector<std::pair<Element, Element>> found;
  cursor = scanInSteps(cursor, options.count, [&](uint64_t from, int64_t& seen) {
    return hash.scan(from, [&](const Element& field, const Element& value) {
      ++seen;
      if (matches(options, field)) found.emplace_back(field, value);
    });
  });
  replyScanHeader(ctx, cursor, 2 * found.size());
  BulkRun run(ctx.reply);
  for (const auto& [field, value] : found) {
    addElement(run, field);
    addElement(run, value);
  }
}

void zscanCommand(CommandContext& ctx) {
  uint64_t cursor;
  ScanOptions options;
  const KeyRef key = beginScan(ctx, ValueType::kZset, cursor, options);
  if (!key) return;
  const SortedSetValue sorted_set(*key.entry(), ctx.encodingRules());
  std::vector<std::pair<Element, double>> found;
  cursor = scanInSteps(cursor, options.count, [&](uint64_t from, int64_t& seen) {
    return sorted_set.scan(from, [&](const Element& member, double score) {
      ++seen;
      if (matches(options, member)) found.emplace_back(member, score);
    });
  });
  replyScanHeader(ctx, cursor, 2 * found.size());
  BulkRun run(ctx.reply);
  ScoreText room;
  for (const auto& [member, score] : found) {
    addElement(run, member);
    run.add(shownScore(sorted_set.encoding(), score, room));
  }
}

constexpr CommandRow kRows[] = {
    {.name = "hscan",
     .syntax = "key:key@0 integer:cursor pattern:pattern=MATCH? integer:count=COUNT?",
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
    {.name = "sscan",
     .syntax = "key:key@0 integer:cursor pattern:pattern=MATCH? integer:count=COUNT?",
     .arity = -3,
     .flags = kCmdReadonly,
     .categories = kAclSet,
     .handler = sscanCommand,
     .keys = {key_specs::kRead},
     .since = "2.8.0",
     .group = "set",
     .complexity = "O(1) for every call; O(N) to go through a set of N members",
     .summary = "Goes through the members of a set, some with each call.",
     .tips = {"nondeterministic_output"}},
    {.name = "zscan",
     .syntax = "key:key@0 integer:cursor pattern:pattern=MATCH? integer:count=COUNT?",
     .arity = -3,
     .flags = kCmdReadonly,
     .categories = kAclSortedSet,
     .handler = zscanCommand,
     .keys = {key_specs::kRead},
     .since = "2.8.0",
     .group = "sorted-set",
     .complexity = "O(1) for a call, O(N) for a whole walk, N being the size of the sorted set",
     .summary = "Walks over a sorted set, some members and scores a call.",
     .tips = {"nondeterministic_output"}},
};

}  // namespace

CommandRows memberScanRows() {
  return kRows;
}

}  // namespace inkstone
