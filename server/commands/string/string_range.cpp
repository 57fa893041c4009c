// Parts of strings: GETRANGE, SUBSTR, SETRANGE, APPEND, STRLEN.
#include <algorithm>
#include <cstring>

#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/string/string_common.h"
#include "server/process/runtime.h"
#include "storage/string_value.h"

namespace inkstone {
namespace {

// While the log is replayed strings may have this length whatever the limit for clients is by now:
// it may have been lowered since. A damaged length must not take all memory.
constexpr uint64_t kReplayedBytesMax = 512ULL * 1024 * 1024;

// Replies the error when a string would become longer than a client may send one. Neither number is
// near overflow: one is the length of what is in memory, the other an int64_t.
bool expectLength(CommandContext& ctx, uint64_t length, size_t added) {
  uint64_t bytes_max = ctx.runtime().settings.proto_max_bulk_len;
  if (!mayBeRefused(ctx.client.origin)) bytes_max = std::max(bytes_max, kReplayedBytesMax);
  if (length + added <= bytes_max) return true;
  ctx.error(errors::kStringTooLong);
  return false;
}

size_t lengthOf(const KeyRef& key) {
  return key ? stringLength(*key.entry()) : 0;
}

// Copies `bytes` to `offset`, filling a gap before it with zeros; `found` is a string or missing.
// Returns the length the string has then.
size_t overwrite(CommandContext& ctx, KeyRef found, size_t offset, std::string_view bytes,
                 std::string_view event) {
  Database& db = ctx.db();
  ctx.stringChanged(event, ctx.args[1], found);
  if (!found) {
    db.setString(found.hash, ctx.args[1], found.slot, {}, false, ctx.initialAccess());
    found.slot = db.find(found.hash, ctx.args[1]);
  }
  StringBuffer* buffer = db.mutableString(found.slot, offset + bytes.size());
  if (!bytes.empty()) std::memcpy(buffer->data() + offset, bytes.data(), bytes.size());
  ctx.markDirty();
  return buffer->length;
}

void strlenCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (ctx.expectString(key)) ctx.reply.integer(static_cast<int64_t>(lengthOf(key)));
}

void getrangeCommand(CommandContext& ctx) {
  int64_t start;
  int64_t end;
  if (!ctx.parseInteger(ctx.args[2], start) || !ctx.parseInteger(ctx.args[3], end)) return;
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!key) return ctx.reply.bulk({});
  if (!ctx.expectString(key)) return;
  const StringView string(*key.entry());
  const auto length = static_cast<int64_t>(string.view().size());
  // Both ends lie before the beginning: without this they would both become the first byte.
  if (start < 0 && end < 0 && start > end) return ctx.reply.bulk({});
  if (start < 0) start = std::max<int64_t>(start + length, 0);
  if (end < 0) end = std::max<int64_t>(end + length, 0);
  end = std::min(end, length - 1);
  if (start > end) return ctx.reply.bulk({});
  ctx.reply.bulk(
      string.view().substr(static_cast<size_t>(start), static_cast<size_t>(end - start + 1)));
}

void setrangeCommand(CommandContext& ctx) {
  int64_t offset;
  if (!ctx.parseInteger(ctx.args[2], offset)) return;
  if (offset < 0) return ctx.error(errors::kOffsetOutOfRange);
  const std::string_view bytes = ctx.args[3];
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectString(key)) return;
  if (bytes.empty()) return ctx.reply.integer(static_cast<int64_t>(lengthOf(key)));
  const auto at = static_cast<uint64_t>(offset);
  if (!expectLength(ctx, at, bytes.size())) return;
  ctx.reply.integer(static_cast<int64_t>(overwrite(ctx, key, at, bytes, "setrange")));
}

void appendCommand(CommandContext& ctx) {
  const std::string_view bytes = ctx.args[2];
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!key) {
    ctx.db().setString(key.hash, ctx.args[1], key.slot, bytes, false, ctx.initialAccess());
    ctx.stringChanged("append", ctx.args[1], key);
    ctx.markDirty();
    return ctx.reply.integer(static_cast<int64_t>(bytes.size()));
  }
  if (!ctx.expectString(key)) return;
  const size_t length = lengthOf(key);
  if (!expectLength(ctx, length, bytes.size())) return;
  ctx.reply.integer(static_cast<int64_t>(overwrite(ctx, key, length, bytes, "append")));
}

constexpr CommandRow kRows[] = {
    {.name = "strlen",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclString,
     .handler = strlenCommand,
     .keys = {key_specs::kInspect},
     .since = "2.2.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Returns the length of a string."},
    {.name = "getrange",
     .syntax = "key:key@0 integer:start integer:end",
     .arity = 4,
     .flags = kCmdReadonly,
     .categories = kAclString,
     .handler = getrangeCommand,
     .keys = {key_specs::kRead},
     .since = "2.4.0",
     .group = "string",
     .complexity = "O(N), N being the length of the part that is returned",
     .summary = "Returns a part of a string."},
    {.name = "substr",
     .syntax = "key:key@0 integer:start integer:end",
     .arity = 4,
     .flags = kCmdReadonly,
     .categories = kAclString,
     .handler = getrangeCommand,
     .keys = {key_specs::kRead},
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(N), N being the length of the part that is returned",
     .summary = "Returns a part of a string; the old name of GETRANGE.",
     .deprecated_since = "2.0.0",
     .replaced_by = "`GETRANGE`"},
    {.name = "setrange",
     .syntax = "key:key@0 integer:offset string:value",
     .arity = 4,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclString,
     .handler = setrangeCommand,
     .keys = {key_specs::kUpdate},
     .since = "2.2.0",
     .group = "string",
     .complexity = "O(M), M being the length of the new bytes; O(1) when they are few",
     .summary = "Overwrites a part of a string, filling a gap before it with zero bytes."},
    {.name = "append",
     .syntax = "key:key@0 string:value",
     .arity = 3,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclString,
     .handler = appendCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyInsert)},
     .since = "2.0.0",
     .group = "string",
     .complexity = "O(1) amortized, for a short appended value: room for more is kept",
     .summary = "Adds bytes to the end of a string, creating it if need be."},
};

}  // namespace

CommandRows stringRangeRows() {
  return kRows;
}

}  // namespace inkstone
