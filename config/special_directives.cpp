#include "config/special_directives.h"

#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/ascii.h"
#include "base/text.h"
#include "config/units.h"

namespace inkstone {
namespace {

bool isEmptyValue(Arguments arguments) {
  return arguments.empty() || (arguments.size() == 1 && arguments[0].empty());
}

std::string joined(Arguments words) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

// The one line of a directive whose line has the same text as CONFIG GET; empty is written as `""`.
std::vector<RewriteLine> plainLine(std::string value, bool is_default) {
  if (value.empty()) value = "\"\"";
  return {{std::move(value), is_default}};
}

// The word as it stands in a line: in quotes where it could not be read back without them.
std::string lineWord(const std::string& word) {
  const bool plain =
      !word.empty() && word.find_first_of("\"'\\") == std::string::npos &&
      std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  return plain ? word : quoteArgument(word);
}

ValueError assignBind(ConfigValues& values, Arguments arguments, bool /*adding*/) {
  if (arguments.size() > kBindAddressesMax) return "Too many bind addresses specified.";
  if (isEmptyValue(arguments)) {
    values.bind.clear();
  } else {
    values.bind.assign(arguments.begin(), arguments.end());
  }
  return std::nullopt;
}

std::string formatBind(const ConfigValues& values) {
  return joined(values.bind);
}

std::vector<RewriteLine> bindLines(const ConfigValues& values, const ConfigValues& defaults) {
  std::string text;
  for (const std::string& address : values.bind) {
    text += (text.empty() ? "" : " ") + lineWord(address);
  }
  return plainLine(std::move(text), values.bind == defaults.bind);
}

ValueError assignSave(ConfigValues& values, Arguments arguments, bool adding) {
  if (isEmptyValue(arguments)) {
    values.save.clear();
    return std::nullopt;
  }
  constexpr const char* kInvalid = "Invalid save parameters";
  if (arguments.size() % 2 != 0) return kInvalid;
  std::vector<SavePoint> points;
  for (size_t i = 0; i < arguments.size(); i += 2) {
    const auto seconds = parseInteger(arguments[i]);
    const auto changes = parseInteger(arguments[i + 1]);
    if (!seconds || !changes || *seconds < 1 || *changes < 0) return kInvalid;
    points.push_back({*seconds, *changes});
  }
  if (!adding) values.save.clear();
  values.save.insert(values.save.end(), points.begin(), points.end());
  return std::nullopt;
}

std::string savePointText(const SavePoint& point) {
  return std::to_string(point.seconds) + ' ' + std::to_string(point.changes);
}

std::string formatSave(const ConfigValues& values) {
  std::string out;
  for (const SavePoint& point : values.save) {
    out += (out.empty() ? "" : " ") + savePointText(point);
  }
  return out;
}

std::vector<RewriteLine> saveLines(const ConfigValues& values, const ConfigValues& defaults) {
  const bool is_default = values.save == defaults.save;
  if (values.save.empty()) return plainLine({}, is_default);
  std::vector<RewriteLine> lines;
  for (const SavePoint& point : values.save) lines.push_back({savePointText(point), is_default});
  return lines;
}

constexpr std::array<std::string_view, kClientClasses> kClientClassNames = {"normal", "slave",
                                                                            "pubsub"};

std::optional<size_t> clientClassOf(std::string_view name) {
  if (equalsIgnoreCase(name, "replica")) return kClientReplica;
  for (size_t i = 0; i < kClientClassNames.size(); ++i) {
    if (equalsIgnoreCase(name, kClientClassNames[i])) return i;
  }
  return std::nullopt;
}

ValueError assignOutputBufferLimit(ConfigValues& values, Arguments arguments, bool /*adding*/) {
  if (isEmptyValue(arguments)) return std::nullopt;
  if (arguments.size() % 4 != 0) {
    return "Wrong number of arguments in buffer limit configuration.";
  }
  auto limits = values.client_output_buffer_limit;
  for (size_t i = 0; i < arguments.size(); i += 4) {
    const auto client_class = clientClassOf(arguments[i]);
    if (!client_class) return "Invalid client class specified in buffer limit configuration.";
    const auto hard = parseMemory(arguments[i + 1]);
    const auto soft = parseMemory(arguments[i + 2]);
    const auto seconds = parseInteger(arguments[i + 3]);
    if (!hard || !soft || !seconds || *seconds < 0) {
      return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
    }
    limits[*client_class] = {*hard, *soft, *seconds};
  }
  values.client_output_buffer_limit = limits;
  return std::nullopt;
}

std::string formatOutputBufferLimit(const ConfigValues& values) {
  std::string out;
  for (size_t i = 0; i < kClientClassNames.size(); ++i) {
    const OutputBufferLimit& limit = values.client_output_buffer_limit[i];
    if (i > 0) out += ' ';
    out += std::string(kClientClassNames[i]) + ' ' + std::to_string(limit.hard_bytes) + ' ' +
           std::to_string(limit.soft_bytes) + ' ' + std::to_string(limit.soft_seconds);
  }
  return out;
}

std::vector<RewriteLine> outputBufferLimitLines(const ConfigValues& values,
                                                const ConfigValues& defaults) {
  constexpr std::array<std::string_view, kClientClasses> kWritten = {"normal", "replica", "pubsub"};
  std::vector<RewriteLine> lines;
  for (size_t i = 0; i < kWritten.size(); ++i) {
    const OutputBufferLimit& limit = values.client_output_buffer_limit[i];
    lines.push_back({std::string(kWritten[i]) + ' ' + formatMemory(limit.hard_bytes) + ' ' +
                         formatMemory(limit.soft_bytes) + ' ' + std::to_string(limit.soft_seconds),
                     limit == defaults.client_output_buffer_limit[i]});
  }
  return lines;
}

ValueError assignOomScoreAdjValues(ConfigValues& values, Arguments arguments, bool /*adding*/) {
  if (arguments.size() != values.oom_score_adj_values.size()) return "wrong number of arguments";
  auto scores = values.oom_score_adj_values;
  for (size_t i = 0; i < scores.size(); ++i) {
    const auto score = parseInteger(arguments[i]);
    if (!score || *score < -2000 || *score > 2000) {
      return "Invalid oom-score-adj-values, elements must be between -2000 and 2000.";
    }
    scores[i] = static_cast<int>(*score);
  }
  values.oom_score_adj_values = scores;
  return std::nullopt;
}

std::string formatOomScoreAdjValues(const ConfigValues& values) {
  std::string out;
  for (const int score : values.oom_score_adj_values) {
    out += (out.empty() ? "" : " ") + std::to_string(score);
  }
  return out;
}

std::vector<RewriteLine> oomScoreAdjValuesLines(const ConfigValues& values,
                                                const ConfigValues& defaults) {
  return plainLine(formatOomScoreAdjValues(values),
                   values.oom_score_adj_values == defaults.oom_score_adj_values);
}

ValueError assignNotifyEvents(ConfigValues& values, Arguments arguments, bool /*adding*/) {
  if (arguments.size() != 1) return "wrong number of arguments";
  const auto flags = keyspaceEventsFromString(arguments[0]);
  if (!flags) return "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
  values.notify_keyspace_events = *flags;
  return std::nullopt;
}

std::string formatNotifyEvents(const ConfigValues& values) {
  return keyspaceEventsToString(values.notify_keyspace_events);
}

std::vector<RewriteLine> notifyEventsLines(const ConfigValues& values,
                                           const ConfigValues& defaults) {
  return {{quoteArgument(formatNotifyEvents(values)),
           values.notify_keyspace_events == defaults.notify_keyspace_events}};
}

ValueError assignPercentiles(ConfigValues& values, Arguments arguments, bool /*adding*/) {
  std::vector<double> percentiles;
  if (!isEmptyValue(arguments)) {
    for (const std::string& argument : arguments) {
      const auto percentile = parseDecimal(argument);
      if (!percentile) return "Invalid latency-tracking-info-percentiles parameters";
      if (*percentile < 0.0 || *percentile > 100.0) {
        return "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]";
      }
      percentiles.push_back(*percentile);
    }
  }
  values.latency_tracking_info_percentiles = std::move(percentiles);
  return std::nullopt;
}

std::string formatPercentiles(const ConfigValues& values) {
  std::string out;
  for (const double percentile : values.latency_tracking_info_percentiles) {
    out += (out.empty() ? "" : " ") + formatDecimal(percentile);
  }
  return out;
}

std::vector<RewriteLine> percentilesLines(const ConfigValues& values,
                                          const ConfigValues& defaults) {
  return plainLine(formatPercentiles(values), values.latency_tracking_info_percentiles ==
                                                  defaults.latency_tracking_info_percentiles);
}

ValueError assignReplicaOf(ConfigValues& values, Arguments arguments, bool /*adding*/) {
  if (arguments.size() != 2) return "wrong number of arguments";
  if (equalsIgnoreCase(arguments[0], "no") && equalsIgnoreCase(arguments[1], "one")) {
    values.replicaof.reset();
    return std::nullopt;
  }
  const auto port = parseInteger(arguments[1]);
  if (!port || *port < 0 || *port > 65535) return "Invalid master port";
  values.replicaof = ReplicaOf{arguments[0], *port};
  return std::nullopt;
}

std::string formatReplicaOf(const ConfigValues& values) {
  if (!values.replicaof) return {};
  return values.replicaof->host + ' ' + std::to_string(values.replicaof->port);
}

std::vector<RewriteLine> replicaOfLines(const ConfigValues& values, const ConfigValues& defaults) {
  if (!values.replicaof) return {};
  const ReplicaOf& master = *values.replicaof;
  return plainLine(lineWord(master.host) + ' ' + std::to_string(master.port),
                   values.replicaof == defaults.replicaof);
}

// The error that chdir() would give. The process does not move, because that is the server's to do.
std::error_code enterable(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {errno, std::generic_category()};
  if (!S_ISDIR(status.st_mode)) return std::make_error_code(std::errc::not_a_directory);
  if (access(path.c_str(), X_OK) != 0) return {errno, std::generic_category()};
  return {};
}

ValueError assignDir(ConfigValues& values, Arguments arguments, bool /*adding*/) {
  if (arguments.size() != 1) return "wrong number of arguments";
  // A NUL would end the path early in every system call.
  if (arguments[0].empty() || arguments[0].find('\0') != std::string::npos) {
    return std::make_error_code(std::errc::no_such_file_or_directory).message();
  }
  const std::string path = std::filesystem::path(values.dir) / arguments[0];
  if (const auto error = enterable(path)) return error.message();
  std::error_code error;
  const auto absolute = std::filesystem::canonical(path, error);
  if (error) return error.message();
  values.dir = absolute.string();
  return std::nullopt;
}

std::string formatDir(const ConfigValues& values) {
  return values.dir;
}

// The line is always written: the next start may be from another working directory.
std::vector<RewriteLine> dirLines(const ConfigValues& values, const ConfigValues& /*defaults*/) {
  if (values.dir.empty()) return {};
  return {{quoteArgument(values.dir), false}};
}

// Moving values together needs an allocator that knows which pages are sparse. Debian's jemalloc
// does not tell.
ValueError assignActiveDefrag(ConfigValues& /*values*/, Arguments arguments, bool /*adding*/) {
  if (arguments.size() != 1) return "wrong number of arguments";
  if (equalsIgnoreCase(arguments[0], "no")) return std::nullopt;
  if (!equalsIgnoreCase(arguments[0], "yes")) return "argument must be 'yes' or 'no'";
  return "Active defragmentation cannot be enabled: it requires a Redis server compiled with a "
         "modified Jemalloc like the one shipped by default with the Redis source distribution";
}

std::string formatActiveDefrag(const ConfigValues& values) {
  return values.activedefrag ? "yes" : "no";
}

std::vector<RewriteLine> activeDefragLines(const ConfigValues& values,
                                           const ConfigValues& defaults) {
  return plainLine(formatActiveDefrag(values), values.activedefrag == defaults.activedefrag);
}

struct NotifyLetter {
  int flag;
  char letter;
};
// The letters are in the order of the canonical form; 'A' stands for the first ones together.
constexpr std::array<NotifyLetter, 14> kNotifyLetters = {{{kNotifyGeneric, 'g'},
                                                          {kNotifyString, '$'},
                                                          {kNotifyList, 'l'},
                                                          {kNotifySet, 's'},
                                                          {kNotifyHash, 'h'},
                                                          {kNotifyZset, 'z'},
                                                          {kNotifyExpired, 'x'},
                                                          {kNotifyEvicted, 'e'},
                                                          {kNotifyStream, 't'},
                                                          {kNotifyModule, 'd'},
                                                          {kNotifyNew, 'n'},
                                                          {kNotifyKeyspace, 'K'},
                                                          {kNotifyKeyevent, 'E'},
                                                          {kNotifyKeyMiss, 'm'}}};

ValueError checkName(std::string_view value, const char* name, const char* kind) {
  if (value.find('/') == std::string_view::npos) return std::nullopt;
  return std::string(name) + " can't be a path, just a " + kind;
}

}  // namespace

const SpecialField kBind = {assignBind, formatBind, bindLines};
const SpecialField kSave = {assignSave, formatSave, saveLines};
const SpecialField kOutputBufferLimit = {assignOutputBufferLimit, formatOutputBufferLimit,
                                         outputBufferLimitLines};
const SpecialField kOomScoreAdjValues = {assignOomScoreAdjValues, formatOomScoreAdjValues,
                                         oomScoreAdjValuesLines};
const SpecialField kNotifyEvents = {assignNotifyEvents, formatNotifyEvents, notifyEventsLines};
const SpecialField kPercentiles = {assignPercentiles, formatPercentiles, percentilesLines};
const SpecialField kReplicaOf = {assignReplicaOf, formatReplicaOf, replicaOfLines};
const SpecialField kDir = {assignDir, formatDir, dirLines};
const SpecialField kActiveDefrag = {assignActiveDefrag, formatActiveDefrag, activeDefragLines};

std::string keyspaceEventsToString(int flags) {
  std::string letters;
  int left = flags;
  if ((flags & kNotifyAll) == kNotifyAll) {
    letters = "A";
    left &= ~kNotifyAll;
  }
  for (const NotifyLetter& entry : kNotifyLetters) {
    if ((left & entry.flag) != 0) letters += entry.letter;
  }
  return letters;
}

std::optional<int> keyspaceEventsFromString(const std::string& letters) {
  int flags = 0;
  for (const char letter : letters) {
    if (letter == 'A') {
      flags |= kNotifyAll;
      continue;
    }
    const auto* entry =
        std::find_if(kNotifyLetters.begin(), kNotifyLetters.end(),
                     [letter](const NotifyLetter& known) { return known.letter == letter; });
    if (entry == kNotifyLetters.end()) return std::nullopt;
    flags |= entry->flag;
  }
  return flags;
}

ValueError checkDbFilename(std::string_view value) {
  return checkName(value, "dbfilename", "filename");
}

ValueError checkAppendFilename(std::string_view value) {
  if (value.empty()) return "appendfilename can't be empty";
  return checkName(value, "appendfilename", "filename");
}

ValueError checkAppendDirName(std::string_view value) {
  if (value.empty()) return "appenddirname can't be empty";
  return checkName(value, "appenddirname", "dirname");
}

ValueError checkLocale(std::string_view value) {
  if (value.empty()) return std::nullopt;
  const locale_t locale = newlocale(LC_COLLATE_MASK, std::string(value).c_str(), nullptr);
  if (locale == nullptr) return "Invalid locale name";
  freelocale(locale);
  return std::nullopt;
}

ValueError checkProcTitleTemplate(std::string_view value) {
  constexpr std::array<std::string_view, 7> kVariables = {
      "title", "listen-addr", "server-mode", "port", "tls-port", "unixsocket", "config-file"};
  const ValueError invalid = "template format is invalid or contains unknown variables";
  if (value.empty()) return invalid;
  while (true) {
    const size_t open = value.find('{');
    if (open == std::string_view::npos) return std::nullopt;
    const size_t close = value.find('}', open);
    if (close == std::string_view::npos) return invalid;
    const std::string_view variable = value.substr(open + 1, close - open - 1);
    if (std::find(kVariables.begin(), kVariables.end(), variable) == kVariables.end()) {
      return invalid;
    }
    value.remove_prefix(close + 1);
  }
}

ValueError checkHostname(std::string_view value) {
  if (value.size() >= 256) return "Hostnames must be less than 256 characters";
  const bool valid = std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
  if (!valid) return "Hostnames may only contain alphanumeric characters, hyphens or dots";
  return std::nullopt;
}

ValueError checkNodename(std::string_view value) {
  // Characters that would split a line of the nodes file.
  constexpr std::string_view kForbidden = " \t\r\n,=:\"'@";
  if (value.size() >= 256) {
    return "Announced human node name must be less than 256 characters";
  }
  const bool valid = std::all_of(value.begin(), value.end(), [kForbidden](char c) {
    return c > ' ' && c != '\x7f' && kForbidden.find(c) == std::string_view::npos;
  });
  if (!valid) return "Announced human node name contained invalid character";
  return std::nullopt;
}

ValueError checkShutdownFlags(int flags) {
  if ((flags & kShutdownSave) != 0 && (flags & kShutdownNosave) != 0) {
    return "shutdown options SAVE and NOSAVE can't be used simultaneously";
  }
  return std::nullopt;
}

}  // namespace inkstone
