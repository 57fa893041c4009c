#include "server/commands/timeout_argument.h"

#include <cmath>
#include <limits>

#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

bool toDeadline(CommandContext& ctx, int64_t timeout_ms, int64_t& deadline_ms) {
  if (timeout_ms < 0) {
    ctx.error(errors::kTimeoutNegative);
    return false;
  }
  // As Redis, which keeps the moment as Unix time.
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

}  // namespace inkstone
