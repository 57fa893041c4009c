#include "server/command_table/command_keys.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/numbers.h"

namespace inkstone {
namespace {

using Args = std::span<const std::string_view>;
using Positions = std::vector<KeyPosition>;

// Index of the first argument a specification speaks of; nothing when its keyword is absent.
std::optional<int64_t> beginOf(const KeySpec& spec, Args args) {
  const auto count = static_cast<int64_t>(args.size());
  if (spec.begin == KeySpec::Begin::kIndex) return spec.index;
  if (spec.begin == KeySpec::Begin::kUnknown) return std::nullopt;
  const bool backward = spec.index < 0;
  const int64_t step = backward ? -1 : 1;
  for (int64_t at = backward ? count + spec.index : spec.index; at > 0 && at < count; at += step) {
    if (equalsIgnoreCase(args[static_cast<size_t>(at)], spec.keyword)) return at + 1;
  }
  return std::nullopt;
}

// False when the range is not within the arguments.
bool addRange(const KeySpec& spec, int64_t first, int64_t last, int64_t count, Positions& keys) {
  if (first < 1 || last >= count || first > last) return false;
  for (int64_t at = first; at <= last; at += spec.step) {
    keys.push_back({static_cast<size_t>(at), 0});
  }
  return true;
}

int64_t lastOfRange(const KeySpec& spec, int64_t first, int64_t count) {
  if (spec.last >= 0) return first + spec.last;
  // A limit says that only one part in `limit` of what follows is keys (XREAD: ids come after).
  if (spec.limit > 1) return first + (count - first) / spec.limit + spec.last;
  return count + spec.last;
}

bool addCounted(const KeySpec& spec, int64_t first, Args args, Positions& keys) {
  const auto count = static_cast<int64_t>(args.size());
  const int64_t at = first + spec.last;
  int64_t wanted = 0;
  if (at >= count || !parseInt64(args[static_cast<size_t>(at)], wanted)) return false;
  if (wanted == 0) return true;
  if (wanted < 0 || wanted > count) return false;
  const int64_t from = first + spec.limit;
  return addRange(spec, from, from + (wanted - 1) * spec.step, count, keys);
}

bool addKeys(const KeySpec& spec, Args args, Positions& keys) {
  const auto count = static_cast<int64_t>(args.size());
  const std::optional<int64_t> first = beginOf(spec, args);
  // What is not there is optional; a command that needs it finds out itself.
  if (!first || *first >= count || spec.find == KeySpec::Find::kUnknown) return true;
  if (spec.find == KeySpec::Find::kKeyNum) return addCounted(spec, *first, args, keys);
  return addRange(spec, *first, lastOfRange(spec, *first, count), count, keys);
}

// What a row with variable flags does to its key depends on its options.
uint32_t flagsOfSet(Args args) {
  const Args options = args.size() > 3 ? args.subspan(3) : Args();
  const bool get = std::any_of(options.begin(), options.end(), [](std::string_view option) {
    return equalsIgnoreCase(option, "get");
  });
  return get ? kKeyReadWrite | kKeyAccess | kKeyUpdate : kKeyOverwrite | kKeyUpdate;
}

// STORE may stand anywhere among SORT's options. The last one counts.
void addSortTarget(Args args, Positions& keys) {
  size_t target = 0;
  for (size_t at = 2; at < args.size(); ++at) {
    const std::string_view option = args[at];
    if (equalsIgnoreCase(option, "limit")) {
      at += 2;
    } else if (equalsIgnoreCase(option, "get") || equalsIgnoreCase(option, "by")) {
      at += 1;
    } else if (equalsIgnoreCase(option, "store") && at + 1 < args.size()) {
      target = at + 1;
    }
  }
  if (target != 0) keys.push_back({target, kKeyOverwrite | kKeyUpdate});
}

uint32_t flagsFor(const CommandRow& row, const KeySpec& spec, Args args) {
  if ((spec.flags & kKeyVariableFlags) != 0 && row.name == "set") return flagsOfSet(args);
  return spec.flags;
}

}  // namespace

bool hasKeySpecs(const CommandRow& row) {
  for (const KeySpec& spec : row.keys) {
    if ((spec.flags & kKeyNotKey) == 0) return true;
  }
  return false;
}

LegacyKeyRange legacyKeyRange(const CommandRow& row) {
  LegacyKeyRange range;
  for (const KeySpec& spec : row.keys) {
    if (spec.begin != KeySpec::Begin::kIndex || spec.find != KeySpec::Find::kRange) continue;
    const int last = spec.last >= 0 ? spec.index + spec.last : spec.last;
    if (range.first == 0) {
      range = {spec.index, last, spec.step};
      continue;
    }
    // Only what goes on where the run ends can be told in three numbers.
    if (range.last < 0 || spec.index != range.last + 1) break;
    range.last = last;
  }
  return range;
}

std::optional<Positions> findKeys(const CommandRow& row, Args args) {
  Positions keys;
  for (const KeySpec& spec : row.keys) {
    if ((spec.flags & kKeyNotKey) != 0) continue;
    const size_t before = keys.size();
    if (!addKeys(spec, args, keys)) return std::nullopt;
    const uint32_t flags = flagsFor(row, spec, args);
    for (size_t i = before; i < keys.size(); ++i) keys[i].flags = flags;
  }
  if (row.name == "sort") addSortTarget(args, keys);
  return keys;
}

}  // namespace inkstone
