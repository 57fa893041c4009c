// Reads lines of configuration into values: the file syntax, `include`, and the directives that
// only a file may have. A wrong line is noted and reading goes on, so that one start reports
// everything that is wrong.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_values.h"
#include "config/load_record.h"

namespace inkstone {

// Bounds on configuration files; beyond them loading is refused.
inline constexpr size_t kConfigLineBytesMax = 1024 * 1024;
inline constexpr size_t kConfigFileBytesMax = 64 * 1024 * 1024;
inline constexpr size_t kIncludeDepthMax = 16;

// The error of a line that this folder cannot judge (`user`, `rename-command`, `aclfile`), or
// nothing. The words are those of the line, the directive first; the values are the final ones.
using LineCheck = std::function<std::optional<std::string>(const ConfigValues& values,
                                                           std::span<const std::string> words)>;

// After an error `values` and `record` are half changed: load into copies.
class Loader {
 public:
  // Both must outlive this object.
  Loader(ConfigValues& values, LoadRecord& record) : values_(values), record_(record) {}

  // A file; "-" is standard input. A relative path starts at values.dir.
  void loadFile(const std::string& path);
  // The text of the configuration file `path`, which may be empty.
  void loadFileText(const std::string& path, std::string_view text);
  // Text of several lines; `source` completes "Reading ...": "the configuration file 'x'".
  void loadText(std::string_view text, const std::string& source, ValueOrigin origin);
  // One directive with its words from the environment: replaces what was said before.
  void loadVariable(const std::string& name, const std::string& directive,
                    const std::string& value);
  // Notes a fault that concerns a whole source.
  void fail(const std::string& message) { faults_.push_back({message, false}); }
  // Makes the checks that need all lines. Call it last; `check` may be empty.
  void checkAll(const LineCheck& check);

  // Nothing when there was no fault, else the message of ConfigLoadResult.
  std::optional<std::string> error() const;

 private:
  struct Fault {
    std::string text;
    // The message needs the line "*** FATAL CONFIG FILE ERROR ... ***" above it.
    bool under_head;
  };
  // The place of a line, as errors show it.
  struct Place {
    std::string text;     // "Reading ..., at line 3\n>>> 'line'"
    std::string briefly;  // "line 3 of the configuration file 'x'"
  };
  struct Unchecked {
    Place place;
    std::vector<std::string> words;
  };
  // Why a line is refused, or nothing.
  using LineError = std::optional<std::string>;

  void readText(std::string_view text, const std::string& source);
  void failAt(const Place& place, const std::string& reason);
  void applyLine(std::string_view line, const Place& place);
  LineError applyWords(std::vector<std::string> words, std::string_view line, const Place& place);
  LineError applyDirective(const std::vector<std::string>& words, const Place& place);
  LineError applyFileOnly(const std::vector<std::string>& words, std::string_view line,
                          const Place& place);
  LineError applyNewer(const std::vector<std::string>& words, std::string_view line,
                       const Place& place);
  LineError addUser(const std::string& name, std::string_view line);
  LineError include(const std::string& pattern);
  LineError readFrom(const std::string& path);
  ValueOrigin origin() const {
    return include_depth_ > 0 ? ValueOrigin::kIncluded : source_origin_;
  }

  ConfigValues& values_;
  LoadRecord& record_;
  std::vector<Fault> faults_;
  std::vector<Unchecked> unchecked_;
  // Of the source that is being read.
  ValueOrigin source_origin_ = ValueOrigin::kInput;
  std::set<std::string> declared_users_;
  std::set<std::string> declared_by_includes_;
  size_t include_depth_ = 0;
  // The line of the configuration file that is being read, or whose include is being read.
  size_t main_line_ = 0;
  std::vector<std::string> open_files_;  // canonical, the including ones first
};

}  // namespace inkstone
