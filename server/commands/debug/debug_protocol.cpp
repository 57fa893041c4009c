// DEBUG PROTOCOL: a reply of each type.
#include "base/ascii.h"
#include "server/command_table/errors.h"
#include "server/commands/debug/debug_subcommands.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

void replyMap(ReplyBuilder& reply) {
  reply.map(3);
  for (int i = 0; i < 3; ++i) {
    reply.integer(i);
    reply.boolean(i == 1);
  }
}

void replyNumbers(ReplyBuilder& reply) {
  for (int i = 0; i < 3; ++i) reply.integer(i);
}

void replyAttribute(ReplyBuilder& reply) {
  if (reply.protocol() > 2) {
    reply.attribute(1);
    reply.bulk("key-popularity");
    reply.array(2);
    reply.bulk("key:123");
    reply.integer(90);
  }
  // What is described comes behind its description.
  reply.bulk("Some real reply following the attribute");
}

void replyPush(ReplyBuilder& reply) {
  if (reply.protocol() < 3) return reply.error(errors::kNoRespTwo);
  reply.push(2);
  reply.bulk("server-cpu-usage");
  reply.integer(42);
  // A push is no reply; the command still owes one.
  reply.bulk("Some real reply following the push reply");
}

struct Example {
  std::string_view name;
  void (*write)(ReplyBuilder&);
};

constexpr Example kExamples[] = {
    {"string", [](ReplyBuilder& reply) { reply.bulk("Hello World"); }},
    {"integer", [](ReplyBuilder& reply) { reply.integer(12345); }},
    {"double", [](ReplyBuilder& reply) { reply.doubleText("3.141"); }},
    {"bignum",
     [](ReplyBuilder& reply) { reply.bigNumber("1234567999999999999999999999999999999"); }},
    {"null", [](ReplyBuilder& reply) { reply.null(); }},
    {"array",
     [](ReplyBuilder& reply) {
       reply.array(3);
       replyNumbers(reply);
     }},
    {"set",
     [](ReplyBuilder& reply) {
       reply.set(3);
       replyNumbers(reply);
     }},
    {"map", replyMap},
    {"attrib", replyAttribute},
    {"push", replyPush},
    {"verbatim", [](ReplyBuilder& reply) { reply.verbatim("txt", "This is a verbatim\nstring"); }},
    {"true", [](ReplyBuilder& reply) { reply.boolean(true); }},
    {"false", [](ReplyBuilder& reply) { reply.boolean(false); }},
};

void debugProtocol(CommandContext& context) {
  for (const Example& example : kExamples) {
    if (equalsIgnoreCase(context.args[2], example.name)) return example.write(context.reply);
  }
  std::string names;
  for (const Example& example : kExamples) {
    if (!names.empty()) names += '|';
    names += example.name;
  }
  context.error("ERR Wrong protocol type name. Please use one of the following: " + names);
}

constexpr DebugSubcommand kSubcommands[] = {
    {.name = "protocol",
     .args_min = 3,
     .args_max = 3,
     .handler = debugProtocol,
     .help = "PROTOCOL <type>\n"
             "    A reply of that type: string, integer, double, bignum, null, array, set, map, "
             "attrib,\n"
             "    push, verbatim, true, false."},
};

}  // namespace

std::span<const DebugSubcommand> debugProtocolSubcommands() {
  return kSubcommands;
}

}  // namespace inkstone
