#include "config/loader.h"

#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "base/ascii.h"
#include "base/text.h"
#include "config/data_names.h"
#include "config/directives.h"
#include "config/file_reader.h"
#include "config/newer_directives.h"

namespace inkstone {
namespace {

constexpr const char* kUnbalanced = "Unbalanced quotes in configuration line";
// Redis has one text for the first two.
constexpr const char* kUnknown =
    "Bad directive or wrong number of arguments: no directive has this name";
constexpr const char* kWrongCount =
    "Bad directive or wrong number of arguments: the number of arguments is wrong";
constexpr const char* kBadInclude = "what is included must be a file";

constexpr const char* kFatalHead =
    "*** FATAL CONFIG FILE ERROR (Inkstone " INKSTONE_VERSION ") ***\n";

std::string cannotOpen(const std::string& path, const std::error_code& error) {
  return "Fatal error, can't open config file '" + path + "': " + error.message();
}

// Directives of old versions that files still carry; they have no effect.
bool isForgotten(const std::vector<std::string>& words) {
  constexpr std::array<std::string_view, 3> kForgotten = {
      "list-max-ziplist-entries", "list-max-ziplist-value", "lua-replicate-commands"};
  return words.size() == 2 &&
         std::find(kForgotten.begin(), kForgotten.end(), words[0]) != kForgotten.end();
}

bool isFileOnlyDirective(std::string_view name) {
  constexpr std::array<std::string_view, 4> kFileOnly = {"include", "loadmodule", "rename-command",
                                                         "user"};
  return std::find(kFileOnly.begin(), kFileOnly.end(), name) != kFileOnly.end();
}

// The files that match, sorted; the pattern itself when it has no glob characters.
std::vector<std::string> expandPattern(const std::string& pattern) {
  if (pattern.find_first_of("*?[") == std::string::npos) return {pattern};
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

}  // namespace

std::optional<std::string> Loader::error() const {
  if (faults_.empty()) return std::nullopt;
  const bool under_head = std::any_of(faults_.begin(), faults_.end(),
                                      [](const Fault& fault) { return fault.under_head; });
  std::string text = under_head ? kFatalHead : "";
  for (const Fault& fault : faults_) {
    if (&fault != &faults_.front()) text += '\n';
    text += fault.text;
  }
  return text;
}

void Loader::failAt(const Place& place, const std::string& reason) {
  faults_.push_back({place.text + '\n' + reason, true});
}

void Loader::loadFile(const std::string& path) {
  if (path == "-") {
    std::string content;
    if (const auto error = readAll(STDIN_FILENO, content, kConfigFileBytesMax)) {
      return fail(cannotOpen(path, error));
    }
    return loadText(content, "the standard input", ValueOrigin::kInput);
  }
  source_origin_ = ValueOrigin::kFile;
  declared_users_.clear();
  declared_by_includes_.clear();
  if (const LineError error = readFrom(path)) fail(*error);
}

void Loader::loadFileText(const std::string& path, std::string_view text) {
  std::error_code ignored;
  open_files_.push_back(std::filesystem::canonical(path, ignored).string());
  loadText(text, "the configuration file '" + path + "'", ValueOrigin::kFile);
  open_files_.pop_back();
}

void Loader::loadText(std::string_view text, const std::string& source, ValueOrigin origin) {
  source_origin_ = origin;
  declared_users_.clear();
  declared_by_includes_.clear();
  readText(text, source);
}

Loader::LineError Loader::readFrom(const std::string& path) {
  std::string content;
  const std::string full = std::filesystem::path(values_.dir) / path;
  if (const auto error = readFile(full, content, kConfigFileBytesMax)) {
    return cannotOpen(path, error);
  }
  std::error_code ignored;
  const std::string canonical = std::filesystem::canonical(full, ignored).string();
  if (std::find(open_files_.begin(), open_files_.end(), canonical) != open_files_.end()) {
    return cannotOpen(path, std::make_error_code(std::errc::too_many_symbolic_link_levels)) +
           " (the file includes itself)";
  }
  open_files_.push_back(canonical);
  readText(content, "the configuration file '" + path + "'");
  open_files_.pop_back();
  return std::nullopt;
}

void Loader::readText(std::string_view text, const std::string& source) {
  size_t number = 0;
  for (const std::string_view raw : linesOf(text)) {
    ++number;
    if (include_depth_ == 0) main_line_ = number;
    const std::string_view line = trimBlanks(raw);
    const bool too_long = line.size() > kConfigLineBytesMax;
    const std::string shown =
        too_long ? std::string(line.substr(0, 64)) + "..." : std::string(line);
    const std::string at = std::to_string(number);
    const Place place = {"Reading " + source + ", at line " + at + "\n>>> '" + shown + '\'',
                         "line " + at + " of " + source};
    if (too_long) {
      failAt(place, "line is longer than " + std::to_string(kConfigLineBytesMax) + " bytes");
    } else {
      applyLine(line, place);
    }
  }
}

void Loader::loadVariable(const std::string& name, const std::string& directive,
                          const std::string& value) {
  source_origin_ = ValueOrigin::kEnvironment;
  declared_users_.clear();
  declared_by_includes_.clear();
  const Place place = {"Reading the environment\n>>> '" + name + "=" + value + "'",
                       "the variable " + name};
  std::vector<std::string> words = {directive};
  const Directive* row = findDirective(directive);
  if (row != nullptr && !row->has(kMultiArgs)) {
    words.push_back(value);
  } else {
    const auto parts = splitArguments(value);
    if (!parts) return failAt(place, kUnbalanced);
    words.insert(words.end(), parts->begin(), parts->end());
    if (row != nullptr && row->name == "save") record_.save_seen = false;
  }
  if (const LineError error = applyWords(words, directive + ' ' + value, place)) {
    failAt(place, *error);
  }
}

void Loader::checkAll(const LineCheck& check) {
  if (values_.cluster_enabled && values_.replicaof) {
    faults_.push_back({"replicaof directive not allowed in cluster mode", true});
  }
  if (const auto conflict = dataNameConflict(values_)) faults_.push_back({conflict->text, true});
  for (const Unchecked& line : unchecked_) {
    if (!check) break;
    if (const auto reason = check(values_, line.words)) failAt(line.place, *reason);
  }
}

void Loader::applyLine(std::string_view line, const Place& place) {
  if (line.empty() || line.front() == '#') return;
  auto words = splitArguments(line);
  if (!words) return failAt(place, kUnbalanced);
  if (words->empty()) return;
  if (const LineError error = applyWords(std::move(*words), line, place)) failAt(place, *error);
}

Loader::LineError Loader::applyWords(std::vector<std::string> words, std::string_view line,
                                     const Place& place) {
  words[0] = lowerCase(words[0]);
  if (findDirective(words[0]) != nullptr) return applyDirective(words, place);
  return applyFileOnly(words, line, place);
}

Loader::LineError Loader::applyDirective(const std::vector<std::string>& words,
                                         const Place& place) {
  const Directive& directive = *findDirective(words[0]);
  const bool is_save = directive.name == "save";
  const bool adding = is_save && record_.save_seen;
  const Arguments arguments = Arguments(words).subspan(1);
  if (ValueError error = assignDirective(directive, values_, arguments, adding)) return error;
  record_.save_seen = record_.save_seen || is_save;
  if (directive.name == "aclfile") unchecked_.push_back({place, words});
  record_.origins[directive.name] = origin();
  if (include_depth_ > 0 && source_origin_ == ValueOrigin::kFile) {
    record_.include_lines[directive.name].push_back(main_line_);
  }
  return refusalOfMissingPart(directive, values_);
}

Loader::LineError Loader::applyFileOnly(const std::vector<std::string>& words,
                                        std::string_view line, const Place& place) {
  const std::string& name = words[0];
  if (name == "include" && words.size() == 2) return include(words[1]);
  if (name == "rename-command" && words.size() == 3) {
    unchecked_.push_back({place, words});
    values_.renamed_commands.push_back({words[1], words[2]});
    return std::nullopt;
  }
  if (name == "user" && words.size() >= 2) {
    unchecked_.push_back({place, words});
    return addUser(words[1], line);
  }
  if (name == "loadmodule" && words.size() >= 2) {
    return "Can't load module from " + words[1] +
           ": this server has no modules yet; server aborting";
  }
  if (name == "sentinel") return "sentinel directive while not in sentinel mode";
  if (isForgotten(words)) return std::nullopt;
  if (isFileOnlyDirective(name)) return kWrongCount;
  return applyNewer(words, line, place);
}

Loader::LineError Loader::applyNewer(const std::vector<std::string>& words, std::string_view line,
                                     const Place& place) {
  const NewerDirective* const newer = findNewerDirective(words[0]);
  if (newer == nullptr) return kUnknown;
  if (words.size() < 2) return kWrongCount;
  if (!newer->same_as.empty()) {
    std::vector<std::string> same = words;
    same[0] = newer->same_as;
    return applyDirective(same, place);
  }
  const bool harmless = words.size() == 2 && (words[1].empty() || words[1] == newer->harmless);
  if (harmless) return std::nullopt;
  if (newer->without == NewerDirective::Without::kChanged) return describeNewerDirective(*newer);
  record_.warnings.push_back("'" + std::string(line) + "' is left out (" + place.briefly +
                             "): " + describeNewerDirective(*newer));
  return std::nullopt;
}

// Only the server knows the commands, so it checks the rules. Between sources the later declaration
// of a user counts, as with directives. Within a file a second declaration is an error, unless it
// stands behind the include that has the first: so CONFIG REWRITE writes a changed user of an
// included file.
Loader::LineError Loader::addUser(const std::string& name, std::string_view line) {
  const bool is_new = declared_users_.insert(name).second;
  const bool overrides = include_depth_ == 0 && declared_by_includes_.erase(name) == 1;
  if (!is_new && !overrides) {
    return "Error in user declaration '" + name +
           "': Duplicate user found. A user can only be defined once in config files";
  }
  if (include_depth_ > 0) {
    declared_by_includes_.insert(name);
    record_.included_users.insert(name);
  }
  const auto names_user = [&name](const std::string& user) {
    const auto words = splitArguments(user);
    return words && !words->empty() && words->front() == name;
  };
  std::erase_if(values_.users, names_user);
  const size_t after_word = std::min(line.find_first_of(" \t"), line.size());
  values_.users.emplace_back(trimBlanks(line.substr(after_word)));
  record_.users.insert_or_assign(name, LoadedUser{values_.users.back(), origin()});
  return std::nullopt;
}

Loader::LineError Loader::include(const std::string& pattern) {
  if (pattern.empty() || pattern == "-" || pattern.find('\0') != std::string::npos) {
    return kBadInclude;
  }
  if (open_files_.size() >= kIncludeDepthMax) {
    return "include nested more than " + std::to_string(kIncludeDepthMax) + " deep";
  }
  std::string errors;
  for (const std::string& path : expandPattern(std::filesystem::path(values_.dir) / pattern)) {
    ++include_depth_;
    const LineError error = readFrom(path);
    --include_depth_;
    if (error) errors += (errors.empty() ? "" : "\n") + *error;
  }
  if (errors.empty()) return std::nullopt;
  return errors;
}

}  // namespace inkstone
