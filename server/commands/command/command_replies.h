// What COMMAND tells of a command.
#pragma once

namespace inkstone {

class Command;
class ReplyBuilder;

// One element of COMMAND INFO, with its subcommands.
void replyCommandInfo(ReplyBuilder& reply, const Command& command);

// One value of COMMAND DOCS, with its subcommands.
void replyCommandDocs(ReplyBuilder& reply, const Command& command);

// Key flags as a set of status replies ("RW", "access", ...).
void replyKeyFlags(ReplyBuilder& reply, unsigned flags);

}  // namespace inkstone
