// Commands that read hashes: HGET, HMGET, HEXISTS, HLEN, HSTRLEN, HKEYS, HVALS, HGETALL.
#include <optional>

#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key_values.h"
#include "server/commands/reply_parts.h"

namespace inkstone {
namespace {

enum class Part : uint8_t { kFields, kValues, kBoth };

void replyWhole(CommandContext& ctx, Part part) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  const size_t size = key ? hashOf(ctx, key).size() : 0;
  if (part == Part::kBoth) {
    ctx.reply.map(size);
  } else {
    ctx.reply.array(size);
  }
  if (!key) return;
  BulkRun run(ctx.reply);
  hashOf(ctx, key).forEach([&run, part](const Element& field, const Element& value) {
    if (part != Part::kValues) addElement(run, field);
    if (part != Part::kFields) addElement(run, value);
  });
}

// The value of a field of a key that may not exist; nothing when there is none.
std::optional<Element> findField(const CommandContext& ctx, const KeyRef& key,
                                 std::string_view field) {
  Element value;
  if (!key || !hashOf(ctx, key).find(field, value)) return {};
  return value;
}

void hgetCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  const std::optional<Element> value = findField(ctx, key, ctx.args[2]);
  if (!value) return ctx.reply.null();
  replyElement(ctx.reply, *value);
}

void hmgetCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  const auto fields = ctx.args.subspan(2);
  ctx.reply.array(fields.size());
  for (std::string_view field : fields) {
    if (const std::optional<Element> value = findField(ctx, key, field)) {
      replyElement(ctx.reply, *value);
    } else {
      ctx.reply.null();
    }
  }
}

void hexistsCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  ctx.reply.integer(key && hashOf(ctx, key).contains(ctx.args[2]) ? 1 : 0);
}

void hlenCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  ctx.reply.integer(key ? static_cast<int64_t>(hashOf(ctx, key).size()) : 0);
}

void hstrlenCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  const std::optional<Element> value = findField(ctx, key, ctx.args[2]);
  ctx.reply.integer(value ? static_cast<int64_t>(value->textLength()) : 0);
}

void hkeysCommand(CommandContext& ctx) {
  replyWhole(ctx, Part::kFields);
}

void hvalsCommand(CommandContext& ctx) {
  replyWhole(ctx, Part::kValues);
}

void hgetallCommand(CommandContext& ctx) {
  replyWhole(ctx, Part::kBoth);
}

constexpr CommandRow kRows[] = {
    {.name = "hget",
     .syntax = "key:key@0 string:field",
     .arity = 3,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclHash,
     .handler = hgetCommand,
     .keys = {key_specs::kRead},
     .member = {.argument = 2},
     .since = "2.0.0",
     .group = "hash",
     .complexity = "O(1)",
     .summary = "Returns the value of a field of a hash."},
    {.name = "hmget",
     .syntax = "key:key@0 string:field*",
     .arity = -3,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclHash,
     .handler = hmgetCommand,
     .keys = {key_specs::kRead},
     .member = {.argument = 2},
     .since = "2.0.0",
     .group = "hash",
     .complexity = "O(N), N being the number of fields named",
     .summary = "Returns the values of several fields of a hash."},
    {.name = "hexists",
     .syntax = "key:key@0 string:field",
     .arity = 3,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclHash,
     .handler = hexistsCommand,
     .keys = {key_specs::kInspect},
     .member = {.argument = 2},
     .since = "2.0.0",
     .group = "hash",
     .complexity = "O(1)",
     .summary = "Says whether a hash has a field."},
    {.name = "hlen",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclHash,
     .handler = hlenCommand,
     .keys = {key_specs::kInspect},
     .since = "2.0.0",
     .group = "hash",
     .complexity = "O(1)",
     .summary = "Returns the number of fields of a hash."},
    {.name = "hstrlen",
     .syntax = "key:key@0 string:field",
     .arity = 3,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclHash,
     .handler = hstrlenCommand,
     .keys = {key_specs::kInspect},
     .member = {.argument = 2},
     .since = "3.2.0",
     .group = "hash",
     .complexity = "O(1)",
     .summary = "Returns the length of the value of a field."},
    {.name = "hkeys",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly,
     .categories = kAclHash,
     .handler = hkeysCommand,
     .keys = {key_specs::kRead},
     .since = "2.0.0",
     .group = "hash",
     .complexity = "O(N), N being the number of fields of the hash",
     .summary = "Returns the fields of a hash.",
     .tips = {"nondeterministic_output_order"}},
    {.name = "hvals",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly,
     .categories = kAclHash,
     .handler = hvalsCommand,
     .keys = {key_specs::kRead},
     .since = "2.0.0",
     .group = "hash",
     .complexity = "O(N), N being the number of fields of the hash",
     .summary = "Returns the values of a hash.",
     .tips = {"nondeterministic_output_order"}},
    {.name = "hgetall",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly,
     .categories = kAclHash,
     .handler = hgetallCommand,
     .keys = {key_specs::kRead},
     .since = "2.0.0",
     .group = "hash",
     .complexity = "O(N), N being the number of fields of the hash",
     .summary = "Returns the fields and values of a hash.",
     .tips = {"nondeterministic_output_order"}},
};

}  // namespace

CommandRows hashGetRows() {
  return kRows;
}

}  // namespace inkstone
