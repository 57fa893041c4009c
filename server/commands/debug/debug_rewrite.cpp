// DEBUG REWRITE-STEP.
#include <algorithm>
#include <csignal>

#include "base/ascii.h"
#include "server/command_table/errors.h"
#include "server/commands/debug/debug_handlers.h"
#include "server/durability/durability.h"
#include "server/execution/command_context.h"

namespace inkstone {

void debugRewriteStep(CommandContext& context) {
  RewriteSteps& steps = context.durability().log_rewrite.steps;
  if (context.args.size() == 2) {
    steps.disarm();
    return context.reply.ok();
  }
  if (context.args.size() != 4) return context.error(errors::kSyntax);
  const auto step =
      std::find_if(kRewriteStepNames.begin(), kRewriteStepNames.end(),
                   [&](const auto& each) { return equalsIgnoreCase(each.first, context.args[2]); });
  const bool stop = equalsIgnoreCase(context.args[3], "stop");
  if (step == kRewriteStepNames.end() || (!stop && !equalsIgnoreCase(context.args[3], "kill"))) {
    return context.error(errors::kSyntax);
  }
  steps.arm(step->second, stop ? SIGSTOP : SIGKILL);
  context.reply.ok();
}

}  // namespace inkstone
