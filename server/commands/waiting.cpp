#include "server/commands/waiting.h"

#include <cmath>
#include <limits>
#include <optional>

#include "base/numbers.h"
#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

bool toDeadline(CommandContext& ctx, int64_t timeout_ms, int64_t& deadline_ms) {
  if (timeout_ms < 0) {
    ctx.error(errors::kTimeoutNegative);
    return false;
  }
  // Redis, too, refuses what is beyond the end of Unix time.
  if (timeout_ms > std::numeric_limits<int64_t>::max() - ctx.unixMs()) {
    ctx.error(errors::kTimeoutOutOfRange);
    return false;
  }
  deadline_ms = timeout_ms == 0 ? 0 : ctx.runtime().clock.monotonicMs() + timeout_ms;
  return true;
}

}  // namespace

bool parseTimeoutSeconds(CommandContext& ctx, std::string_view text, int64_t& deadline_ms) {
  constexpr long double kMsMax = static_cast<long double>(std::numeric_limits<int64_t>::max());
  long double seconds;
  if (!parseLongDouble(text, seconds)) {
    ctx.error(errors::kTimeoutNotFloat);
    return false;
  }
  const long double timeout_ms = std::ceil(seconds * 1000);
  if (timeout_ms > kMsMax) {
    ctx.error(errors::kTimeoutOutOfRange);
    return false;
  }
  // The least integer stands for all that are below it.
  return toDeadline(ctx, timeout_ms < 0 ? -1 : static_cast<int64_t>(timeout_ms), deadline_ms);
}

bool parseTimeoutMs(CommandContext& ctx, std::string_view text, int64_t& deadline_ms) {
  int64_t timeout_ms;
  return ctx.parseInteger(text, timeout_ms, errors::kTimeoutNotInteger) &&
         toDeadline(ctx, timeout_ms, deadline_ms);
}

bool parseMultiPop(CommandContext& ctx, size_t from, std::string_view first_end,
                   std::string_view last_end, MultiPop& request) {
  ArgumentReader reader(ctx, from);
  request.keys = reader.nextCountedKeys({.not_integer = errors::kNumkeysNotPositive,
                                         .not_positive = errors::kNumkeysNotPositive,
                                         .too_many = errors::kSyntax});
  request.from_last = reader.matchesKeyword(last_end);
  if (!request.from_last && !reader.matchesKeyword(first_end)) reader.failSyntax();
  if (reader.matchesKeyword("COUNT", 1)) {
    request.count = reader.nextPositive(errors::kCountNotPositive);
  }
  if (!reader.atEnd()) reader.failSyntax();
  return reader.finish();
}

Found findServable(CommandContext& ctx, CommandContext::Args keys, ValueType type,
                   std::string_view& name, KeyRef& key) {
  const std::optional<std::string_view> served = Blocking::servedKey(ctx.client);
  for (const std::string_view each : keys) {
    if (served && each != *served) continue;
    key = ctx.lookupWrite(each);
    if (!key) continue;
    if (!ctx.expectType(key, type)) return Found::kWrongType;
    name = each;
    return Found::kKey;
  }
  return Found::kNothing;
}

void waitForKeys(CommandContext& ctx, const KeyCheck& check, CommandContext::Args keys,
                 int64_t deadline_ms) {
  if (!ctx.mayWait()) return ctx.reply.nullArray();
  ctx.clients().blocking.waitForKeys(ctx.asWaiting(), check, keys, deadline_ms);
}

}  // namespace inkstone
