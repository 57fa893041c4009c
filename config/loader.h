// Reads lines of configuration into values: the file syntax, `include`, and the directives that
// only a file may have.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_values.h"

namespace inkstone {

// Bounds on configuration files; beyond them loading is refused.
inline constexpr size_t kConfigLineBytesMax = 1024 * 1024;
inline constexpr size_t kConfigFileBytesMax = 64 * 1024 * 1024;
inline constexpr size_t kIncludeDepthMax = 16;

// Each load method returns the whole message of ConfigLoadResult, or nothing when done. After an
// error `values` is half changed: load into a copy.
class Loader {
 public:
  // Both must outlive this object. `save_seen`: a `save` line has replaced the default points
  // already.
  Loader(ConfigValues& values, bool& save_seen) : values_(values), save_seen_(save_seen) {}

  // A file; "-" is standard input. A relative path starts at values.dir.
  std::optional<std::string> loadFile(const std::string& path);
  // Text of several lines; `source` completes "Reading ...": "the configuration file 'x'".
  std::optional<std::string> loadText(std::string_view text, const std::string& source);
  // One directive with its words from the environment: replaces what was said before.
  std::optional<std::string> loadVariable(const std::string& name, const std::string& directive,
                                          const std::string& value);
  // What no single line can tell; last.
  std::optional<std::string> checkAll() const;

 private:
  // Why a line is refused. `whole` has its message complete: it comes from an included file.
  struct LineError {
    std::string text;
    bool whole = false;
  };
  using LineResult = std::optional<LineError>;

  LineResult applyLine(std::string_view line);
  LineResult applyWords(std::vector<std::string> words, std::string_view line);
  LineResult applyFileOnly(const std::vector<std::string>& words, std::string_view line);
  LineResult addUser(const std::string& name, std::string_view line);
  LineResult include(const std::string& pattern);

  ConfigValues& values_;
  bool& save_seen_;
  std::set<std::string> declared_users_;
  std::vector<std::string> open_files_;  // canonical, the including ones first
};

}  // namespace inkstone
