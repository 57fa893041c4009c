// The directives, one row each: everything about a directive but its default (config_values.h) and
// its explanation (redis.conf.example).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config_values.h"

namespace inkstone {

// Why a value is refused, as Redis words it; nothing when the value was accepted.
using ValueError = std::optional<std::string>;
using Arguments = std::span<const std::string>;

enum DirectiveFlag : unsigned {
  kMutable = 0,
  kImmutable = 1U << 0,     // not by CONFIG SET
  kHidden = 1U << 1,        // CONFIG GET shows it only by its exact name
  kSensitive = 1U << 2,     // a secret: not for the server log
  kProtected = 1U << 3,     // CONFIG SET needs enable-protected-configs
  kMultiArgs = 1U << 4,     // takes several words; one quoted word is split at its spaces
  kDenyLoading = 1U << 5,   // not while the data set is being loaded
  kEmptyIsUnset = 1U << 6,  // CONFIG REWRITE leaves no line for an empty value
  // A value other than the default would change safety or meaning, and the part that it asks for is
  // still to come. So it is refused at start and by CONFIG SET.
  kRefusedYet = 1U << 7
};

struct BoolField {
  bool ConfigValues::*member;
};
struct IntegerField {
  int64_t ConfigValues::*member;
  int64_t min;
  int64_t max;
};
struct OctalField {
  int64_t ConfigValues::*member;
  int64_t min;
  int64_t max;
};
// 100, 100b, 1k (1000), 1kb (1024), m, mb, g, gb; any case.
struct MemoryField {
  uint64_t ConfigValues::*member;
  uint64_t min;
  uint64_t max;
};
// A memory size, or "5%" kept as -5.
struct MemoryOrPercentField {
  int64_t ConfigValues::*member;
  int64_t percent_max;
};
struct EnumName {
  std::string_view name;
  int value;
};
struct EnumField {
  std::span<const EnumName>
      names;  // in the order in which the error lists them; the first of a value is shown
  int (*get)(const ConfigValues& values);
  void (*set)(ConfigValues& values, int value);
  bool is_set = false;  // several names, or-ed
  ValueError (*check)(int value) = nullptr;
};
struct StringField {
  std::string ConfigValues::*member;
  ValueError (*check)(std::string_view value) = nullptr;
};

// One line that CONFIG REWRITE writes, without the directive's name. A line with the default value
// is written only in place of an old line.
struct RewriteLine {
  std::string text;
  bool is_default;
};
// `adding` says that the line is a further one of a directive whose lines add up.
struct SpecialField {
  ValueError (*assign)(ConfigValues& values, Arguments arguments, bool adding);
  std::string (*format)(const ConfigValues& values);
  std::vector<RewriteLine> (*lines)(const ConfigValues& values, const ConfigValues& defaults);
};

using Field = std::variant<BoolField, IntegerField, OctalField, MemoryField, MemoryOrPercentField,
                           EnumField, StringField, SpecialField>;

// Whether a directive acts; redis.conf.example says the same in words, and a test compares them.
enum class Acts : uint8_t {
  kYes,
  kNever,        // kept for existing files; there is nothing for it to act on
  kNoEffectYet,  // what it asks for is still to come, and has no name
  // With a part of the server that is still to come.
  kWithCluster,
  kWithEviction,
  kWithHyperLogLog,
  kWithModules,
  kWithReplication,
  kWithScripting,
  kWithSlowLog,
  kWithStreams,
  kWithTls
};

struct Directive {
  std::string_view name;
  std::string_view alias;  // the other name it is known by, or empty
  unsigned flags;
  Field field;
  Acts acts = Acts::kYes;

  bool has(DirectiveFlag flag) const { return (flags & flag) != 0; }
};

// All of them, in the order of the table.
std::span<const Directive> directives();

// By name or alias, whatever the case; nullptr when there is none.
const Directive* findDirective(std::string_view name);

// Takes the words after a directive's name over into `values`. On error `values` is as before.
ValueError assignDirective(const Directive& directive, ConfigValues& values, Arguments arguments,
                           bool adding = false);

// Why the value is refused although its syntax is right; see kRefusedYet.
ValueError refusalOfMissingPart(const Directive& directive, const ConfigValues& values);

// The name of the part that a directive waits for, such as "replication"; empty where the part has
// no name.
std::string_view partName(Acts acts);

// A sentence for each directive that is not at its default and does not act. Secrets are not shown.
std::vector<std::string> ineffectiveDirectives(const ConfigValues& values);

// The value as CONFIG GET shows it.
std::string formatDirective(const Directive& directive, const ConfigValues& values);

// The lines that CONFIG REWRITE writes for a directive, each a value without the name.
std::vector<RewriteLine> rewriteLines(const Directive& directive, const ConfigValues& values,
                                      const ConfigValues& defaults);

// Brings the values that every server clamps (hz, repl-backlog-size) within their bounds. To be
// called after each change.
void clampValues(ConfigValues& values);

}  // namespace inkstone
