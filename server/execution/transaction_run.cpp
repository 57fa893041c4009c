// EXEC: queued commands run as if they were one.
#include <algorithm>

#include "base/kept_buffer.h"
#include "server/acl/access_control.h"
#include "server/clients/tracking.h"
#include "server/clients/transaction.h"
#include "server/command_table/command_keys.h"
#include "server/execution/executor.h"
#include "server/server.h"

namespace inkstone {

namespace {
// Most transactions write fewer.
constexpr size_t kWrittenKeysKept = 1024;
}  // namespace

void Executor::queue(Client& client, const Item& item, std::span<const std::string_view> args) {
  // What will not be executed need not be kept.
  const bool doomed =
      client.transaction->failed() || (client.watches != nullptr && client.watches->touched);
  if (!doomed) client.transaction->queue({*item.command, args, item.frame, item.key_hash});
  client.reply().simpleString("QUEUED");
}

// The rules may be others than when it was queued.
bool Executor::stillPermits(Client& client, const QueuedCommand& queued) {
  const AclDenial denial = server_.acl->check(client, queued.command(), queued.args());
  if (!denial) return true;
  client.reply().error(aclExecDenialReply(denial));
  countError(client);
  return false;
}

void Executor::runTransaction(Client& client) {
  const Transaction& transaction = *client.transaction;
  const uint64_t position = client.output().position();
  const Clock::Moment moment = server_.clock.moment();
  in_transaction_ = true;
  written_keys_.clear();
  wrote_ = wrote_unknown_keys_ = false;
  hold_offset_ = 0;
  log_block_.begin();
  client.reply().array(transaction.commands().size());
  for (const QueuedCommand& queued : transaction.commands()) {
    // What only reads has no effect any more; the others have, the transaction being one.
    if (client.output().overflowed() && queued.command().has(kCmdReadonly)) continue;
    if (client.unrestricted || stillPermits(client, queued)) {
      call(client, queued.command(), queued.args(), queued.frame(), queued.keyHash());
      if (client.tracking != nullptr) {
        server_.tracking->rememberReads(client, queued.command(), queued.args());
      }
    }
    server_.clock.standAt(moment);
  }
  server_.clock.goOnFrom(moment);
  log_block_.end();
  in_transaction_ = false;
  holdTransaction(client, position);
  clearKept(written_keys_, kWrittenKeysKept);
  client.transaction.reset();
}

void Executor::holdUntilAcknowledged(Client& client) {
  const uint64_t offset = server_.log.fedOffset();
  if (offset <= server_.log.acknowledgeableOffset()) return;
  client.holds.add(client.output().position(), offset, server_.log.gatheringFrom());
}

// Its text ends with EXEC: what it wrote is not in the log before that is.
void Executor::noteTransactionWrite(const Command& command, std::span<const std::string_view> args,
                                    uint64_t key_hash) {
  wrote_ = true;
  if (command.singleKey()) return written_keys_.push_back(key_hash);
  const auto keys = findKeys(command.row(), args);
  wrote_unknown_keys_ = wrote_unknown_keys_ || !keys || keys->empty();
  if (!keys) return;
  for (const KeyPosition& key : *keys) {
    written_keys_.push_back(server_.keyspace.hasher()(args[key.argument]));
  }
}

// The reply of EXEC is one: it leaves when all that any part of it tells of may be told.
void Executor::holdTransaction(Client& client, uint64_t position) {
  const uint64_t acknowledged = server_.log.acknowledgeableOffset();
  if (wrote_) {
    hold_offset_ = client.write_offset = server_.log.fedOffset();
    for (const uint64_t hash : written_keys_) {
      server_.pending_keys.add(hash, hold_offset_, acknowledged);
    }
    if (wrote_unknown_keys_) server_.pending_keys.addUnknown(hold_offset_);
  }
  if (hold_offset_ <= acknowledged) return;
  const uint64_t gathering_from = server_.log.gatheringFrom();
  if (wrote_) {
    client.holds.addWrite(position, client.output().position(), hold_offset_, gathering_from);
  } else {
    client.holds.add(position, hold_offset_, gathering_from);
  }
}

}  // namespace inkstone
