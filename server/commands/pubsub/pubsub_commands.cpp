// SUBSCRIBE, PUBLISH and their relatives, PUBSUB.
#include "server/clients/pubsub.h"

#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/command/command_help.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"
#include "server/execution/executor.h"

namespace inkstone {
namespace {

// What the kinds of channels are called in replies.
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

// Other than its relatives it is refused where each command has one reply.
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

void help(CommandContext& ctx) {
  static constexpr std::string_view kLines[] = {
      "CHANNELS [<pattern>]",
      "    List the channels somebody is subscribed to, those that match the pattern.",
      "NUMPAT",
      "    Count the patterns somebody is subscribed to.",
      "NUMSUB [<channel> [<channel> ...]]",
      "    Count who is subscribed to each channel, patterns aside.",
      "SHARDCHANNELS [<pattern>]",
      "    List the shard channels somebody is subscribed to, those that match the pattern.",
      "SHARDNUMSUB [<shardchannel> [<shardchannel> ...]]",
      "    Count who is subscribed to each shard channel.",
  };
  replyHelp(ctx, kLines);
}

constexpr uint32_t kFlags = kCmdPubsub | kCmdLoading | kCmdStale;
constexpr uint32_t kSubscriberFlags = kFlags | kCmdNoScript | kCmdInSubscriber;
constexpr KeySpec kChannels = key_specs::all(kKeyNotKey);

CommandRow row(std::string_view name, int arity, uint32_t flags, CommandHandler handler,
               std::string_view since, std::string_view complexity, std::string_view summary) {
  return {.name = name,
          .arity = arity,
          .flags = flags,
          .handler = handler,
          .since = since,
          .group = "pubsub",
          .complexity = complexity,
          .summary = summary};
}

std::vector<CommandRow> subscriberRows() {
  constexpr std::string_view kEach = "O(N), N being the number of channels";
  std::vector<CommandRow> rows = {
      row("subscribe", -2, kSubscriberFlags, subscribe<ChannelKind::kChannel>, "2.0.0", kEach,
          "Listens to channels."),
      row("unsubscribe", -1, kSubscriberFlags, unsubscribe<ChannelKind::kChannel>, "2.0.0", kEach,
          "Listens to channels, or to all, no longer."),
      row("psubscribe", -2, kSubscriberFlags, subscribe<ChannelKind::kPattern>, "2.0.0",
          "O(N), N being the number of patterns", "Listens to channels that match patterns."),
      row("punsubscribe", -1, kSubscriberFlags, unsubscribe<ChannelKind::kPattern>, "2.0.0",
          "O(N), N being the number of patterns", "Listens to patterns, or to all, no longer."),
      row("ssubscribe", -2, kSubscriberFlags, shardSubscribe, "7.0.0", kEach,
          "Listens to shard channels."),
      row("sunsubscribe", -1, kSubscriberFlags, unsubscribe<ChannelKind::kShard>, "7.0.0", kEach,
          "Listens to shard channels, or to all, no longer."),
  };
  rows[0].channels = rows[4].channels = ChannelUse::kAll;
  rows[2].channels = ChannelUse::kAllArePatterns;
  rows[4].keys = rows[5].keys = {kChannels};
  return rows;
}

std::vector<CommandRow> publisherRows() {
  constexpr uint32_t kPublish = kFlags | kCmdFast | kCmdPaused;
  std::vector<CommandRow> rows = {
      row("publish", 3, kPublish, publish, "2.0.0",
          "O(N+M), N being the number of subscribers of the channel, M that of all patterns",
          "Sends a message to those who listen to a channel."),
      row("spublish", 3, kPublish, shardPublish, "7.0.0",
          "O(N), N being the number of subscribers of the channel",
          "Sends a message to those who listen to a shard channel."),
  };
  for (CommandRow& each : rows) each.channels = ChannelUse::kFirst;
  rows[1].keys = {key_specs::one(kKeyNotKey)};
  return rows;
}

CommandRow introspectionRow() {
  constexpr std::string_view kAll = "O(N), N being the number of channels";
  constexpr std::string_view kNamed = "O(N), N being the number of channels asked for";
  CommandRow pubsub = row("pubsub", -2, 0, nullptr, "2.8.0", "Depends on subcommand.",
                          "Tells who listens to what.");
  pubsub.subcommands = {
      row("channels", -2, kFlags, channels<ChannelKind::kChannel>, "2.8.0", kAll,
          "Lists channels that somebody listens to."),
      row("help", 2, kCmdLoading | kCmdStale, help, "6.2.0", "O(1)", "Explains the subcommands."),
      row("numpat", 2, kFlags, patternCount, "2.8.0", "O(1)",
          "Counts patterns that somebody listens to."),
      row("numsub", -2, kFlags, subscriberCounts<ChannelKind::kChannel>, "2.8.0", kNamed,
          "Counts who listens to channels."),
      row("shardchannels", -2, kFlags, channels<ChannelKind::kShard>, "7.0.0", kAll,
          "Lists shard channels that somebody listens to."),
      row("shardnumsub", -2, kFlags, subscriberCounts<ChannelKind::kShard>, "7.0.0", kNamed,
          "Counts who listens to shard channels."),
  };
  return pubsub;
}

}  // namespace

std::vector<CommandRow> pubsubCommands() {
  std::vector<CommandRow> rows = subscriberRows();
  for (CommandRow& each : publisherRows()) rows.push_back(std::move(each));
  rows.push_back(introspectionRow());
  return rows;
}

}  // namespace inkstone
