// SORT and SORT_RO.
#include <algorithm>

#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/commands/key/sort_options.h"
#include "server/commands/key/sort_pattern.h"
#include "server/commands/key/sort_vector.h"
#include "server/commands/reply_parts.h"
#include "storage/types/list_value.h"

namespace inkstone {
namespace {

bool canBeSorted(ValueType type) {
  return type == ValueType::kList || type == ValueType::kSet || type == ValueType::kZset;
}

// Calls visit(const Element*) with the results of SORT, in order. They are the elements, or, with
// GET, what the patterns lead to for each of them; null where a pattern leads nowhere.
template <class Visit>
void forEachResult(CommandContext& ctx, const SortVector& vector, const SortOptions& options,
                   Visit visit) {
  std::vector<SortPattern> patterns(options.get.begin(), options.get.end());
  for (size_t i = 0; i < vector.size(); ++i) {
    if (patterns.empty()) visit(&vector[i]);
    for (SortPattern& pattern : patterns) {
      const std::optional<Element> found = pattern.find(ctx, vector[i]);
      visit(found ? &*found : nullptr);
    }
  }
}

size_t resultCount(const SortVector& vector, const SortOptions& options) {
  return vector.size() * std::max<size_t>(options.get.size(), 1);
}

void replyResults(CommandContext& ctx, const SortVector& vector, const SortOptions& options) {
  ctx.reply.array(resultCount(vector, options));
  forEachResult(ctx, vector, options, [&](const Element* element) {
    if (element == nullptr) return ctx.reply.null();
    replyElement(ctx.reply, *element);
  });
}

void storeResults(CommandContext& ctx, const SortVector& vector, const SortOptions& options) {
  // Redis reckons with this much beside the bytes of an element when it fills a node, and a list
  // of one node becomes a listpack in the end.
  constexpr size_t kElementOverhead = 8;
  ListValue list(ListValue::create(), ctx.encodingRules());
  forEachResult(ctx, vector, options, [&](const Element* element) {
    ElementText room;
    const std::string_view text = element == nullptr ? std::string_view() : element->text(room);
    list.expect(1, text.size() + kElementOverhead);
    list.pushBack(text);
  });
  const size_t stored = storeResult(ctx, *options.store, list.value(), {kNotifyList, "sortstore"});
  // storeResult() counted the list as one change.
  if (stored > 1) ctx.markDirty(stored - 1);
  ctx.reply.integer(static_cast<int64_t>(stored));
}

void sort(CommandContext& ctx, bool may_store) {
  std::optional<SortOptions> options = parseSortOptions(ctx, may_store);
  if (!options) return;
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (key && !canBeSorted(key.entry()->type())) return ctx.error(errors::kWrongType);
  if (key && options->store && !options->sorted && key.entry()->type() == ValueType::kSet) {
    // A set has no order to keep, and what is stored must be the same wherever this is run.
    options->sorted = true;
    options->alpha = true;
    options->by.reset();
  }
  SortVector vector(ctx, *options);
  if (key) vector.load(*key.entry());
  if (options->sorted) {
    if (!vector.weigh()) return ctx.error(errors::kNotSortable);
    vector.sort();
  }
  if (options->store) return storeResults(ctx, vector, *options);
  replyResults(ctx, vector, *options);
}

void sortCommand(CommandContext& ctx) {
  sort(ctx, true);
}

void sortRoCommand(CommandContext& ctx) {
  sort(ctx, false);
}

constexpr CommandRow kRows[] = {
    {.name = "sort",
     .syntax = "key:key@0 pattern:by-pattern%pattern@1=BY? block:limit=LIMIT?(integer:offset "
               "integer:count) pattern:get-pattern%pattern@1=GET?*+ oneof:order?(token:asc=ASC "
               "token:desc=DESC) token:sorting=ALPHA? key:destination@2=STORE?",
     .arity = -2,
     .flags = kCmdWrite | kCmdDenyOom | kCmdMovableKeys,
     .categories = kAclSet | kAclSortedSet | kAclList | kAclDangerous,
     .handler = sortCommand,
     .keys = {key_specs::kRead,
              {.flags = kKeyReadOnly | kKeyAccess,
               .notes = "For the optional BY/GET keyword. It is marked 'unknown' because the key "
                        "names derive from the content of the key we sort",
               .begin = KeySpec::Begin::kUnknown,
               .find = KeySpec::Find::kUnknown},
              {.flags = kKeyOverwrite | kKeyUpdate,
               .notes = "For the optional STORE keyword. It is marked 'unknown' because the "
                        "keyword can appear anywhere in the argument array",
               .begin = KeySpec::Begin::kUnknown,
               .find = KeySpec::Find::kUnknown}},
     .since = "1.0.0",
     .group = "generic",
     .complexity =
         "O(N*log(N)), N being the number of elements to sort; O(N) if they are not sorted",
     .summary = "Sorts a list, set or sorted set, and returns or stores the result."},
    {.name = "sort_ro",
     .syntax = "key:key@0 pattern:by-pattern%pattern@1=BY? block:limit=LIMIT?(integer:offset "
               "integer:count) pattern:get-pattern%pattern@1=GET?*+ oneof:order?(token:asc=ASC "
               "token:desc=DESC) token:sorting=ALPHA?",
     .arity = -2,
     .flags = kCmdReadonly | kCmdMovableKeys,
     .categories = kAclSet | kAclSortedSet | kAclList | kAclDangerous,
     .handler = sortRoCommand,
     .keys = {key_specs::kRead,
              {.flags = kKeyReadOnly | kKeyAccess,
               .notes = "For the optional BY/GET keyword. It is marked 'unknown' because the key "
                        "names derive from the content of the key we sort",
               .begin = KeySpec::Begin::kUnknown,
               .find = KeySpec::Find::kUnknown}},
     .since = "7.0.0",
     .group = "generic",
     .complexity =
         "O(N*log(N)), N being the number of elements to sort; O(N) if they are not sorted",
     .summary = "Sorts a list, set or sorted set, and returns the result."},
};

}  // namespace

CommandRows sortRows() {
  return kRows;
}

}  // namespace inkstone
