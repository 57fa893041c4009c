// LATENCY and its subcommands tell what took long, by event, and how long each command takes.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "server/commands/latency/latency_graph.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

using Sample = LatencyMonitor::Sample;

void latest(CommandContext& ctx) {
  const auto& events = ctx.runtime().latency.events();
  ctx.reply.array(events.size());
  for (const auto& [name, event] : events) {
    const Sample last = event.samples().back();
    ctx.reply.array(4);
    ctx.reply.bulk(name);
    ctx.reply.integer(last.unix_seconds);
    ctx.reply.integer(last.milliseconds);
    ctx.reply.integer(event.longestMs());
  }
}

void history(CommandContext& ctx) {
  const LatencyMonitor::Event* const event = ctx.runtime().latency.find(ctx.args[2]);
  if (event == nullptr) return ctx.reply.array(0);
  const std::vector<Sample> samples = event->samples();
  ctx.reply.array(samples.size());
  for (const Sample& sample : samples) {
    ctx.reply.array(2);
    ctx.reply.integer(sample.unix_seconds);
    ctx.reply.integer(sample.milliseconds);
  }
}

void graph(CommandContext& ctx) {
  const std::string_view name = ctx.args[2];
  const LatencyMonitor::Event* const event = ctx.runtime().latency.find(name);
  if (event == nullptr) return ctx.error(fmt::format(errors::kNoLatencySamples, name));
  ctx.reply.verbatim(
      "txt", drawLatencyGraph(name, event->longestMs(), event->samples(), std::time(nullptr)));
}

void reset(CommandContext& ctx) {
  LatencyMonitor& monitor = ctx.runtime().latency;
  if (ctx.args.size() == 2) return ctx.reply.integer(static_cast<int64_t>(monitor.resetAll()));
  int64_t count = 0;
  for (const std::string_view name : ctx.args.subspan(2)) count += monitor.reset(name) ? 1 : 0;
  ctx.reply.integer(count);
}

// Upper ends of the buckets that replies have, doubling from about a microsecond. Redis keeps its
// durations with two digits, so that a bucket ends where the last that shares them with the power
// of two does, and is named by that.
struct Bucket {
  int64_t microseconds;
  uint64_t up_to;  // commands that took no longer
};

std::vector<Bucket> cumulated(const LatencyHistogram& histogram) {
  constexpr int64_t kFirstNs = 1024;
  constexpr int64_t kSharing = 128;
  std::vector<Bucket> buckets;
  int64_t end_ns = kFirstNs;
  uint64_t seen = 0;
  histogram.forEach([&](int64_t upper_ns, uint64_t count) {
    while (upper_ns >= end_ns) end_ns *= 2;
    seen += count;
    const int64_t microseconds = (end_ns + end_ns / kSharing - 1) / 1000;
    if (!buckets.empty() && buckets.back().microseconds == microseconds) {
      buckets.back().up_to = seen;
    } else {
      buckets.push_back({microseconds, seen});
    }
  });
  return buckets;
}

void replyHistogram(ReplyBuilder& reply, const Command& command) {
  const std::vector<Bucket> buckets = cumulated(command.stats.latency);
  reply.bulk(command.fullName());
  reply.map(2);
  reply.bulk("calls");
  reply.integer(static_cast<int64_t>(command.stats.latency.total()));
  reply.bulk("histogram_usec");
  reply.map(buckets.size());
  for (const Bucket& bucket : buckets) {
    reply.integer(bucket.microseconds);
    reply.integer(static_cast<int64_t>(bucket.up_to));
  }
}

// The command and its subcommands, as far as they ran.
void addIfRun(const Command& command, std::vector<const Command*>& commands) {
  if (command.stats.latency.total() > 0) commands.push_back(&command);
  for (const auto& sub : command.subcommands()) addIfRun(*sub, commands);
}

void histogram(CommandContext& ctx) {
  std::vector<const Command*> commands;
  if (ctx.args.size() == 2) {
    for (const auto& command : ctx.commands().all()) addIfRun(*command, commands);
  }
  for (const std::string_view name : ctx.args.subspan(2)) {
    const Command* const command = ctx.commands().findFull(name);
    if (command != nullptr) addIfRun(*command, commands);
  }
  ctx.reply.map(commands.size());
  for (const Command* command : commands) replyHistogram(ctx.reply, *command);
}

constexpr CommandRow kRows[] = {
    {.name = "latency",
     .arity = -2,
     .since = "2.8.13",
     .group = "server",
     .complexity = "Depends on subcommand.",
     .summary = "Tells what takes long."},
    {.name = "latency|graph",
     .syntax = "string:event",
     .arity = 3,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = graph,
     .since = "2.8.13",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Draws the samples of an event.",
     .tips = {"nondeterministic_output", "request_policy:all_nodes", "response_policy:special"},
     .help = "GRAPH <event>\n"
             "    Draw the samples of the event."},
    {.name = "latency|help",
     .arity = 2,
     .flags = kCmdLoading | kCmdStale,
     .handler = subcommandHelp,
     .since = "2.8.13",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Explains the subcommands."},
    {.name = "latency|histogram",
     .syntax = "string:command?*",
     .arity = -2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = histogram,
     .since = "7.0.0",
     .group = "server",
     .complexity = "O(N), N being the number of commands asked for",
     .summary = "Tells how long calls of commands take.",
     .tips = {"nondeterministic_output", "request_policy:all_nodes", "response_policy:special"},
     .help =
         "HISTOGRAM [<command> [<command> ...]]\n"
         "    Tell how many calls of each command, or of these, took up to so many microseconds."},
    {.name = "latency|history",
     .syntax = "string:event",
     .arity = 3,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = history,
     .since = "2.8.13",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Lists the samples of an event.",
     .tips = {"nondeterministic_output", "request_policy:all_nodes", "response_policy:special"},
     .help = "HISTORY <event>\n"
             "    List the samples of the event: when, and how many milliseconds."},
    {.name = "latency|latest",
     .arity = 2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = latest,
     .since = "2.8.13",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Lists the latest sample of each event.",
     .tips = {"nondeterministic_output", "request_policy:all_nodes", "response_policy:special"},
     .help = "LATEST\n"
             "    List the latest sample of each event, and the longest."},
    {.name = "latency|reset",
     .syntax = "string:event?*",
     .arity = -2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = reset,
     .since = "2.8.13",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Forgets samples.",
     .tips = {"request_policy:all_nodes", "response_policy:agg_sum"},
     .help = "RESET [<event> [<event> ...]]\n"
             "    Forget the samples of all events, or of these."},
};

}  // namespace

CommandRows latencyRows() {
  return kRows;
}

}  // namespace inkstone
