// SUBSCRIBE, PUBLISH and their relatives, PUBSUB.
#include "server/clients/clients.h"
#include "server/clients/pubsub.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"
#include "server/execution/executor.h"

namespace inkstone {
namespace {

// The names that the kinds of channels have in replies.
struct KindWords {
  std::string_view subscribe;
  std::string_view unsubscribe;
};
constexpr KindWords kWords[kChannelKinds] = {
    {"subscribe", "unsubscribe"},
    {"psubscribe", "punsubscribe"},
    {"ssubscribe", "sunsubscribe"},
};

size_t subscriptionCount(const Client& client, ChannelKind kind) {
  if (client.subscriptions == nullptr) return 0;
  return kind == ChannelKind::kShard ? client.subscriptions->count(kind)
                                     : client.subscriptions->channelsAndPatterns();
}

// Replies of subscriptions are out of band: CLIENT REPLY OFF does not keep them back.
class Unmuted {
 public:
  explicit Unmuted(ReplyBuilder& reply) : reply_(reply), before_(reply.muted()) {
    reply_.setMuted(false);
  }
  ~Unmuted() { reply_.setMuted(before_); }
  Unmuted(const Unmuted&) = delete;
  Unmuted& operator=(const Unmuted&) = delete;

 private:
  ReplyBuilder& reply_;
  const bool before_;
};

void replyChange(CommandContext& ctx, std::string_view what, const std::string_view* name,
                 ChannelKind kind) {
  const Unmuted unmuted(ctx.reply);
  ctx.reply.push(3);
  ctx.reply.bulk(what);
  if (name == nullptr) {
    ctx.reply.null();
  } else {
    ctx.reply.bulk(*name);
  }
  ctx.reply.integer(static_cast<int64_t>(subscriptionCount(ctx.client, kind)));
}

template <ChannelKind kind>
void subscribe(CommandContext& ctx) {
  for (const std::string_view name : ctx.args.subspan(1)) {
    ctx.clients().pubsub.subscribe(ctx.client, kind, name);
    replyChange(ctx, kWords[static_cast<size_t>(kind)].subscribe, &name, kind);
  }
}

// Unlike its relatives it is refused where each command must have one reply.
void shardSubscribe(CommandContext& ctx) {
  if (ctx.executor().inTransaction()) return ctx.error(errors::kShardSubscribeDenied);
  subscribe<ChannelKind::kShard>(ctx);
}

template <ChannelKind kind>
void unsubscribe(CommandContext& ctx) {
  const std::string_view what = kWords[static_cast<size_t>(kind)].unsubscribe;
  const auto leave = [&](std::string_view name) {
    ctx.clients().pubsub.unsubscribe(ctx.client, kind, name);
    replyChange(ctx, what, &name, kind);
  };
  if (ctx.args.size() > 1) {
    for (const std::string_view name : ctx.args.subspan(1)) leave(name);
    return;
  }
  const std::vector<std::string> names = PubSub::namesOf(ctx.client, kind);
  for (const std::string& name : names) leave(name);
  if (names.empty()) replyChange(ctx, what, nullptr, kind);
}

void publish(CommandContext& ctx) {
  const size_t receivers = ctx.clients().pubsub.publish(ctx.args[1], ctx.args[2], false);
  ctx.reply.integer(static_cast<int64_t>(receivers));
}

void shardPublish(CommandContext& ctx) {
  const size_t receivers = ctx.clients().pubsub.publishShard(ctx.args[1], ctx.args[2]);
  ctx.reply.integer(static_cast<int64_t>(receivers));
}

template <ChannelKind kind>
void channels(CommandContext& ctx) {
  if (ctx.args.size() > 3) return replySubcommandSyntaxError(ctx);
  const std::string_view* pattern = ctx.args.size() == 3 ? &ctx.args[2] : nullptr;
  const std::vector<std::string_view> names = ctx.clients().pubsub.names(kind, pattern);
  ctx.reply.array(names.size());
  for (const std::string_view name : names) ctx.reply.bulk(name);
}

template <ChannelKind kind>
void subscriberCounts(CommandContext& ctx) {
  const auto names = ctx.args.subspan(2);
  ctx.reply.array(names.size() * 2);
  for (const std::string_view name : names) {
    ctx.reply.bulk(name);
    ctx.reply.integer(static_cast<int64_t>(ctx.clients().pubsub.subscribers(kind, name)));
  }
}

void patternCount(CommandContext& ctx) {
  ctx.reply.integer(static_cast<int64_t>(ctx.clients().pubsub.count(ChannelKind::kPattern)));
}

constexpr CommandRow kRows[] = {
    {.name = "subscribe",
     .syntax = "string:channel*",
     .arity = -2,
     .flags = kCmdPubsub | kCmdNoScript | kCmdLoading | kCmdStale | kCmdInSubscriber,
     .handler = subscribe<ChannelKind::kChannel>,
     .channels = ChannelUse::kAll,
     .since = "2.0.0",
     .group = "pubsub",
     .complexity = "O(N), N being the number of channels",
     .summary = "Listens to channels."},
    {.name = "unsubscribe",
     .syntax = "string:channel?*",
     .arity = -1,
     .flags = kCmdPubsub | kCmdNoScript | kCmdLoading | kCmdStale | kCmdInSubscriber,
     .handler = unsubscribe<ChannelKind::kChannel>,
     .since = "2.0.0",
     .group = "pubsub",
     .complexity = "O(N), N being the number of channels",
     .summary = "Listens to channels, or to all, no longer."},
    {.name = "psubscribe",
     .syntax = "pattern:pattern*",
     .arity = -2,
     .flags = kCmdPubsub | kCmdNoScript | kCmdLoading | kCmdStale | kCmdInSubscriber,
     .handler = subscribe<ChannelKind::kPattern>,
     .channels = ChannelUse::kAllArePatterns,
     .since = "2.0.0",
     .group = "pubsub",
     .complexity = "O(N), N being the number of patterns",
     .summary = "Listens to channels that match patterns."},
    {.name = "punsubscribe",
     .syntax = "pattern:pattern?*",
     .arity = -1,
     .flags = kCmdPubsub | kCmdNoScript | kCmdLoading | kCmdStale | kCmdInSubscriber,
     .handler = unsubscribe<ChannelKind::kPattern>,
     .since = "2.0.0",
     .group = "pubsub",
     .complexity = "O(N), N being the number of patterns",
     .summary = "Listens to patterns, or to all, no longer."},
    {.name = "ssubscribe",
     .syntax = "string:shardchannel*",
     .arity = -2,
     .flags = kCmdPubsub | kCmdNoScript | kCmdLoading | kCmdStale | kCmdInSubscriber,
     .handler = shardSubscribe,
     .keys = {key_specs::all(kKeyNotKey)},
     .channels = ChannelUse::kAll,
     .since = "7.0.0",
     .group = "pubsub",
     .complexity = "O(N), N being the number of channels",
     .summary = "Listens to shard channels."},
    {.name = "sunsubscribe",
     .syntax = "string:shardchannel?*",
     .arity = -1,
     .flags = kCmdPubsub | kCmdNoScript | kCmdLoading | kCmdStale | kCmdInSubscriber,
     .handler = unsubscribe<ChannelKind::kShard>,
     .keys = {key_specs::all(kKeyNotKey)},
     .since = "7.0.0",
     .group = "pubsub",
     .complexity = "O(N), N being the number of channels",
     .summary = "Listens to shard channels, or to all, no longer."},
    {.name = "publish",
     .syntax = "string:channel string:message",
     .arity = 3,
     .flags = kCmdPubsub | kCmdLoading | kCmdStale | kCmdFast | kCmdPaused,
     .handler = publish,
     .channels = ChannelUse::kFirst,
     .since = "2.0.0",
     .group = "pubsub",
     .complexity =
         "O(N+M), N being the number of subscribers of the channel, M that of all patterns",
     .summary = "Sends a message to those who listen to a channel."},
    {.name = "spublish",
     .syntax = "string:shardchannel string:message",
     .arity = 3,
     .flags = kCmdPubsub | kCmdLoading | kCmdStale | kCmdFast | kCmdPaused,
     .handler = shardPublish,
     .keys = {key_specs::one(kKeyNotKey)},
     .channels = ChannelUse::kFirst,
     .since = "7.0.0",
     .group = "pubsub",
     .complexity = "O(N), N being the number of subscribers of the channel",
     .summary = "Sends a message to those who listen to a shard channel."},
    {.name = "pubsub",
     .arity = -2,
     .since = "2.8.0",
     .group = "pubsub",
     .complexity = "Depends on subcommand.",
     .summary = "Tells who listens to what."},
    {.name = "pubsub|channels",
     .syntax = "pattern:pattern?",
     .arity = -2,
     .flags = kCmdPubsub | kCmdLoading | kCmdStale,
     .handler = channels<ChannelKind::kChannel>,
     .since = "2.8.0",
     .group = "pubsub",
     .complexity = "O(N), N being the number of channels",
     .summary = "Lists channels that somebody listens to.",
     .help = "CHANNELS [<pattern>]\n"
             "    List the channels somebody is subscribed to, those that match the pattern."},
    {.name = "pubsub|help",
     .arity = 2,
     .flags = kCmdLoading | kCmdStale,
     .handler = subcommandHelp,
     .since = "6.2.0",
     .group = "pubsub",
     .complexity = "O(1)",
     .summary = "Explains the subcommands."},
    {.name = "pubsub|numpat",
     .arity = 2,
     .flags = kCmdPubsub | kCmdLoading | kCmdStale,
     .handler = patternCount,
     .since = "2.8.0",
     .group = "pubsub",
     .complexity = "O(1)",
     .summary = "Counts patterns that somebody listens to.",
     .help = "NUMPAT\n"
             "    Count the patterns somebody is subscribed to."},
    {.name = "pubsub|numsub",
     .syntax = "string:channel?*",
     .arity = -2,
     .flags = kCmdPubsub | kCmdLoading | kCmdStale,
     .handler = subscriberCounts<ChannelKind::kChannel>,
     .since = "2.8.0",
     .group = "pubsub",
     .complexity = "O(N), N being the number of channels asked for",
     .summary = "Counts who listens to channels.",
     .help = "NUMSUB [<channel> [<channel> ...]]\n"
             "    Count who is subscribed to each channel, patterns aside."},
    {.name = "pubsub|shardchannels",
     .syntax = "pattern:pattern?",
     .arity = -2,
     .flags = kCmdPubsub | kCmdLoading | kCmdStale,
     .handler = channels<ChannelKind::kShard>,
     .since = "7.0.0",
     .group = "pubsub",
     .complexity = "O(N), N being the number of channels",
     .summary = "Lists shard channels that somebody listens to.",
     .help =
         "SHARDCHANNELS [<pattern>]\n"
         "    List the shard channels somebody is subscribed to, those that match the pattern."},
    {.name = "pubsub|shardnumsub",
     .syntax = "string:shardchannel?*",
     .arity = -2,
     .flags = kCmdPubsub | kCmdLoading | kCmdStale,
     .handler = subscriberCounts<ChannelKind::kShard>,
     .since = "7.0.0",
     .group = "pubsub",
     .complexity = "O(N), N being the number of channels asked for",
     .summary = "Counts who listens to shard channels.",
     .help = "SHARDNUMSUB [<shardchannel> [<shardchannel> ...]]\n"
             "    Count who is subscribed to each shard channel."},
};

}  // namespace

CommandRows pubsubRows() {
  return kRows;
}

}  // namespace inkstone
