// LATENCY DOCTOR: what took long, and what may be done about it, in words.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <iterator>
#include <string_view>
#include <vector>

#include "server/commands/families.h"
#include "server/durability/durability.h"
#include "server/execution/command_context.h"
#include "server/process/latency_monitor.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

using Event = LatencyMonitor::Event;

struct Advice {
  // The names of the events that it is for begin with this.
  std::string_view prefix;
  std::string_view text;
};

constexpr Advice kAdvice[] = {
    {"command",
     "Commands that are not O(1) took long: INFO commandstats and LATENCY HISTOGRAM tell which. "
     "Take large values in slices (SCAN, HSCAN, LRANGE of a part), and UNLINK them instead of "
     "DEL."},
    {"fast-command",
     "Even commands of constant time took long: the machine is busy with something else, or the "
     "server's memory was swapped out. Look at its load and at its swap space."},
    {"fork",
     "fork() took long: it copies the page tables of the whole data set. Fewer save points and a "
     "larger auto-aof-rewrite-percentage ask for it less often; disable-thp keeps pages small."},
    {"aof-fsync-always",
     "The disk takes long to sync. Only the replies that wait for it are late; a disk that is "
     "quicker, or appendfsync everysec, makes them early."},
    {"aof-write-pending-fsync",
     "Writing to the log waited for a sync. It was another thread that waited; where the disk is "
     "busy with a rewrite, no-appendfsync-on-rewrite lets the two keep out of each other's way."},
    {"aof-write",
     "Writing to the log took long: the disk is slow or shared with something that keeps it busy."},
    {"aof-reply-hold",
     "The disk did not take what was written to the log, and replies waited for it, a second at "
     "most. The server log says why; a larger aof-disk-reserve holds what a full disk meets."},
    {"aof-rename", "Putting a new log in place took long: the file system is slow or busy."},
    {"aof-rewrite",
     "The end of a rewrite took long: the disk is slow or shared with something that keeps it "
     "busy."},
    {"expire-cycle",
     "Deleting expired keys took long: many expire at the same moment, or hold large values. "
     "Spread "
     "their times; lazyfree-lazy-expire frees large values in another thread."},
};

void appendEvent(std::string& out, size_t number, std::string_view name, const Event& event,
                 int64_t unix_seconds) {
  const std::vector<LatencyMonitor::Sample> samples = event.samples();
  const auto count = static_cast<double>(samples.size());
  double sum = 0;
  for (const auto& sample : samples) sum += static_cast<double>(sample.milliseconds);
  const double mean = sum / count;
  double deviation = 0;
  for (const auto& sample : samples) {
    deviation += std::abs(static_cast<double>(sample.milliseconds) - mean);
  }
  const auto span = static_cast<double>(unix_seconds - samples.front().unix_seconds);
  fmt::format_to(std::back_inserter(out),
                 "{}. {}: {} latency spikes (average {:.0f}ms, mean deviation {:.0f}ms, period "
                 "{:.2f} sec). Worst all time event {}ms.\n",
                 number, name, samples.size(), mean, deviation / count, span / count,
                 event.longestMs());
}

// The advice for the longest prefix that fits.
std::string_view adviceFor(std::string_view event) {
  const Advice* best = nullptr;
  for (const Advice& advice : kAdvice) {
    if (!event.starts_with(advice.prefix)) continue;
    if (best == nullptr || advice.prefix.size() > best->prefix.size()) best = &advice;
  }
  return best == nullptr ? std::string_view() : best->text;
}

void appendAdvice(std::string& out, const LatencyMonitor& monitor) {
  std::vector<std::string_view> given;
  for (const auto& [name, event] : monitor.events()) {
    const std::string_view text = adviceFor(name);
    const bool is_new = std::find(given.begin(), given.end(), text) == given.end();
    if (!text.empty() && is_new) given.push_back(text);
  }
  if (given.empty()) return;
  out += "\nWhat may help:\n\n";
  for (const std::string_view text : given) {
    fmt::format_to(std::back_inserter(out), "- {}\n", text);
  }
}

void appendLog(std::string& out, const ServerParts& parts) {
  if (!parts.durability.log.isOn()) return;
  const AppendOnlyCounters log = parts.durability.log.counters();
  fmt::format_to(std::back_inserter(out),
                 "\nThe log: {} bytes wait for the disk. Groups written by the loop and its "
                 "thread: {}, of {} bytes on average, the last of {}; of {} syncs the last took {} "
                 "us, the longest {} us.\n",
                 log.undurable_bytes, log.groups.count,
                 log.groups.bytes / std::max<uint64_t>(log.groups.count, 1), log.groups.last_bytes,
                 log.groups.syncs, log.groups.last_sync_us, log.groups.max_sync_us);
}

std::string latencyReport(const ServerParts& parts) {
  std::string out;
  if (parts.runtime.settings.latency_monitor_threshold == 0) {
    out =
        "Latency monitoring is off, so nothing was observed. Switch it on by \"CONFIG SET "
        "latency-monitor-threshold <milliseconds>\".\n";
  } else if (parts.runtime.latency.events().empty()) {
    out = "Nothing took as long as latency-monitor-threshold since it was set or reset.\n";
  } else {
    out = "These took longer than latency-monitor-threshold allows:\n\n";
    const int64_t now = std::time(nullptr);
    size_t number = 0;
    for (const auto& [name, event] : parts.runtime.latency.events()) {
      appendEvent(out, ++number, name, event, now);
    }
    appendAdvice(out, parts.runtime.latency);
  }
  appendLog(out, parts);
  return out;
}

void doctor(CommandContext& ctx) {
  ctx.reply.verbatim("txt", latencyReport(ctx.parts()));
}

constexpr CommandRow kRows[] = {
    {.name = "latency|doctor",
     .arity = 2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = doctor,
     .since = "2.8.13",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Says in words what took long.",
     .tips = {"nondeterministic_output", "request_policy:all_nodes", "response_policy:special"},
     .help = "DOCTOR\n"
             "    Say in words what took long, and what may be done about it."},
};

}  // namespace

CommandRows latencyDoctorRows() {
  return kRows;
}

}  // namespace inkstone
