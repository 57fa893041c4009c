// The steps at which a test can interrupt a rewrite: parent or child stops or kills itself there.
//
// DEBUG REWRITE-STEP <step> STOP|KILL arms one step, without arguments none; the child inherits
// what is armed when it is forked. Reaching a step disarms it, in the process that reached it. A
// child that stopped itself goes on with SIGCONT, and dies when its parent does.
#pragma once

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <string_view>
#include <utility>

namespace inkstone {

// In the order in which a rewrite reaches them; the names are those of DEBUG REWRITE-STEP.
enum class RewriteStep : uint8_t {
  // In the child, before it does anything.
  kChildStarted,
  // In the child, half of the keys are written.
  kChildMidImage,
  // In the child, around the handshake that ends the sending.
  kChildBeforeAck,
  kChildAfterAck,
  // In the child, around the rename to temp-rewriteaof-bg-<pid>.aof; all is synced.
  kChildBeforeRename,
  kChildAfterRename,
  // In the parent, around its answer to the handshake.
  kParentBeforeAck,
  kParentAfterAck,
  // In the parent, around the rename over the log.
  kParentBeforeRename,
  kParentAfterRename,
  // In the parent, or in the thread that syncs for it, before the directory is synced; behind that
  // the new log counts.
  kParentBeforeDirectorySync,
  kParentAfterDirectorySync,
  // In the parent, around the step from the old file to the new one.
  kParentBeforeSwap,
  kParentAfterSwap,
};

inline constexpr std::array<std::pair<std::string_view, RewriteStep>, 14> kRewriteStepNames = {{
    {"child-started", RewriteStep::kChildStarted},
    {"child-mid-image", RewriteStep::kChildMidImage},
    {"child-before-ack", RewriteStep::kChildBeforeAck},
    {"child-after-ack", RewriteStep::kChildAfterAck},
    {"child-before-rename", RewriteStep::kChildBeforeRename},
    {"child-after-rename", RewriteStep::kChildAfterRename},
    {"parent-before-ack", RewriteStep::kParentBeforeAck},
    {"parent-after-ack", RewriteStep::kParentAfterAck},
    {"parent-before-rename", RewriteStep::kParentBeforeRename},
    {"parent-after-rename", RewriteStep::kParentAfterRename},
    {"parent-before-directory-sync", RewriteStep::kParentBeforeDirectorySync},
    {"parent-after-directory-sync", RewriteStep::kParentAfterDirectorySync},
    {"parent-before-swap", RewriteStep::kParentBeforeSwap},
    {"parent-after-swap", RewriteStep::kParentAfterSwap},
}};

// One a server. reach() may be called by the thread that syncs, too.
class RewriteSteps {
 public:
  void arm(RewriteStep step, int signal) {
    signal_ = signal;
    armed_ = static_cast<int>(step);
  }
  void disarm() { armed_ = kNone; }

  void reach(RewriteStep step) {
    if (armed_.load(std::memory_order_relaxed) != static_cast<int>(step)) return;
    armed_ = kNone;
    static_cast<void>(::raise(signal_));
  }

 private:
  static constexpr int kNone = -1;

  std::atomic<int> armed_ = kNone;
  std::atomic<int> signal_ = 0;
};

}  // namespace inkstone
