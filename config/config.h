// The configuration: it is read from file, environment and command line at start, and CONFIG reads
// and changes it at run time.
//
// These loads follow each other at start, and a later one overrides an earlier one:
//   Config config;
//   CommandLine line = Config::splitCommandLine(args);
//   loadFile(*line.file), loadFile("-") if line.from_stdin, loadEnvironment(environment),
//   loadArguments(line.options)
// loadAll() does all of them. A load that fails changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config_values.h"
#include "config/file_replacer.h"
#include "config/load_record.h"
#include "config/loader.h"

namespace inkstone {

// What stands between `inkstone-server` and its directives: [file] [--directive value ...] [-].
struct CommandLine {
  std::optional<std::string> file;
  bool from_stdin = false;
  std::vector<std::string> options;
};

// `error` is empty when the load succeeded. Otherwise it is the whole message for standard error:
// several lines, without a line end at its end, with everything that is wrong and its place:
//   *** FATAL CONFIG FILE ERROR (Inkstone <version>) ***
//   Reading the configuration file '/etc/inkstone.conf', at line 3
//   >>> 'appendonly maybe'
//   argument must be 'yes' or 'no'
//   Reading the command line, at line 1
//   >>> 'hz "x"'
//   argument couldn't be parsed into an integer
// The second line says "the command line" or "the environment" where the fault is there. A file
// that cannot be opened gives "Fatal error, can't open config file '<path>': <reason>".
struct [[nodiscard]] ConfigLoadResult {
  std::string error;
  bool ok() const { return error.empty(); }
};

// What is known about the client that calls CONFIG SET; it decides what the client may change.
struct ConfigSetContext {
  bool local_client =
      true;  // over loopback or unix socket: `enable-protected-configs local` lets it pass
  bool loading =
      false;  // the data set is being loaded: directives that would disturb it are refused
};

// `error` is empty when the change succeeded. Otherwise it is the error reply without its code and
// line end; the caller sends "-" + code + " " + error.
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
  // Deleted users that an included file declares: the rewritten file has a line for each of them
  // that leaves it without any right.
  std::vector<std::string> disarmed_users;
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
  // All of the above in their order, and all that is wrong with any of them. Before them come the
  // lines in INKSTONE_IMAGE_DEFAULTS: defaults that a container image has, which any source
  // overrules.
  ConfigLoadResult loadAll(const CommandLine& line, const std::vector<std::string>& environment);

  // Messages of loads that are no errors: lines that were skipped, directives that are not at their
  // default and do not act. Each is a whole sentence for the server log.
  std::vector<std::string> warnings() const;
  // The `user` lines in force, by name, as they were loaded.
  const std::map<std::string, LoadedUser>& loadedUsers() const { return record_.users; }
  // Whether an included file declares that user.
  bool includesUser(const std::string& name) const {
    return record_.included_users.count(name) != 0;
  }
  // From now on loads call `check` for lines that only the server understands.
  void checkLinesWith(LineCheck check) { line_check_ = std::move(check); }

  // CONFIG GET: each directive (aliases under their own names) that matches one of the patterns,
  // once. The first ones are those that were named without glob characters, spelled as they were
  // asked for (hidden directives appear only this way). The others follow in order of name. Names
  // are compared without case.
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

  // For the server itself: adapts values to the machine (maxclients lowered to the descriptor
  // limit). Runs no hook, and rewrite() leaves such directives as the file has them.
  void update(const std::function<void(ConfigValues&)>& change);

  // CONFIG REWRITE: changes the file that loadFile() read so that the next start gives values().
  // Comments, order and lines that already say what is in force stay; see rewriteText(). Values of
  // an included file, of the environment or of the image are not written, unless set() has changed
  // them since. The file's permissions stay.
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

  // Lets `read` fill a copy of the values and takes it over if there was no error.
  ConfigLoadResult load(const std::function<void(Loader&)>& read);
  std::string fullPath(const std::string& path) const;
  void markChanged(const ConfigValues& before, ValueOrigin origin);
  // In force before the configuration file is read.
  ConfigValues valuesBeforeFile() const;
  ConfigSetResult checkNames(std::span<const Pair> pairs, const ConfigSetContext& context) const;
  ConfigSetResult runHooks(std::span<const Pair> pairs, const ConfigValues& before);

  ConfigValues values_;
  std::string file_path_;
  // The directory of the start, and what INKSTONE_IMAGE_DEFAULTS had.
  std::string start_dir_;
  std::string image_defaults_;
  LoadRecord record_;
  LineCheck line_check_;
  std::vector<Hook> hooks_;
};

}  // namespace inkstone
