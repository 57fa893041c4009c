#include "config/loader.h"

#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <span>
#include <system_error>

#include "config/ascii.h"
#include "config/directives.h"
#include "config/file_reader.h"
#include "config/text.h"

namespace inkstone {
namespace {

constexpr const char* kBadDirective = "Bad directive or wrong number of arguments";

std::string fatalHead() {
  return "*** FATAL CONFIG FILE ERROR (Inkstone " INKSTONE_VERSION ") ***\n";
}

std::string fatalAtLine(const std::string& source, size_t line_number, std::string_view line,
                        const std::string& reason) {
  return fatalHead() + "Reading " + source + ", at line " + std::to_string(line_number) +
         "\n>>> '" + std::string(line) + "'\n" + reason;
}

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

std::optional<std::string> Loader::loadFile(const std::string& path) {
  std::string content;
  if (path == "-") {
    if (const auto error = readAll(STDIN_FILENO, content, kConfigFileBytesMax))
      return cannotOpen(path, error);
    return loadText(content, "the standard input");
  }
  const std::string full = std::filesystem::path(values_.dir) / path;
  if (const auto error = readFile(full, content, kConfigFileBytesMax))
    return cannotOpen(path, error);
  std::error_code ignored;
  const std::string canonical = std::filesystem::canonical(full, ignored).string();
  if (std::find(open_files_.begin(), open_files_.end(), canonical) != open_files_.end()) {
    return cannotOpen(path, std::make_error_code(std::errc::too_many_symbolic_link_levels)) +
           " (the file includes itself)";
  }
  open_files_.push_back(canonical);
  auto error = loadText(content, "the configuration file '" + path + "'");
  open_files_.pop_back();
  return error;
}

std::optional<std::string> Loader::loadText(std::string_view text, const std::string& source) {
  size_t number = 0;
  for (const std::string_view raw : linesOf(text)) {
    ++number;
    const std::string_view line = trimBlanks(raw);
    if (line.size() > kConfigLineBytesMax) {
      return fatalAtLine(source, number, std::string(line.substr(0, 64)) + "...",
                         "line is longer than " + std::to_string(kConfigLineBytesMax) + " bytes");
    }
    if (const LineResult error = applyLine(line)) {
      return error->whole ? error->text : fatalAtLine(source, number, line, error->text);
    }
  }
  return std::nullopt;
}

std::optional<std::string> Loader::loadVariable(const std::string& name,
                                                const std::string& directive,
                                                const std::string& value) {
  const auto refuse = [&](const std::string& reason) {
    return fatalHead() + "Reading the environment\n>>> '" + name + "=" + value + "'\n" + reason;
  };
  std::vector<std::string> words = {directive};
  const Directive* row = findDirective(directive);
  if (row != nullptr && !row->has(kMultiArgs)) {
    words.push_back(value);
  } else {
    const auto parts = splitArguments(value);
    if (!parts) return refuse("Unbalanced quotes in configuration line");
    words.insert(words.end(), parts->begin(), parts->end());
    if (row != nullptr && row->name == "save") save_seen_ = false;
  }
  const LineResult error = applyWords(words, directive + ' ' + value);
  if (!error) return std::nullopt;
  return error->whole ? error->text : refuse(error->text);
}

std::optional<std::string> Loader::checkAll() const {
  if (values_.cluster_enabled && values_.replicaof) {
    return fatalHead() + "replicaof directive not allowed in cluster mode";
  }
  return std::nullopt;
}

Loader::LineResult Loader::applyLine(std::string_view line) {
  if (line.empty() || line.front() == '#') return std::nullopt;
  auto words = splitArguments(line);
  if (!words) return LineError{"Unbalanced quotes in configuration line"};
  if (words->empty()) return std::nullopt;
  return applyWords(std::move(*words), line);
}

Loader::LineResult Loader::applyWords(std::vector<std::string> words, std::string_view line) {
  words[0] = lowerCase(words[0]);
  const Directive* directive = findDirective(words[0]);
  if (directive == nullptr) return applyFileOnly(words, line);
  const bool is_save = directive->name == "save";
  const bool adding = is_save && save_seen_;
  const Arguments arguments = Arguments(words).subspan(1);
  if (const ValueError error = assignDirective(*directive, values_, arguments, adding)) {
    return LineError{*error};
  }
  save_seen_ = save_seen_ || is_save;
  return std::nullopt;
}

Loader::LineResult Loader::applyFileOnly(const std::vector<std::string>& words,
                                         std::string_view line) {
  const std::string& name = words[0];
  if (name == "include" && words.size() == 2) return include(words[1]);
  if (name == "rename-command" && words.size() == 3) {
    values_.renamed_commands.push_back({words[1], words[2]});
    return std::nullopt;
  }
  if (name == "user" && words.size() >= 2) {
    return addUser(words[1], line);
  }
  if (name == "loadmodule" && words.size() >= 2) {
    return LineError{"Can't load module from " + words[1] + ": server aborting"};
  }
  if (name == "sentinel") return LineError{"sentinel directive while not in sentinel mode"};
  if (isForgotten(words)) return std::nullopt;
  return LineError{kBadDirective};
}

// What the rules mean is for the server to find out, which knows the commands. Between sources the
// later one counts, as with directives.
Loader::LineResult Loader::addUser(const std::string& name, std::string_view line) {
  if (!declared_users_.insert(name).second) {
    return LineError{"Error in user declaration '" + name +
                     "': Duplicate user found. A user can only be defined once in config files"};
  }
  std::erase_if(values_.users, [&name](const std::string& user) {
    const auto words = splitArguments(user);
    return words && !words->empty() && words->front() == name;
  });
  const size_t after_word = std::min(line.find_first_of(" \t"), line.size());
  values_.users.emplace_back(trimBlanks(line.substr(after_word)));
  return std::nullopt;
}

Loader::LineResult Loader::include(const std::string& pattern) {
  if (pattern.empty() || pattern == "-" || pattern.find('\0') != std::string::npos) {
    return LineError{kBadDirective};
  }
  if (open_files_.size() >= kIncludeDepthMax) {
    return LineError{"include nested more than " + std::to_string(kIncludeDepthMax) + " deep"};
  }
  for (const std::string& path : expandPattern(std::filesystem::path(values_.dir) / pattern)) {
    if (auto error = loadFile(path)) return LineError{*error, true};
  }
  return std::nullopt;
}

}  // namespace inkstone
