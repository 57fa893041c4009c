// Whole databases: FLUSHDB, FLUSHALL, SWAPDB, DBSIZE.
#include <algorithm>

#include "base/numbers.h"
#include "server/clients/blocking.h"
#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"
#include "server/commands/families.h"
#include "server/data/data_set.h"
#include "server/durability/durability.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

bool parseFlushMode(CommandContext& ctx, bool& async) {
  async = ctx.runtime().settings.lazyfree_lazy_user_flush;
  ArgumentReader reader(ctx, 1);
  if (reader.remaining() == 1 && reader.matchesKeyword("SYNC")) {
    async = false;
  } else if (reader.remaining() == 1 && reader.matchesKeyword("ASYNC")) {
    async = true;
  } else if (!reader.atEnd()) {
    reader.failSyntax();
  }
  return reader.finish();
}

// Returns how many keys there were.
uint64_t flush(const ServerParts& parts, size_t index, bool async) {
  Database& db = parts.data.keyspace[index];
  const uint64_t keys = db.size();
  if (keys == 0) return 0;
  parts.clients.key_events.flushing(index);
  std::unique_ptr<Database::Contents> contents = db.takeContents();
  if (async) parts.data.lazy_free.submit(std::move(contents));
  return keys;
}

// Replies the error and returns false unless `text` is an int.
bool parseDatabase(CommandContext& ctx, std::string_view text, std::string_view error,
                   int64_t& number) {
  if (!ctx.parseInteger(text, number, error)) return false;
  if (number == static_cast<int>(number)) return true;
  ctx.error(error);
  return false;
}

// Flushing is propagated also when there is nothing to flush, as in Redis.
void flushdbCommand(CommandContext& ctx) {
  bool async;
  if (!parseFlushMode(ctx, async)) return;
  const uint64_t keys = flush(ctx.parts(), ctx.client.db, async);
  ctx.clients().key_events.flushed();
  ctx.markDirty(std::max<uint64_t>(keys, 1));
  ctx.reply.ok();
}

void flushallCommand(CommandContext& ctx) {
  bool async;
  if (!parseFlushMode(ctx, async)) return;
  uint64_t keys = 0;
  for (size_t i = 0; i < ctx.data().keyspace.size(); ++i) {
    keys += flush(ctx.parts(), i, async);
  }
  ctx.clients().key_events.flushed();
  if (changesAreNews(ctx.client.origin) && ctx.durability().snapshots.onFlushAll()) ctx.markSaved();
  ctx.markDirty(keys + 1);
  ctx.reply.ok();
}

void swapdbCommand(CommandContext& ctx) {
  int64_t a;
  int64_t b;
  if (!parseDatabase(ctx, ctx.args[1], errors::kInvalidFirstDb, a)) return;
  if (!parseDatabase(ctx, ctx.args[2], errors::kInvalidSecondDb, b)) return;
  const auto count = static_cast<int64_t>(ctx.data().keyspace.size());
  if (a < 0 || a >= count || b < 0 || b >= count) return ctx.error(errors::kDbIndexOutOfRange);
  ctx.clients().key_events.swapping(static_cast<size_t>(a), static_cast<size_t>(b));
  ctx.data().keyspace.swapDatabases(static_cast<size_t>(a), static_cast<size_t>(b));
  ctx.clients().blocking.databaseReplaced(static_cast<size_t>(a));
  ctx.clients().blocking.databaseReplaced(static_cast<size_t>(b));
  ctx.markDirty();
  ctx.reply.ok();
}

void dbsizeCommand(CommandContext& ctx) {
  ctx.reply.integer(static_cast<int64_t>(ctx.db().size()));
}

constexpr CommandRow kRows[] = {
    {.name = "dbsize",
     .arity = 1,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclKeyspace,
     .handler = dbsizeCommand,
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Returns the number of keys in the selected database.",
     .tips = {"request_policy:all_shards", "response_policy:agg_sum"}},
    {.name = "flushdb",
     .syntax = "oneof:flush-type?(token:async=ASYNC^4.0.0 token:sync=SYNC^6.2.0)",
     .arity = -1,
     .flags = kCmdWrite,
     .categories = kAclKeyspace | kAclDangerous,
     .handler = flushdbCommand,
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(N), N being the number of keys in the selected database",
     .summary = "Deletes all keys of the selected database.",
     .tips = {"request_policy:all_shards", "response_policy:all_succeeded"}},
    {.name = "flushall",
     .syntax = "oneof:flush-type?(token:async=ASYNC^4.0.0 token:sync=SYNC^6.2.0)",
     .arity = -1,
     .flags = kCmdWrite,
     .categories = kAclKeyspace | kAclDangerous,
     .handler = flushallCommand,
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(N), N being the number of keys in all databases",
     .summary = "Deletes all keys of all databases.",
     .tips = {"request_policy:all_shards", "response_policy:all_succeeded"}},
    {.name = "swapdb",
     .syntax = "integer:index1 integer:index2",
     .arity = 3,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclKeyspace | kAclDangerous,
     .handler = swapdbCommand,
     .since = "4.0.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Exchanges the contents of two databases."},
};

}  // namespace

CommandRows keySpaceRows() {
  return kRows;
}

}  // namespace inkstone
