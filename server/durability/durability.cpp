#include "server/durability/durability.h"

#include <utility>

#include "server/data/data_set.h"
#include "server/execution/executor.h"
#include "server/process/process.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

// The first action of a background thread.
auto bindTo(const std::string& cpulist) {
  return [cpulist] { static_cast<void>(setCpuAffinity(cpulist)); };
}

}  // namespace

LogStack::LogStack(Runtime& runtime)
    : background(bindTo(runtime.settings.bio_cpulist)),
      writer(bindTo(runtime.settings.bio_cpulist)),
      log(runtime.files, background, runtime.log_clock, runtime.logger, runtime.latency) {
  log.useWriter(writer);
  log.keepLedger();
}

Durability::Durability(Runtime& runtime, DataSet& data, LogStack& log_stack, Executor& executor,
                       OutputBlockPool& output_blocks, std::function<void()> serve)
    : log(log_stack.log),
      log_writer(log_stack.writer),
      data_locks(runtime),
      child(runtime, data, log, oom_score),
      log_rewrite(runtime, data, log, executor, child, data_locks),
      snapshots(runtime, data, log, child, log_rewrite, data_locks),
      loading(runtime, data, executor, output_blocks, std::move(serve)),
      data_loader(runtime, data, log, log_rewrite, loading),
      shutdown(runtime, log, child, snapshots, log_rewrite) {}

}  // namespace inkstone
