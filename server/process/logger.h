// The server log: one line for each event, in Redis's form: "12345:M 20 Nov 2026 23:57:52.123 *
// Ready to accept connections".
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "config/config_values.h"
#include "persistence/files/log_hooks.h"

namespace spdlog {
class logger;
}

namespace inkstone {

// For the loop thread only. A child process leaves its lines to its parent (ChildReporter).
class Logger final : public LogSink {
 public:
  // Until configure() is called, notices go to standard output.
  Logger();
  ~Logger() override;

  // Applies loglevel, logfile and syslog-*; returns an error text when the file cannot be opened.
  [[nodiscard]] std::string configure(const ConfigValues& settings);
  void setLevel(LogLevel level) { level_ = level; }

  void write(Level level, std::string_view text) override;

  // Writes a line as it is, without process, time and level: the banner.
  void raw(std::string_view text);

  // From now on warnings also go to `descriptor`, for the process that waits for the start; -1 ends
  // this.
  void copyWarningsTo(int descriptor) { copy_descriptor_ = descriptor; }

  // Writes a line on behalf of another process. `role` is 'M' for a server, 'C' for a child
  // process.
  void writeFor(int64_t pid, char role, Level level, std::string_view text);

  template <class... Args>
  void notice(fmt::format_string<Args...> format, Args&&... args) {
    write(Level::kNotice, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void warning(fmt::format_string<Args...> format, Args&&... args) {
    write(Level::kWarning, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void verbose(fmt::format_string<Args...> format, Args&&... args) {
    if (enabled(Level::kVerbose))
      write(Level::kVerbose, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) {
    if (enabled(Level::kDebug))
      write(Level::kDebug, fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  bool enabled(Level level) const { return static_cast<int>(level) >= static_cast<int>(level_); }

  LogLevel level_ = LogLevel::kNotice;
  int copy_descriptor_ = -1;
  std::unique_ptr<spdlog::logger> lines_;
  std::unique_ptr<spdlog::logger> syslog_;
};

}  // namespace inkstone
