#include "server/commands/string/string_common.h"

#include <array>

#include "server/commands/argument_reader.h"

namespace inkstone {
namespace {

struct TimeKeyword {
  std::string_view word;
  TimeForm form;
};

constexpr std::array<TimeKeyword, 4> kTimeKeywords = {{
    {"EX", {.seconds = true, .absolute = false}},
    {"PX", {.seconds = false, .absolute = false}},
    {"EXAT", {.seconds = true, .absolute = true}},
    {"PXAT", {.seconds = false, .absolute = true}},
}};

bool sameForm(TimeForm a, TimeForm b) {
  return a.seconds == b.seconds && a.absolute == b.absolute;
}

// A time may be given again in the same form, the last one counts; two forms contradict each other.
bool readTime(ArgumentReader& reader, StringOptions& options) {
  if (options.keep_deadline || options.persist) return false;
  for (const TimeKeyword& keyword : kTimeKeywords) {
    if (options.time_form && !sameForm(*options.time_form, keyword.form)) continue;
    if (!reader.matchesKeyword(keyword.word, 1)) continue;
    options.time_form = keyword.form;
    options.time_text = reader.next();
    return true;
  }
  return false;
}

bool readSetOption(ArgumentReader& reader, StringOptions& options) {
  if (!options.only_if_exists && reader.matchesKeyword("NX")) {
    options.only_if_missing = true;
  } else if (!options.only_if_missing && reader.matchesKeyword("XX")) {
    options.only_if_exists = true;
  } else if (reader.matchesKeyword("GET")) {
    options.get = true;
  } else if (!options.time_form && reader.matchesKeyword("KEEPTTL")) {
    options.keep_deadline = true;
  } else {
    return readTime(reader, options);
  }
  return true;
}

bool readGetexOption(ArgumentReader& reader, StringOptions& options) {
  if (options.time_form || !reader.matchesKeyword("PERSIST")) return readTime(reader, options);
  options.persist = true;
  return true;
}

}  // namespace

bool parseSetOptions(CommandContext& ctx, StringOptions& options) {
  ArgumentReader reader(ctx, 3);
  while (!reader.atEnd()) {
    if (!readSetOption(reader, options)) reader.failSyntax();
  }
  return reader.finish();
}

bool parseGetexOptions(CommandContext& ctx, StringOptions& options) {
  ArgumentReader reader(ctx, 2);
  while (!reader.atEnd()) {
    if (!readGetexOption(reader, options)) reader.failSyntax();
  }
  return reader.finish();
}

}  // namespace inkstone
