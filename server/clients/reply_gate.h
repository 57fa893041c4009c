// Holds a reply back until everything that it tells about is as durable as the policy promises, and
// no longer. The reply to a write waits for that write. So does every reply about a key that was
// written and is not durable yet, whichever client asks. All other replies leave at once.
//
// The gate decides which output waits for which log offset, and notes it in the ReplyHolds of the
// client, by the place of the reply in the client's output.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "persistence/log/append_only_log.h"
#include "server/clients/pending_keys.h"
#include "storage/key_hash.h"

namespace inkstone {

class Client;
class Command;
struct ServerStats;

// A command that is over and has replied.
struct RanCommand {
  const Command& command;
  std::span<const std::string_view> args;
  // The hash of its first key.
  KeyHash key_hash;
  // The place in the client's output where its reply begins.
  uint64_t reply_position;
};

// The keys that a transaction wrote and the offset that it read. Its text in the log ends with
// EXEC, and nothing of it counts before that, so its one reply waits for all of it.
struct TransactionHolds {
  std::vector<KeyHash> written_keys;
  bool wrote = false;
  // It wrote keys that are not known, or all keys.
  bool wrote_unknown_keys = false;
  // The highest offset that any of its replies waits for.
  uint64_t read_offset = 0;
};

// For the loop thread.
class ReplyGate {
 public:
  // All must outlive this object.
  ReplyGate(AppendOnlyLog& log, const KeyHasher& hasher, ServerStats& stats)
      : log_(log), hasher_(hasher), stats_(stats) {}

  // Every write so far may be acknowledged, so any reply may leave, whatever it tells about.
  bool isOpen() const { return log_.acknowledgeableOffset() == log_.fedOffset(); }
  // The offset at which the last write ends in the log.
  uint64_t writtenOffset() const { return log_.fedOffset(); }

  // The command is over and has written. Within a transaction this is noted in `transaction`.
  void onWrite(Client& client, const RanCommand& ran, TransactionHolds* transaction) {
    if (log_.isOn()) holdWrite(client, ran, transaction);
  }
  // The command is over and has written nothing.
  void onRead(Client& client, const RanCommand& ran, TransactionHolds* transaction) {
    if (!pending_.empty()) holdRead(client, ran, transaction);
  }
  // The transaction is over, and its EXEC was fed. Its reply begins at `reply_position`.
  void onTransactionEnd(Client& client, const TransactionHolds& transaction,
                        uint64_t reply_position);

  // The client is about to get a reply that may tell about any write so far.
  void holdForEverything(Client& client);
  // The output of the client from `position` on waits until the log is acknowledged up to `offset`.
  void holdFrom(Client& client, uint64_t position, uint64_t offset);

  // The end of a turn.
  void forgetAcknowledged() {
    if (isOpen()) pending_.clear();
  }
  // Ends all holds of the client although the log is not acknowledged
  // (AppendOnlyLog::holdsAreOver()). Each reply to a write is replaced by an error, and all other
  // replies stay as they are. Call it at the end of a turn. Returns false if nothing was changed.
  bool endHolds(Client& client);

  const PendingKeys& pendingKeys() const { return pending_; }

 private:
  void holdWrite(Client& client, const RanCommand& ran, TransactionHolds* transaction);
  void holdRead(Client& client, const RanCommand& ran, TransactionHolds* transaction);
  void noteTransactionWrite(const RanCommand& ran, TransactionHolds& transaction) const;
  KeyHash firstKeyOf(const RanCommand& ran) const;

  AppendOnlyLog& log_;
  const KeyHasher& hasher_;
  ServerStats& stats_;
  PendingKeys pending_;
};

}  // namespace inkstone
