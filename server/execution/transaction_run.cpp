// EXEC: queued commands are executed as if they were one.
#include <utility>

#include "base/kept_buffer.h"
#include "server/clients/clients.h"
#include "server/clients/transaction.h"
#include "server/execution/admission.h"
#include "server/execution/executor.h"
#include "server/execution/propagation.h"
#include "server/process/runtime.h"

namespace inkstone {

namespace {
// Most transactions write fewer keys.
constexpr size_t kWrittenKeysKept = 1024;
}  // namespace

void Executor::queue(Client& client, const Item& item, std::span<const std::string_view> args) {
  // Commands that will not be executed need not be kept.
  const bool doomed =
      client.transaction->failed() || (client.watches != nullptr && client.watches->touched);
  if (!doomed) client.transaction->queue({*item.command, args, item.frame, item.key_hash});
  client.reply().simpleString("QUEUED");
}

void Executor::runTransaction(Client& client) {
  const Transaction& transaction = *client.transaction;
  const uint64_t position = client.output().position();
  const Clock::Moment moment = runtime_.clock.moment();
  TransactionHolds holds;
  holds.written_keys = std::move(spare_keys_);
  TransactionHolds* const outer = std::exchange(transaction_, &holds);
  propagation_.beginBlock();
  client.reply().array(transaction.commands().size());
  for (const QueuedCommand& queued : transaction.commands()) {
    // A command that only reads has no effect any more. The others are executed, because the
    // transaction is one.
    if (client.output().overflowed() && queued.command().has(kCmdReadonly)) continue;
    if (client.unrestricted || admission_.stillPermits(client, queued.command(), queued.args())) {
      call(client, {queued.command(), queued.args(), queued.frame(), queued.keyHash()});
      if (client.tracking != nullptr) {
        clients_.tracking.rememberReads(client, queued.command(), queued.args());
      }
    }
    runtime_.clock.standAt(moment);
  }
  runtime_.clock.goOnFrom(moment);
  propagation_.endBlock();
  transaction_ = outer;
  clients_.gate.onTransactionEnd(client, holds, position);
  clearKept(holds.written_keys, kWrittenKeysKept);
  spare_keys_ = std::move(holds.written_keys);
  client.endTransaction();
}

}  // namespace inkstone
