#include "config/config.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "base/ascii.h"
#include "base/glob.h"
#include "base/text.h"
#include "config/data_names.h"
#include "config/directives.h"
#include "config/environment.h"
#include "config/rewriter.h"

namespace inkstone {
namespace {

bool isOptionName(const std::string& argument) {
  return argument.rfind("--", 0) == 0;
}

// Options laid out as lines of a file, so that one parser and one form of error message serve both.
std::string linesOfOptions(const std::vector<std::string>& options) {
  std::string text;
  bool name_expected = true;
  for (size_t i = 0; i < options.size(); ++i) {
    const std::string& option = options[i];
    if (!name_expected || !isOptionName(option)) {
      text += ' ' + quoteArgument(option);
      name_expected = true;
      continue;
    }
    if (i > 0) text += '\n';
    text.append(option, 2);
    const auto words = splitArguments(option);
    const bool value_in_name = words && words->size() != 1;
    name_expected = value_in_name;
    if (value_in_name || !equalsIgnoreCase(trimBlanks(option), "--save")) continue;
    // `--save` needs no value: at the end or before the next option it means `save ""`.
    if (i + 1 == options.size() || isOptionName(options[i + 1])) {
      text += " \"\"";
      name_expected = true;
    }
  }
  return text;
}

// Why CONFIG SET refuses a directive before looking at its value.
std::optional<std::string> refusal(const Directive& directive, const ConfigValues& values,
                                   const ConfigSetContext& context) {
  if (directive.has(kImmutable)) return "can't set immutable config";
  const ProtectedAction allowed = values.enable_protected_configs;
  const bool may_set = allowed == ProtectedAction::kYes ||
                       (allowed == ProtectedAction::kLocal && context.local_client);
  if (directive.has(kProtected) && !may_set) return "can't set protected config";
  return std::nullopt;
}

ConfigSetResult failed(const std::string& name, const std::string& reason) {
  return {"CONFIG SET failed (possibly related to argument '" + name + "') - " + reason};
}

std::pair<std::string, std::string> splitVariable(const std::string& variable) {
  const size_t equals = std::min(variable.find('='), variable.size());
  return {variable.substr(0, equals), variable.substr(std::min(equals + 1, variable.size()))};
}

void readArguments(const std::vector<std::string>& options, Loader& loader) {
  loader.loadText(linesOfOptions(options), "the command line", ValueOrigin::kCommandLine);
}

void readEnvironment(const std::vector<std::string>& environment, Loader& loader) {
  // By name, so that the outcome does not depend on the order in which the environment lists its
  // variables.
  const std::set<std::string> sorted(environment.begin(), environment.end());
  for (const std::string& variable : sorted) {
    const auto [name, value] = splitVariable(variable);
    if (!isConfigVariable(name, value)) continue;
    const auto directive = directiveOfVariable(name);
    if (directive) {
      loader.loadVariable(name, *directive, value);
    } else {
      loader.fail("Fatal error, environment variable '" + name + "' names no directive");
    }
  }
}

constexpr const char* kImageDefaultsSource = "the image's defaults";

std::string imageDefaults(const std::vector<std::string>& environment) {
  for (const std::string& variable : environment) {
    const auto [name, value] = splitVariable(variable);
    if (name == kImageDefaultsVariable) return value;
  }
  return {};
}

}  // namespace

Config::Config() {
  std::error_code ignored;
  start_dir_ = values_.dir = std::filesystem::current_path(ignored).string();
}

Config::~Config() = default;

CommandLine Config::splitCommandLine(const std::vector<std::string>& args) {
  CommandLine line;
  size_t at = 0;
  if (!args.empty() && (args[0].empty() || args[0][0] != '-')) line.file = args[at++];
  for (; at < args.size(); ++at) {
    const bool first_or_last = at == 0 || at + 1 == args.size();
    if (args[at] == "-" && first_or_last) {
      line.from_stdin = true;
    } else {
      line.options.push_back(args[at]);
    }
  }
  return line;
}

ConfigLoadResult Config::load(const std::function<void(Loader&)>& read) {
  ConfigValues values = values_;
  LoadRecord record = record_;
  Loader loader(values, record);
  read(loader);
  loader.checkAll(line_check_);
  if (const auto error = loader.error()) return {*error};
  clampValues(values);
  values_ = std::move(values);
  record_ = std::move(record);
  return {};
}

std::string Config::fullPath(const std::string& path) const {
  if (path == "-") return path;
  return (std::filesystem::path(values_.dir) / path).lexically_normal().string();
}

ConfigLoadResult Config::loadFile(const std::string& path) {
  const std::string full = fullPath(path);
  ConfigLoadResult result = load([&](Loader& loader) { loader.loadFile(full); });
  if (result.ok() && path != "-") file_path_ = full;
  return result;
}

ConfigLoadResult Config::loadString(std::string_view text, const std::string& name) {
  return load([&](Loader& loader) {
    loader.loadText(text, "the configuration file '" + name + "'", ValueOrigin::kInput);
  });
}

ConfigLoadResult Config::loadArguments(const std::vector<std::string>& options) {
  return load([&](Loader& loader) { readArguments(options, loader); });
}

ConfigLoadResult Config::loadEnvironment(const std::vector<std::string>& environment) {
  return load([&](Loader& loader) { readEnvironment(environment, loader); });
}

ConfigLoadResult Config::loadAll(const CommandLine& line,
                                 const std::vector<std::string>& environment) {
  const std::string full = line.file ? fullPath(*line.file) : std::string();
  const std::string image_defaults = imageDefaults(environment);
  ConfigLoadResult result = load([&](Loader& loader) {
    loader.loadText(image_defaults, kImageDefaultsSource, ValueOrigin::kImage);
    if (line.file) loader.loadFile(full);
    if (line.from_stdin) loader.loadFile("-");
    readEnvironment(environment, loader);
    readArguments(line.options, loader);
  });
  if (!result.ok()) return result;
  image_defaults_ = image_defaults;
  if (line.file && full != "-") file_path_ = full;
  return result;
}

std::vector<std::string> Config::warnings() const {
  std::vector<std::string> all = record_.warnings;
  for (std::string& sentence : ineffectiveDirectives(values_)) all.push_back(std::move(sentence));
  return all;
}

std::vector<Config::Pair> Config::get(std::initializer_list<std::string_view> patterns) const {
  return get(std::span<const std::string_view>(patterns.begin(), patterns.size()));
}

std::vector<Config::Pair> Config::get(std::span<const std::string_view> patterns) const {
  std::vector<Pair> found;
  std::set<std::string> seen;
  std::vector<std::string_view> globs;
  for (const std::string_view pattern : patterns) {
    if (pattern.find_first_of("[*?") != std::string_view::npos) {
      globs.push_back(pattern);
    } else if (const Directive* directive = findDirective(pattern)) {
      if (!seen.insert(lowerCase(pattern)).second) continue;
      found.emplace_back(pattern, formatDirective(*directive, values_));
    }
  }
  std::map<std::string_view, const Directive*> matching;
  for (const Directive& directive : directives()) {
    if (directive.has(kHidden)) continue;
    for (const std::string_view name : {directive.name, directive.alias}) {
      const bool wanted = !name.empty() && seen.count(std::string(name)) == 0 &&
                          std::any_of(globs.begin(), globs.end(), [name](std::string_view glob) {
                            return globMatch(glob, name, true);
                          });
      if (wanted) matching.emplace(name, &directive);
    }
  }
  for (const auto& [name, directive] : matching) {
    found.emplace_back(name, formatDirective(*directive, values_));
  }
  return found;
}

ConfigSetResult Config::checkNames(std::span<const Pair> pairs,
                                   const ConfigSetContext& context) const {
  std::set<std::string> seen;
  for (const Pair& pair : pairs) {
    const std::string& name = pair.first;
    const Directive* directive = findDirective(name);
    if (directive == nullptr) {
      return {"Unknown option or number of arguments for CONFIG SET - '" + name + "'"};
    }
    if (const auto reason = refusal(*directive, values_, context)) return failed(name, *reason);
    if (directive->has(kDenyLoading) && context.loading) {
      return {"Redis is loading the dataset in memory", "LOADING"};
    }
    // As in Redis, a directive and its alias are two names: the later one wins.
    if (!seen.insert(lowerCase(name)).second) return failed(name, "duplicate parameter");
  }
  return {};
}

ConfigSetResult Config::set(std::span<const Pair> pairs, const ConfigSetContext& context) {
  if (ConfigSetResult refused = checkNames(pairs, context); !refused.ok()) return refused;
  ConfigValues next = values_;
  for (const Pair& pair : pairs) {
    const Directive* directive = findDirective(pair.first);
    const Arguments arguments(&pair.second, 1);
    if (const ValueError error = assignDirective(*directive, next, arguments)) {
      return failed(pair.first, *error);
    }
    if (const ValueError error = refusalOfMissingPart(*directive, next)) {
      return failed(pair.first, *error);
    }
  }
  clampValues(next);
  if (const auto conflict = dataNameConflict(next); conflict && !pairs.empty()) {
    // The error names the spelling that was asked for: the directive's name or its alias.
    const auto asked = std::find_if(pairs.begin(), pairs.end(), [&conflict](const Pair& pair) {
      return lowerCase(pair.first) == conflict->directive;
    });
    return failed(asked == pairs.end() ? pairs.front().first : asked->first, conflict->text);
  }
  const ConfigValues before = values_;
  values_ = next;
  ConfigSetResult result = runHooks(pairs, before);
  if (result.ok()) markChanged(before, ValueOrigin::kChanged);
  return result;
}

void Config::markChanged(const ConfigValues& before, ValueOrigin origin) {
  for (const Directive& directive : directives()) {
    if (formatDirective(directive, before) == formatDirective(directive, values_)) continue;
    record_.origins[directive.name] = origin;
  }
}

ConfigSetResult Config::runHooks(std::span<const Pair> pairs, const ConfigValues& before) {
  std::vector<const Hook*> ran;
  for (const Pair& pair : pairs) {
    const Directive& directive = *findDirective(pair.first);
    if (formatDirective(directive, before) == formatDirective(directive, values_)) continue;
    for (const Hook& hook : hooks_) {
      const bool concerned = std::find(hook.directives.begin(), hook.directives.end(),
                                       directive.name) != hook.directives.end();
      if (!concerned || std::find(ran.begin(), ran.end(), &hook) != ran.end()) continue;
      ran.push_back(&hook);
      const auto error = hook.run(before, values_);
      if (!error) continue;
      const ConfigValues refused = values_;
      values_ = before;
      // When going back fails as well, there is no older state to return to, so the result is
      // ignored.
      for (const Hook* done : ran) static_cast<void>(done->run(refused, values_));
      return failed(pair.first, *error);
    }
  }
  return {};
}

void Config::onChange(std::string_view directive, ChangeHook hook) {
  onChange({directive}, std::move(hook));
}

void Config::onChange(std::initializer_list<std::string_view> names, ChangeHook hook) {
  Hook entry;
  for (const std::string_view name : names) {
    const Directive* directive = findDirective(name);
    if (directive == nullptr) {
      std::fprintf(stderr, "onChange: no directive is called '%.*s'\n",
                   static_cast<int>(name.size()), name.data());
      std::abort();
    }
    entry.directives.emplace_back(directive->name);
  }
  entry.run = std::move(hook);
  hooks_.push_back(std::move(entry));
}

void Config::update(const std::function<void(ConfigValues&)>& change) {
  const ConfigValues before = values_;
  change(values_);
  clampValues(values_);
  markChanged(before, ValueOrigin::kServer);
}

ConfigRewriteResult Config::rewrite() {
  FileCalls calls;
  FileReplacer replacer(calls);
  return rewrite(replacer);
}

ConfigValues Config::valuesBeforeFile() const {
  ConfigValues values;
  values.dir = start_dir_;
  LoadRecord record;
  Loader(values, record).loadText(image_defaults_, kImageDefaultsSource, ValueOrigin::kImage);
  return values;
}

ConfigRewriteResult Config::rewrite(FileReplacer& replacer) {
  using Status = ConfigRewriteResult::Status;
  ConfigRewriteResult result;
  if (file_path_.empty()) {
    result.status = Status::kNoConfigFile;
    return result;
  }
  std::string old_text;
  std::error_code error = readForRewrite(file_path_, old_text);
  if (!error) {
    const RewriteTask task = {values_, record_, valuesBeforeFile(), file_path_,
                              &result.disarmed_users};
    const ReplaceResult replaced = replacer.replace(file_path_, rewriteText(old_text, task));
    error = replaced.error;
    result.in_place = replaced.in_place;
  }
  if (error) {
    result.status = Status::kFailed;
    result.error = error.message();
  }
  return result;
}

}  // namespace inkstone
