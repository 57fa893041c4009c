// WAIT and WAITAOF: what else has the client's writes.
#include "base/numbers.h"
#include "server/clients/blocking.h"
#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "server/commands/waiting.h"
#include "server/durability/durability.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

// numreplicas timeout. There are no replicas, so only time can be waited for.
void wait(CommandContext& ctx) {
  int64_t replicas;
  int64_t deadline_ms;
  if (!ctx.parseInteger(ctx.args[1], replicas)) return;
  if (!parseTimeoutMs(ctx, ctx.args[2], deadline_ms)) return;
  if (replicas <= 0 || !ctx.mayWait()) return ctx.reply.integer(0);
  ctx.clients().blocking.waitForReplicas(ctx.asWaiting(), deadline_ms);
}

// numlocal numreplicas timeout
void waitAof(CommandContext& ctx) {
  int64_t local;
  int64_t replicas;
  int64_t deadline_ms;
  if (!ctx.parseInteger(ctx.args[1], local)) return;
  if (local < 0 || local > 1) return ctx.error(errors::kNotZeroOrOne);
  if (!ctx.parseInteger(ctx.args[2], replicas)) return;
  if (replicas < 0) return ctx.error(errors::kMustBePositive);
  if (!parseTimeoutMs(ctx, ctx.args[3], deadline_ms)) return;
  const AppendOnlyLog& log = ctx.durability().log;
  if (local == 1 && !log.isOn()) return ctx.error(errors::kWaitAofWithoutLog);
  const uint64_t offset = ctx.client.write_offset;
  const bool durable = log.isOn() && log.durableOffset() >= offset;
  if ((replicas == 0 && (local == 0 || durable)) || !ctx.mayWait()) {
    ctx.reply.array(2);
    ctx.reply.integer(durable ? 1 : 0);
    return ctx.reply.integer(0);
  }
  ctx.clients().blocking.waitForLog(ctx.asWaiting(), offset, replicas > 0, deadline_ms);
}

constexpr CommandRow kRows[] = {
    {.name = "wait",
     .syntax = "integer:numreplicas integer:timeout",
     .arity = 3,
     .categories = kAclConnection,
     .handler = wait,
     .since = "3.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Waits until so many replicas have the client's writes, or some time has passed.",
     .tips = {"request_policy:all_shards", "response_policy:agg_min"}},
    {.name = "waitaof",
     .syntax = "integer:numlocal integer:numreplicas integer:timeout",
     .arity = 4,
     .flags = kCmdNoScript,
     .categories = kAclConnection,
     .handler = waitAof,
     .since = "7.2.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Waits until the client's writes are in the log on the disk, here or at replicas.",
     .tips = {"request_policy:all_shards", "response_policy:agg_min"}},
};

}  // namespace

CommandRows waitRows() {
  return kRows;
}

}  // namespace inkstone
