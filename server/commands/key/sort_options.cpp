#include "server/commands/key/sort_options.h"

#include <algorithm>

#include "server/acl/access_control.h"
#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"
#include "server/commands/key/sort_pattern.h"

namespace inkstone {
namespace {

// Patterns lead to keys that depend on what is sorted.
bool mayFollowPatterns(const CommandContext& ctx) {
  return ctx.client.unrestricted || ctx.acl().mayReadAllKeys(ctx.client, ctx.command, ctx.args);
}

}  // namespace

std::optional<SortOptions> parseSortOptions(CommandContext& ctx, bool may_store) {
  SortOptions options;
  ArgumentReader reader(ctx, 2);
  while (!reader.atEnd()) {
    if (reader.matchesKeyword("ASC")) {
      options.descending = false;
    } else if (reader.matchesKeyword("DESC")) {
      options.descending = true;
    } else if (reader.matchesKeyword("ALPHA")) {
      options.alpha = true;
    } else if (reader.matchesKeyword("LIMIT", 2)) {
      options.offset = reader.nextInteger();
      options.count = reader.nextInteger();
    } else if (may_store && reader.matchesKeyword("STORE", 1)) {
      options.store = reader.next();
    } else if (reader.matchesKeyword("BY", 1)) {
      options.by = reader.next();
      // As in Redis a constant pattern counts also before one that is not.
      if (!SortPattern(*options.by).hasPlace()) {
        options.sorted = false;
      } else if (!mayFollowPatterns(ctx)) {
        reader.fail(errors::kSortByDenied);
      }
    } else if (reader.matchesKeyword("GET", 1)) {
      options.get.push_back(reader.next());
      if (!mayFollowPatterns(ctx)) reader.fail(errors::kSortGetDenied);
    } else {
      reader.failSyntax();
    }
  }
  if (!reader.finish()) return {};
  return options;
}

SortRange sortRange(const SortOptions& options, size_t size) {
  const auto bounded = [size](int64_t wanted) {
    return std::min(static_cast<size_t>(std::max<int64_t>(wanted, 0)), size);
  };
  const size_t first = bounded(options.offset);
  const size_t rest = size - first;
  return {first, options.count < 0 ? rest : std::min(bounded(options.count), rest)};
}

}  // namespace inkstone
