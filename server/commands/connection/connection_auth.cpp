// Who a client is: AUTH, HELLO.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "server/acl/access_control.h"
#include "server/command_table/errors.h"
#include "server/commands/client/client_arguments.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"
#include "server/process/version.h"

namespace inkstone {
namespace {

struct HelloOptions {
  std::optional<int64_t> protocol;
  std::optional<std::pair<std::string_view, std::string_view>> credentials;
  std::optional<std::string_view> name;
};

bool parseProtocol(CommandContext& context, HelloOptions& options) {
  if (context.args.size() < 2) return true;
  int64_t version = 0;
  if (!context.parseInteger(context.args[1], version, errors::kProtocolNotInteger)) return false;
  if (version < 2 || version > 3) {
    context.error(errors::kNoSuchProtocol);
    return false;
  }
  options.protocol = version;
  return true;
}

bool parseHello(CommandContext& context, HelloOptions& options) {
  if (!parseProtocol(context, options)) return false;
  const auto args = context.args;
  for (size_t i = 2; i < args.size(); ++i) {
    const size_t following = args.size() - 1 - i;
    if (equalsIgnoreCase(args[i], "AUTH") && following >= 2) {
      options.credentials.emplace(args[i + 1], args[i + 2]);
      i += 2;
    } else if (equalsIgnoreCase(args[i], "SETNAME") && following >= 1) {
      if (!expectClientName(context, args[i + 1])) return false;
      options.name = args[i + 1];
      i += 1;
    } else {
      context.error(fmt::format(errors::kHelloOption, args[i]));
      return false;
    }
  }
  return true;
}

void replyHello(CommandContext& context) {
  ReplyBuilder& reply = context.reply;
  reply.map(7);
  reply.bulk("server");
  reply.bulk("redis");
  reply.bulk("version");
  reply.bulk(kRedisVersion);
  reply.bulk("proto");
  reply.integer(reply.protocol());
  reply.bulk("id");
  reply.integer(static_cast<int64_t>(context.client.id()));
  reply.bulk("mode");
  reply.bulk("standalone");
  reply.bulk("role");
  reply.bulk("master");
  reply.bulk("modules");
  reply.array(0);
}

// Checks user and password and lets the client in; else replies WRONGPASS and returns false, with
// the failure counted and noted in ACL LOG.
bool authenticate(CommandContext& context, std::string_view user, std::string_view password) {
  if (context.acl().login(context.client, user, password, context.args[0])) return true;
  context.error(errors::kWrongPassword);
  return false;
}

void authCommand(CommandContext& context) {
  const auto args = context.args;
  if (args.size() > 3) return context.error(errors::kSyntax);
  if (args.size() == 2 && context.acl().defaultUser().needsNoPassword()) {
    return context.error(errors::kNoPasswordSet);
  }
  if (authenticate(context, args.size() == 2 ? AclUser::kDefaultName : args[1], args.back())) {
    context.reply.ok();
  }
}

void helloCommand(CommandContext& context) {
  HelloOptions options;
  if (!parseHello(context, options)) return;
  if (options.credentials &&
      !authenticate(context, options.credentials->first, options.credentials->second)) {
    return;
  }
  if (!context.acl().isAuthenticated(context.client)) {
    return context.error(errors::kHelloNeedsAuth);
  }
  if (options.name) context.client.name = *options.name;
  if (options.protocol) context.reply.setProtocol(static_cast<int>(*options.protocol));
  replyHello(context);
}

constexpr CommandRow kRows[] = {
    {.name = "auth",
     .syntax = "string:username^6.0.0? string:password",
     .arity = -2,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale | kCmdFast | kCmdNoAuth | kCmdAllowBusy,
     .categories = kAclConnection,
     .handler = authCommand,
     .since = "1.0.0",
     .group = "connection",
     .complexity = "O(N) where N is the number of passwords defined for the user",
     .summary = "Authenticates the connection."},
    {.name = "hello",
     .syntax = "block:arguments?(integer:protover block:auth=AUTH?(string:username "
               "string:password) string:clientname=SETNAME?)",
     .arity = -1,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale | kCmdFast | kCmdNoAuth | kCmdAllowBusy,
     .categories = kAclConnection,
     .handler = helloCommand,
     .since = "6.0.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary =
         "Chooses the version of the protocol; can authenticate and name the connection too."},
};

}  // namespace

CommandRows connectionAuthRows() {
  return kRows;
}

}  // namespace inkstone
