// Client side caching: CLIENT TRACKING, CACHING, GETREDIR, TRACKINGINFO.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "server/clients/clients.h"
#include "server/clients/tracking.h"
#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

using Choice = ClientTracking::Choice;

struct TrackingOptions {
  bool on = false;
  bool broadcast = false;
  bool opt_in = false;
  bool opt_out = false;
  bool no_loop = false;
  uint64_t redirect = 0;
  std::vector<std::string_view> prefixes;

  Choice choice() const {
    if (opt_in) return Choice::kOptIn;
    return opt_out ? Choice::kOptOut : Choice::kAll;
  }
};

bool fail(CommandContext& ctx, std::string_view text) {
  ctx.error(text);
  return false;
}

bool parseRedirect(CommandContext& ctx, std::string_view text, TrackingOptions& options) {
  if (options.redirect != 0) return fail(ctx, errors::kRedirectTwice);
  int64_t id;
  if (!ctx.parseInteger(text, id)) return false;
  if (id <= 0 || ctx.clients().registry.find(static_cast<uint64_t>(id)) == nullptr) {
    return fail(ctx, errors::kRedirectNowhere);
  }
  options.redirect = static_cast<uint64_t>(id);
  return true;
}

bool parseOptions(CommandContext& ctx, TrackingOptions& options) {
  const auto args = ctx.args;
  for (size_t i = 3; i < args.size(); ++i) {
    const bool last = i + 1 == args.size();
    if (equalsIgnoreCase(args[i], "redirect") && !last) {
      if (!parseRedirect(ctx, args[++i], options)) return false;
    } else if (equalsIgnoreCase(args[i], "prefix") && !last) {
      options.prefixes.push_back(args[++i]);
    } else if (equalsIgnoreCase(args[i], "bcast")) {
      options.broadcast = true;
    } else if (equalsIgnoreCase(args[i], "optin")) {
      options.opt_in = true;
    } else if (equalsIgnoreCase(args[i], "optout")) {
      options.opt_out = true;
    } else if (equalsIgnoreCase(args[i], "noloop")) {
      options.no_loop = true;
    } else {
      return fail(ctx, errors::kSyntax);
    }
  }
  options.on = equalsIgnoreCase(args[2], "on");
  return options.on || equalsIgnoreCase(args[2], "off") || fail(ctx, errors::kSyntax);
}

// One that the client has already and that begins with `prefix`, or that it begins with; the first
// of them. Null if there is none. But for the empty one, which it gets where none is given, none of
// those it has is the beginning of another: such a beginning can only be the last that sorts
// before.
const std::string* findOverlap(const ClientTracking& tracking, std::string_view prefix) {
  if (tracking.prefixes.empty()) return nullptr;
  if (tracking.prefixes.begin()->empty()) return &*tracking.prefixes.begin();
  const auto next = tracking.prefixes.lower_bound(prefix);
  if (next != tracking.prefixes.begin() && prefix.starts_with(*std::prev(next))) {
    return &*std::prev(next);
  }
  if (next != tracking.prefixes.end() && next->starts_with(prefix)) return &*next;
  return nullptr;
}

// The places of the first two prefixes of which one begins with the other. O(n log n).
std::optional<std::pair<size_t, size_t>> findOverlap(std::span<const std::string_view> prefixes) {
  std::vector<size_t> order(prefixes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return prefixes[a] < prefixes[b]; });
  // Those that begin with another follow it: on the way through, these are the beginnings of the
  // prefix at hand.
  std::vector<size_t> beginnings;
  size_t first = prefixes.size();
  for (const size_t place : order) {
    while (!beginnings.empty() && !prefixes[place].starts_with(prefixes[beginnings.back()])) {
      beginnings.pop_back();
    }
    if (!beginnings.empty()) first = std::min({first, place, beginnings.back()});
    beginnings.push_back(place);
  }
  if (first == prefixes.size()) return std::nullopt;
  size_t second = first + 1;
  while (!prefixes[second].starts_with(prefixes[first]) &&
         !prefixes[first].starts_with(prefixes[second])) {
    ++second;
  }
  return std::pair{first, second};
}

// A key must not be told of twice. Of several pairs that overlap the one is told that comparing
// each with all others in order finds, as Redis does.
bool expectNoOverlap(CommandContext& ctx, std::span<const std::string_view> prefixes) {
  const auto overlap = findOverlap(prefixes);
  if (const ClientTracking* const tracking = ctx.client.tracking.get()) {
    const size_t end = overlap ? overlap->first + 1 : prefixes.size();
    for (const std::string_view prefix : prefixes.first(end)) {
      const std::string* const existing = findOverlap(*tracking, prefix);
      if (existing == nullptr) continue;
      return fail(ctx, fmt::format(errors::kPrefixOverlapsExisting, prefix, *existing));
    }
  }
  if (!overlap) return true;
  return fail(ctx, fmt::format(errors::kPrefixOverlapsProvided, prefixes[overlap->first],
                               prefixes[overlap->second]));
}

bool expectConsistent(CommandContext& ctx, const TrackingOptions& options) {
  const ClientTracking* const before = ctx.client.tracking.get();
  if (!options.broadcast && !options.prefixes.empty()) {
    return fail(ctx, errors::kPrefixWithoutBcast);
  }
  if (before != nullptr && before->broadcast != options.broadcast) {
    return fail(ctx, errors::kSwitchBcast);
  }
  if (options.broadcast && (options.opt_in || options.opt_out)) {
    return fail(ctx, errors::kOptWithBcast);
  }
  if (options.opt_in && options.opt_out) return fail(ctx, errors::kOptInAndOut);
  const Choice opposite = options.opt_in ? Choice::kOptOut : Choice::kOptIn;
  if (before != nullptr && (options.opt_in || options.opt_out) && before->choice == opposite) {
    return fail(ctx, errors::kSwitchOpt);
  }
  return !options.broadcast || expectNoOverlap(ctx, options.prefixes);
}

// ON|OFF [REDIRECT id] [PREFIX prefix]... [BCAST] [OPTIN] [OPTOUT] [NOLOOP]
void clientTracking(CommandContext& context) {
  TrackingOptions options;
  if (!parseOptions(context, options)) return;
  if (!options.on) {
    context.clients().tracking.disable(context.client);
    return context.reply.ok();
  }
  if (!expectConsistent(context, options)) return;
  ClientTracking how;
  how.broadcast = options.broadcast;
  how.choice = options.choice();
  how.no_loop = options.no_loop;
  how.redirect = options.redirect;
  // Without prefixes it is told of all keys.
  if (how.broadcast && options.prefixes.empty()) options.prefixes.emplace_back();
  context.clients().tracking.enable(context.client, std::move(how), options.prefixes);
  context.reply.ok();
}

// YES|NO
void clientCaching(CommandContext& context) {
  ClientTracking* const tracking = context.client.tracking.get();
  if (tracking == nullptr) return context.error(errors::kCachingWithoutTracking);
  const bool yes = equalsIgnoreCase(context.args[2], "yes");
  if (!yes && !equalsIgnoreCase(context.args[2], "no")) return context.error(errors::kSyntax);
  if (yes && tracking->choice != Choice::kOptIn) return context.error(errors::kCachingYes);
  if (!yes && tracking->choice != Choice::kOptOut) return context.error(errors::kCachingNo);
  tracking->chosen = true;
  context.reply.ok();
}

void clientGetRedir(CommandContext& context) {
  const ClientTracking* const tracking = context.client.tracking.get();
  context.reply.integer(tracking == nullptr ? -1 : static_cast<int64_t>(tracking->redirect));
}

void clientTrackingInfo(CommandContext& context) {
  static const ClientTracking kNone;
  const ClientTracking* const tracking = context.client.tracking.get();
  std::vector<std::string_view> flags = {tracking == nullptr ? "off" : "on"};
  const ClientTracking& how = tracking == nullptr ? kNone : *tracking;
  if (how.broadcast) flags.emplace_back("bcast");
  if (how.choice == Choice::kOptIn) flags.emplace_back("optin");
  if (how.choice == Choice::kOptIn && how.chosen) flags.emplace_back("caching-yes");
  if (how.choice == Choice::kOptOut) flags.emplace_back("optout");
  if (how.choice == Choice::kOptOut && how.chosen) flags.emplace_back("caching-no");
  if (how.no_loop) flags.emplace_back("noloop");
  if (how.redirect_broken) flags.emplace_back("broken_redirect");
  ReplyBuilder& reply = context.reply;
  reply.map(3);
  reply.bulk("flags");
  reply.set(flags.size());
  for (const std::string_view flag : flags) reply.bulk(flag);
  reply.bulk("redirect");
  clientGetRedir(context);
  reply.bulk("prefixes");
  reply.array(how.prefixes.size());
  for (const std::string& prefix : how.prefixes) reply.bulk(prefix);
}

constexpr CommandRow kRows[] = {
    {.name = "client|tracking",
     .syntax = "oneof:status(token:on=ON token:off=OFF) integer:client-id=REDIRECT? "
               "string:prefix=PREFIX?*+ token:bcast=BCAST? token:optin=OPTIN? token:optout=OPTOUT? "
               "token:noloop=NOLOOP?",
     .arity = -3,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientTracking,
     .since = "6.0.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Tells the connection when keys that it read are changed.",
     .help =
         "TRACKING (ON|OFF) [REDIRECT <client-id>] [BCAST] [PREFIX <prefix> [...]] [OPTIN] "
         "[OPTOUT]\n"
         "    [NOLOOP]\n"
         "    Tell this connection, or the one redirected to, when keys that it read are changed."},
    {.name = "client|caching",
     .syntax = "oneof:mode(token:yes=YES token:no=NO)",
     .arity = 3,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientCaching,
     .since = "6.0.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Has the keys of the next command tracked, or not.",
     .help = "CACHING (YES|NO)\n"
             "    Have the keys of the next command tracked, or not (OPTIN, OPTOUT)."},
    {.name = "client|getredir",
     .arity = 2,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientGetRedir,
     .since = "6.0.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Tells who is told what the connection tracks.",
     .help = "GETREDIR\n"
             "    Number of the connection that is told what this one tracks."},
    {.name = "client|trackinginfo",
     .arity = 2,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientTrackingInfo,
     .since = "6.2.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Tells how the connection tracks.",
     .help = "TRACKINGINFO\n"
             "    How this connection tracks."},
};

}  // namespace

CommandRows clientTrackingRows() {
  return kRows;
}

}  // namespace inkstone
