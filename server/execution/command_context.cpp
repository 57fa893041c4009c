#include "server/execution/command_context.h"

#include <fmt/format.h>

#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "server/execution/executor.h"
#include "server/execution/expire_cycle.h"
#include "server/execution/propagation.h"
#include "server/process/runtime.h"

namespace inkstone {

Database& CommandContext::db() const {
  return data().keyspace[client.db];
}

int64_t CommandContext::unixMs() const {
  return runtime().clock.unixMs();
}

uint32_t CommandContext::initialAccess() const {
  return data().access_clock.initial();
}

KeyRef CommandContext::lookup(std::string_view key, LookupMode mode) {
  // The executor hashed the first key before the command ran.
  const bool hashed = first_key_hash_.known() && args.size() > 1 && key.data() == args[1].data();
  return lookup(key, hashed ? first_key_hash_.bits() : db().hashOf(key), mode);
}

KeyRef CommandContext::lookup(std::string_view key, uint64_t hash, LookupMode mode) {
  Database& database = db();
  KeyRef found{hash, database.find(hash, key)};
  if (found && found.entry()->hasExpired(unixMs()) && expiredKeysAreGone(client.origin)) {
    // During a pause the data set stays as it is, and a write can only come from within a
    // transaction.
    if (!clients().pause.active() || mode == kWrite) {
      parts_.expire_cycle.deleteExpired(client.db, hash, found.slot);
    }
    found.slot = {};
  }
  if (mode == kRead || mode == kNoTouch) {
    ++(found ? runtime().stats.keyspace_hits : runtime().stats.keyspace_misses);
    if (!found && !events_.idle()) events_.missed(client.db, key);
  }
  if (found && mode != kQuiet && mode != kNoTouch && !client.no_touch) {
    data().access_clock.touch(*found.entry());
  }
  return found;
}

bool CommandContext::mayWait() const {
  return !executor().inTransaction() && inkstone::mayWait(client.origin);
}

bool CommandContext::expectType(const KeyRef& key, ValueType type) {
  if (!key || key.entry()->type() == type) return true;
  reply.error(errors::kWrongType);
  return false;
}

void CommandContext::propagateInstead(std::span<const std::string_view> args_instead) {
  propagated_instead_ = true;
  if (changesAreNews(client.origin)) executor().propagation().feed(client.db, args_instead);
}

void CommandContext::beginLogBlock() {
  executor().propagation().beginBlock();
}

void CommandContext::endLogBlock() {
  executor().propagation().endBlock();
}

void CommandContext::arityError() {
  reply.error(fmt::format(errors::kWrongArity, command.fullName()));
}

bool CommandContext::parseInteger(std::string_view text, int64_t& value) {
  return parseInteger(text, value, errors::kNotInteger);
}

bool CommandContext::parseInteger(std::string_view text, int64_t& value,
                                  std::string_view error_text) {
  if (parseInt64(text, value)) return true;
  reply.error(error_text);
  return false;
}

}  // namespace inkstone
