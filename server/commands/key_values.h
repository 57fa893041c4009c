// The value of an existing key. The caller knows that the key holds this type.
#pragma once

#include "server/execution/command_context.h"
#include "storage/types/hash_value.h"
#include "storage/types/list_value.h"
#include "storage/types/set_value.h"
#include "storage/types/sorted_set_value.h"

namespace inkstone {

inline ListValue listOf(const CommandContext& ctx, const KeyRef& key) {
  return {*key.entry(), ctx.encodingRules()};
}

inline HashValue hashOf(const CommandContext& ctx, const KeyRef& key) {
  return {*key.entry(), ctx.encodingRules()};
}

// A key that does not exist gets an empty hash, which the caller has to fill.
inline HashValue hashOrNew(CommandContext& ctx, const KeyRef& key, std::string_view name) {
  Entry* const entry = key ? key.entry() : ctx.insertValue(key, name, HashValue::create());
  return {*entry, ctx.encodingRules()};
}

inline SetValue setOf(const CommandContext& ctx, const KeyRef& key) {
  return {*key.entry(), ctx.encodingRules()};
}

inline SortedSetValue sortedSetOf(const CommandContext& ctx, const KeyRef& key) {
  return {*key.entry(), ctx.encodingRules()};
}

}  // namespace inkstone
