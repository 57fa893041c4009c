// What keys there are: KEYS, RANDOMKEY.
#include <vector>

#include "config/glob.h"
#include "server/commands/key_handlers.h"
#include "server/server.h"

namespace inkstone {
namespace {

// Steele, Lea, Flood 2014: good enough to pick a key, and any seed will do.
class SplitMix64 {
 public:
  explicit SplitMix64(uint64_t seed) : state_(seed) {}

  uint64_t operator()() {
    state_ += 0x9E3779B97F4A7C15;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
  }

 private:
  uint64_t state_;
};

}  // namespace

bool hasExpired(const CommandContext& ctx, const Entry& entry) {
  return entry.hasDeadline() && entry.deadline() < ctx.unixMs() && !ctx.client.replaying;
}

void keysCommand(CommandContext& ctx) {
  const std::string_view pattern = ctx.args[1];
  const bool all = pattern == "*";
  std::vector<const Entry*> found;
  ctx.db().table().forEach([&](const Entry* entry) {
    if ((all || globMatch(pattern, entry->key())) && !hasExpired(ctx, *entry)) {
      found.push_back(entry);
    }
  });
  ctx.reply.array(found.size());
  for (const Entry* entry : found) ctx.reply.bulk(entry->key());
}

void randomkeyCommand(CommandContext& ctx) {
  SplitMix64 random(static_cast<uint64_t>(ctx.server.clock.monotonicNs()) ^
                    ctx.server.stats.commands_processed);
  // An expired key goes when it is looked up, so this ends.
  while (Entry* entry = ctx.db().randomEntry(random)) {
    if (ctx.lookupQuiet(entry->key())) return ctx.reply.bulk(entry->key());
  }
  ctx.reply.null();
}

}  // namespace inkstone
