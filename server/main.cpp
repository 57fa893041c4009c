// inkstone-server [file|-] [--directive value ...]
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "base/invariant.h"
#include "config/config.h"
#include "server/acl/access_control.h"
#include "server/config_check.h"
#include "server/process/logger.h"
#include "server/process/process.h"
#include "server/process/process_title.h"
#include "server/process/start_banner.h"
#include "server/process/system_warnings.h"
#include "server/process/version.h"
#include "server/server.h"

namespace inkstone {
namespace {

struct Invocation {
  // The arguments that are left for the configuration.
  std::vector<std::string> config_args;
  // Only check the configuration, and start nothing.
  bool check_config = false;
  // Set when there is nothing to start (--help, --version, a usage error).
  std::optional<int> exit_status;
};

std::string versionText() {
  return fmt::format("Inkstone server v={} compatible={} bits={}", kVersion, kRedisVersion,
                     sizeof(void*) * 8);
}

// The program's own flags stand first; directives are also spelled --name, so everything else is
// left to the configuration.
Invocation parseInvocation(const std::vector<std::string>& args) {
  Invocation invocation;
  CLI::App app(
      "Inkstone, a Redis-compatible server. Directives of the configuration file may follow as "
      "--directive value, \"-\" reads the configuration from standard input.");
  app.set_version_flag("-v,--version", versionText());
  app.set_help_flag("-h,--help", "Show this text and exit");
  app.add_option("file", "Configuration file, as redis.conf")->type_name("FILE");
  app.add_option("--check-config", "Tell all that is wrong with a configuration, and exit")
      ->type_name("FILE");
  if (!args.empty() && args[0] == "--check-config") {
    invocation.check_config = true;
    invocation.config_args.assign(args.begin() + 1, args.end());
    if (!invocation.config_args.empty()) return invocation;
    fmt::print(stderr, "--check-config needs the configuration file.\n");
    invocation.exit_status = 1;
    return invocation;
  }
  const bool own_flag = !args.empty() && (args[0] == "-v" || args[0] == "--version" ||
                                          args[0] == "-h" || args[0] == "--help");
  if (!own_flag) {
    invocation.config_args = args;
    return invocation;
  }
  try {
    app.parse(std::vector<std::string>{args[0]});
  } catch (const CLI::ParseError& request) {
    invocation.exit_status = app.exit(request);
  }
  return invocation;
}

std::vector<std::string> environmentList() {
  std::vector<std::string> list;
  for (char** variable = environ; *variable != nullptr; ++variable) list.emplace_back(*variable);
  return list;
}

// Lowers maxclients to the number that fits, with a line in the server log. Returns false when not
// even one client fits.
bool fitClients(Config& config, Logger& logger) {
  const int64_t wanted = config.values().maxclients;
  const int64_t fitting = fitDescriptorLimit(wanted);
  if (fitting >= wanted) return true;
  if (fitting == 0) {
    logger.warning(
        "Your current 'ulimit -n' is not enough for the server to start. Please increase "
        "your open file limit to at least {}. Exiting.",
        kReservedDescriptors + 1);
    return false;
  }
  logger.warning("You requested maxclients of {} requiring at least {} max file descriptors.",
                 wanted, wanted + kReservedDescriptors);
  logger.warning("Server can't set maximum open files to {} because of OS error: {}.",
                 wanted + kReservedDescriptors, std::strerror(EPERM));
  logger.warning(
      "maxclients has been reduced to {} to compensate for low ulimit. If you need higher "
      "maxclients increase 'ulimit -n'.",
      fitting);
  config.update([&](ConfigValues& values) { values.maxclients = fitting; });
  return true;
}

void announceReadiness(const ConfigValues& settings, Logger& logger) {
  if (supervisedBySystemd(settings.supervised)) {
    if (notifySystemd("STATUS=Ready to accept connections\nREADY=1\n")) {
      logger.notice("supervised by systemd, will signal readiness");
    } else {
      logger.warning("systemd supervision requested, but NOTIFY_SOCKET is not usable");
    }
  } else if (supervisedByUpstart(settings.supervised)) {
    std::raise(SIGSTOP);
  }
}

void warnAboutExposure(const ConfigValues& settings, const AccessControl& acl, Logger& logger) {
  if (settings.protected_mode || acl.requiresAuth() || settings.port == 0) return;
  logger.warning(
      "WARNING: protected-mode is off and no password is set: whoever reaches port {} can "
      "read and change everything. Set requirepass, or publish the port on 127.0.0.1 only.",
      settings.port);
}

void warnAboutSystem(const ConfigValues& settings, bool huge_pages_off, Logger& logger) {
  const SystemNeeds needs = {settings.port, settings.tcp_backlog, huge_pages_off};
  for (const std::string& line : systemWarnings(readSystemFacts(), needs)) {
    logger.warning("{}", line);
  }
}

// Warns about a supervisor that the configuration names and that does not wait.
void warnAboutSupervisor(const ConfigValues& settings, Logger& logger) {
  const Supervised mode = settings.supervised;
  if (mode == Supervised::kSystemd && !supervisedBySystemd(mode)) {
    logger.warning("systemd supervision requested, but NOTIFY_SOCKET not found");
  }
  if (mode == Supervised::kUpstart && !supervisedByUpstart(mode)) {
    logger.warning("upstart supervision requested, but UPSTART_JOB not found");
  }
}

void showBanner(const ConfigValues& settings, Logger& logger) {
  if (settings.always_show_logo) {
    for (const std::string& line :
         startBanner(kVersion, kRedisVersion, settings.port, ::getpid())) {
      logger.raw(line);
    }
  } else {
    logger.notice("Running mode=standalone, port={}.", settings.port);
  }
}

void settleProcess(const ConfigValues& settings, Logger& logger) {
  const bool huge_pages_off = settings.disable_thp && disableTransparentHugePages();
  warnAboutSystem(settings, huge_pages_off, logger);
  if (!setCpuAffinity(settings.server_cpulist)) {
    logger.warning("Failed to bind the server to the processors '{}'", settings.server_cpulist);
  }
}

bool renameCommands(const ConfigValues& settings, CommandTable& commands, Logger& logger) {
  for (const RenamedCommand& renamed : settings.renamed_commands) {
    if (const auto error = commands.rename(renamed.from, renamed.to)) {
      logger.warning("FATAL CONFIG FILE ERROR: rename-command {} \"{}\": {}", renamed.from,
                     renamed.to, *error);
      return false;
    }
  }
  return true;
}

bool loadUsers(AccessControl& acl, Logger& logger) {
  const std::string error = acl.loadAtStart();
  if (!error.empty()) logger.warning("{}", error);
  return error.empty();
}

// Writes the pid file and returns its path; empty when there is none.
std::string leavePidFile(const ConfigValues& settings, bool background, Logger& logger) {
  constexpr const char* kDefaultPidFile = "/var/run/redis.pid";
  std::string path = settings.pidfile;
  if (path.empty() && background) path = kDefaultPidFile;
  if (path.empty() || writePidFile(path)) return path;
  logger.warning("Failed to write PID file: {}", std::strerror(errno));
  return {};
}

void noteConfiguration(const Config& config, const CommandLine& line, Logger& logger) {
  if (config.filePath().empty() && line.options.empty() && !line.from_stdin) {
    logger.warning(
        "Warning: no config file specified, using the default config. In order to specify a "
        "config file use inkstone-server /path/to/redis.conf");
  } else {
    logger.notice("Configuration loaded");
  }
}

// Where a claim that does not hold is reported; an invariant knows no objects.
Logger* invariant_log = nullptr;

void reportInvariant(std::string_view text) {
  invariant_log->warning("{}. The process ends, so that nothing wrong reaches the AOF.", text);
}

int serve(Config& config, const CommandLine& line, Logger& logger, ProcessTitle& title) {
  const ConfigValues& settings = config.values();
  const bool supervised =
      supervisedBySystemd(settings.supervised) || supervisedByUpstart(settings.supervised);
  const bool contained = settings.daemonize && foregroundIsContainer();
  const bool background = settings.daemonize && !supervised && !contained;
  Daemon daemon;
  if (background) {
    if (const std::string error = daemon.begin(); !error.empty()) {
      fmt::print(stderr, "Can't go to the background: {}\n", error);
      return 1;
    }
    logger.copyWarningsTo(daemon.reportDescriptor());
  }
  if (::chdir(settings.dir.c_str()) != 0) {
    fmt::print(stderr, "Can't chdir to '{}': {}\n", settings.dir, std::strerror(errno));
    return 1;
  }
  // A relative logfile lies in dir.
  if (const std::string error = logger.configure(settings); !error.empty()) {
    fmt::print(stderr, "{}\n", error);
    return 1;
  }
  logger.notice("oO0OoO0OoO0Oo Inkstone is starting oO0OoO0OoO0Oo");
  logger.notice("Inkstone version={}, compatible with Redis {}, bits={}, pid={}, just started",
                kVersion, kRedisVersion, sizeof(void*) * 8, ::getpid());
  noteConfiguration(config, line, logger);
  if (contained) {
    logger.warning(
        "daemonize yes is not obeyed in a container: it would end with its first process");
  }
  for (const std::string& warning : config.warnings()) logger.warning("WARNING: {}", warning);
  warnAboutSupervisor(settings, logger);
  if (!fitClients(config, logger)) return 1;
  settleProcess(settings, logger);
  const auto show_title = [&](const ConfigValues&, const ConfigValues&) {
    if (settings.set_proc_title) title.set(expandTitle(settings, config.filePath()));
    return std::optional<std::string>();
  };
  show_title(settings, settings);
  config.onChange({"proc-title-template", "port", "bind"}, show_title);
  std::string pidfile;
  showBanner(settings, logger);
  int status = 0;
  {
    PosixFileSystem files;
    SystemLogClock log_clock;
    Server server(config, logger, {files, log_clock});
    const ServerParts& parts = server.parts();
    parts.durability.child.setTitleSetter([&](const std::string& name) {
      if (settings.set_proc_title) title.set(expandTitle(settings, config.filePath(), name));
    });
    server.events.on_listening = [&] { pidfile = leavePidFile(settings, background, logger); };
    server.events.on_ready = [&] {
      logger.copyWarningsTo(-1);
      daemon.ready();
      announceReadiness(settings, logger);
    };
    server.events.on_stop = [&] {
      if (supervisedBySystemd(settings.supervised)) notifySystemd("STOPPING=1\n");
    };
    status = 1;
    if (renameCommands(settings, parts.commands, logger) && loadUsers(parts.acl, logger)) {
      warnAboutExposure(settings, parts.acl, logger);
      status = server.run();
    }
  }
  if (!pidfile.empty()) ::unlink(pidfile.c_str());
  return status;
}

int start(const std::vector<std::string>& args, ProcessTitle& title) {
  const Invocation invocation = parseInvocation(args);
  if (invocation.exit_status.has_value()) return *invocation.exit_status;
  Config config;
  const CommandLine line = Config::splitCommandLine(invocation.config_args);
  config.checkLinesWith(checkOfCommandLines());
  if (const ConfigLoadResult loaded = config.loadAll(line, environmentList()); !loaded.ok()) {
    fmt::print(stderr, "\n{}\n", loaded.error);
    return 1;
  }
  if (invocation.check_config) {
    for (const std::string& warning : config.warnings()) fmt::print("WARNING: {}\n", warning);
    fmt::print("The configuration is right.\n");
    return 0;
  }
  Logger logger;
  invariant_log = &logger;
  setInvariantReporter(reportInvariant);
  return serve(config, line, logger, title);
}

}  // namespace
}  // namespace inkstone

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  inkstone::ProcessTitle title(argc, argv);
  return inkstone::start(args, title);
}
