#include "server/process/logger.h"

#include <fcntl.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>

namespace inkstone {
namespace {

// Opens the file for each line. So a file that was rotated away is left alone and a new one is
// begun, without a signal.
class ReopeningFileSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit ReopeningFileSink(std::string path) : path_(std::move(path)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const int fd = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return;
    const std::string line = std::string(message.payload.data(), message.payload.size()) + "\n";
    // There is no place to report that the server log cannot be written.
    [[maybe_unused]] const ssize_t written = ::write(fd, line.data(), line.size());
    ::close(fd);
  }
  void flush_() override {}

 private:
  std::string path_;
};

template <class Sink, class... Args>
std::unique_ptr<spdlog::logger> makeLogger(Args&&... args) {
  auto logger = std::make_unique<spdlog::logger>(
      "inkstone", std::make_shared<Sink>(std::forward<Args>(args)...));
  logger->set_pattern("%v");
  logger->set_level(spdlog::level::trace);
  return logger;
}

int syslogFacility(SyslogFacility facility) {
  constexpr std::array<int, 9> kFacilities = {LOG_USER,   LOG_LOCAL0, LOG_LOCAL1,
                                              LOG_LOCAL2, LOG_LOCAL3, LOG_LOCAL4,
                                              LOG_LOCAL5, LOG_LOCAL6, LOG_LOCAL7};
  return kFacilities[static_cast<size_t>(facility)];
}

spdlog::level::level_enum spdlogLevel(LogSink::Level level) {
  switch (level) {
    case LogSink::Level::kDebug:
    case LogSink::Level::kVerbose:
      return spdlog::level::debug;
    case LogSink::Level::kNotice:
      return spdlog::level::info;
    case LogSink::Level::kWarning:
      return spdlog::level::warn;
  }
  return spdlog::level::info;
}

// "20 Nov 2026 23:57:52.123", local time.
std::string timeText() {
  const auto now = std::chrono::system_clock::now();
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  localtime_r(&seconds, &local);
  std::array<char, 64> text;
  const size_t length = std::strftime(text.data(), text.size(), "%d %b %Y %H:%M:%S", &local);
  return fmt::format("{}.{:03}", std::string_view(text.data(), length), milliseconds % 1000);
}

}  // namespace

Logger::Logger() : lines_(makeLogger<spdlog::sinks::stdout_sink_st>()) {}

Logger::~Logger() = default;

std::string Logger::configure(const ConfigValues& settings) {
  level_ = settings.loglevel;
  if (settings.logfile.empty()) {
    lines_ = makeLogger<spdlog::sinks::stdout_sink_st>();
  } else {
    const int fd =
        ::open(settings.logfile.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return fmt::format("Can't open the log file: {}", std::strerror(errno));
    ::close(fd);
    lines_ = makeLogger<ReopeningFileSink>(settings.logfile);
  }
  syslog_.reset();
  if (settings.syslog_enabled) {
    syslog_ = makeLogger<spdlog::sinks::syslog_sink_st>(
        settings.syslog_ident, LOG_PID | LOG_NDELAY | LOG_NOWAIT,
        syslogFacility(settings.syslog_facility), false);
  }
  return {};
}

void Logger::write(Level level, std::string_view text) {
  writeFor(::getpid(), 'M', level, text);
}

void Logger::raw(std::string_view text) {
  if (!enabled(Level::kNotice)) return;
  lines_->info("{}", text);
  lines_->flush();
}

void Logger::writeFor(int64_t pid, char role, Level level, std::string_view text) {
  if (copy_descriptor_ >= 0 && level == Level::kWarning) {
    const std::string line = std::string(text) + "\n";
    // If nobody reads the descriptor any more, nobody needs the line.
    [[maybe_unused]] const ssize_t written = ::write(copy_descriptor_, line.data(), line.size());
  }
  if (!enabled(level)) return;
  constexpr std::string_view kMarks = ".-*#";
  const char mark = kMarks[static_cast<size_t>(level)];
  lines_->log(spdlogLevel(level), "{}:{} {} {} {}", pid, role, timeText(), mark, text);
  lines_->flush();
  if (syslog_ != nullptr) syslog_->log(spdlogLevel(level), "{}", text);
}

}  // namespace inkstone
