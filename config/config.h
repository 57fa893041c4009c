// The configuration: read from file, environment and command line at start, seen and changed by
// CONFIG at run time.
//
// Order at start, later wins:
//   Config config;
//   CommandLine line = Config::splitCommandLine(args);
//   loadFile(*line.file), loadFile("-") if line.from_stdin, loadEnvironment(environment),
//   loadArguments(line.options)
// or all of it with loadAll(). A load that fails changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config_values.h"
#include "config/file_replacer.h"

namespace inkstone {

class Loader;

// What stands between `inkstone-server` and its directives: [file] [--directive value ...] [-].
struct CommandLine {
  std::optional<std::string> file;
  bool from_stdin = false;
  std::vector<std::string> options;
};

// Empty error: done. Otherwise the whole message for standard error, several lines, without a line
// end at its end:
//   *** FATAL CONFIG FILE ERROR (Inkstone <version>) ***
//   Reading the configuration file '/etc/inkstone.conf', at line 3
//   >>> 'appendonly maybe'
//   argument must be 'yes' or 'no'
// The second line says "the command line" or "the environment" where the fault is there. A file
// that cannot be opened gives "Fatal error, can't open config file '<path>': <reason>".
struct [[nodiscard]] ConfigLoadResult {
  std::string error;
  bool ok() const { return error.empty(); }
};

// Who asks for CONFIG SET, as far as it decides what is allowed.
struct ConfigSetContext {
  bool local_client =
      true;  // over loopback or unix socket: `enable-protected-configs local` lets it pass
  bool loading =
      false;  // the data set is being loaded: directives that would disturb it are refused
};

// Empty error: done. Otherwise the error reply without its code and line end; the caller sends
// "-" + code + " " + error.
struct [[nodiscard]] ConfigSetResult {
  std::string error;
  std::string code = "ERR";  // "LOADING": refused because the data set is being loaded
  bool ok() const { return error.empty(); }
};

// CONFIG REWRITE. kNoConfigFile: the caller replies "ERR The server is running without a config
// file". kFailed: "ERR Rewriting config file: <error>", and the old file stands as it was.
struct [[nodiscard]] ConfigRewriteResult {
  enum class Status : uint8_t { kDone, kNoConfigFile, kFailed };
  Status status = Status::kDone;
  std::string error;
  // The file could not be replaced by rename (a bind mount, a directory without write permission)
  // and was overwritten in place.
  bool in_place = false;
  bool ok() const { return status == Status::kDone; }
};

class Config {
 public:
  using Pair = std::pair<std::string, std::string>;
  // Acts on a change: `now` has the new values, values() already gives them. An error text refuses
  // the change.
  using ChangeHook = std::function<std::optional<std::string>(const ConfigValues& before,
                                                              const ConfigValues& now)>;

  // `dir` starts as the working directory.
  Config();
  ~Config();
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  // The values in force. The reference stays valid as long as this Config and always shows the
  // current values; references into its strings and vectors are good until the next load or set.
  const ConfigValues& values() const { return values_; }

  // Takes [file] [--directive value ...] [-] apart, without the program's name. A first argument
  // that does not begin with '-' is the file; "-" first or last asks for standard input.
  static CommandLine splitCommandLine(const std::vector<std::string>& args);

  // `path` is read and remembered, made absolute, for rewrite(); "-" reads standard input and
  // remembers nothing.
  ConfigLoadResult loadFile(const std::string& path);
  // Text in the file syntax; `name` is what error messages call it.
  ConfigLoadResult loadString(std::string_view text, const std::string& name = "(string)");
  // "--directive value [value ...]" as on the command line, also "--directive value" in one
  // argument. A value may begin with "--" when it follows its directive; `--save` without a value
  // means `save ""`.
  ConfigLoadResult loadArguments(const std::vector<std::string>& options);
  // "NAME=value" strings. A variable is named after its directive in capitals, '-' written '_':
  // INKSTONE_MAXMEMORY_POLICY=allkeys-lru, INKSTONE_SAVE="3600 1 300 100". The value replaces what
  // a file said, save points too. For directives of several arguments it is split as a line of the
  // file is, otherwise taken verbatim. INKSTONE_ variables that name no directive are errors,
  // except INKSTONE_IMAGE_...; all others are ignored.
  ConfigLoadResult loadEnvironment(const std::vector<std::string>& environment);
  // All of the above in their order.
  ConfigLoadResult loadAll(const CommandLine& line, const std::vector<std::string>& environment);

  // CONFIG GET: each directive (aliases under their own names) that matches one of the patterns,
  // once. First those named without glob characters, spelled as asked for (only so do hidden
  // directives appear), then the others in order of name. Names are compared without case.
  std::vector<Pair> get(std::span<const std::string_view> patterns) const;
  std::vector<Pair> get(std::initializer_list<std::string_view> patterns) const;

  // CONFIG SET: all pairs or none. After all values have been taken over the hooks of the changed
  // directives run, in the order of the pairs; when one refuses, the old values are restored and
  // the hooks that ran, the refusing one included, run again with them.
  ConfigSetResult set(std::span<const Pair> pairs, const ConfigSetContext& context = {});

  // Registers what acts on a change of `directive` (canonical name) by set(); loads run no hooks.
  // With several names the hook runs once even if several of them changed. An unknown name aborts.
  void onChange(std::string_view directive, ChangeHook hook);
  void onChange(std::initializer_list<std::string_view> directives, ChangeHook hook);

  // For the server itself: changes values outside CONFIG SET (maxclients lowered to the descriptor
  // limit, REPLICAOF). Runs no hook.
  void update(const std::function<void(ConfigValues&)>& change);

  // CONFIG REWRITE: writes values() to the file that loadFile() read. Comments, order and lines we
  // do not know stay; a directive replaces its first line, further lines of it go; what differs
  // from the default and has no line is appended. The file's permissions stay.
  ConfigRewriteResult rewrite();
  // As above through a given way to reach the disk, so that tests can make it fail.
  ConfigRewriteResult rewrite(FileReplacer& replacer);

  // Absolute path of the file read, empty without one (INFO's config_file).
  const std::string& filePath() const { return file_path_; }

 private:
  struct Hook {
    std::vector<std::string> directives;
    ChangeHook run;
  };

  using LoadError = std::optional<std::string>;
  // Lets `read` fill a copy of the values and takes it over if there was no error.
  ConfigLoadResult load(const std::function<LoadError(Loader&)>& read);
  ConfigSetResult checkNames(std::span<const Pair> pairs, const ConfigSetContext& context) const;
  ConfigSetResult runHooks(std::span<const Pair> pairs, const ConfigValues& before);

  ConfigValues values_;
  std::string file_path_;
  // A `save` line of the first source that has one replaces the default points, later ones add to
  // them.
  bool save_seen_ = false;
  std::vector<Hook> hooks_;
};

}  // namespace inkstone
