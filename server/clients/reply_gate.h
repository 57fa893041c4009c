// Keeps a reply back until everything it tells of is as durable as the policy promises, and only
// that long: a write's reply waits for the write, and so does every reply about a key that was
// written and is not durable yet, whoever asks. All others leave at once.
//
// The gate says what waits and for which log offset; it is noted in the client's ReplyHolds, by the
// place of the reply in the client's output.
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

// A command that has run and replied.
struct RanCommand {
  const Command& command;
  std::span<const std::string_view> args;
  // The hash of its first key.
  KeyHash key_hash;
  // Where its reply begins in the client's output.
  uint64_t reply_position;
};

// What a transaction, of which the text ends with EXEC, wrote and read: nothing of it is in the log
// before that EXEC is, so its one reply waits for all of it.
struct TransactionHolds {
  std::vector<KeyHash> written_keys;
  bool wrote = false;
  // It wrote keys that are not known, or all of them.
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

  // Every write made so far may be acknowledged, so any reply may leave, whatever it has seen.
  bool isOpen() const { return log_.acknowledgeableOffset() == log_.fedOffset(); }
  // Where the last write ends in the log.
  uint64_t writtenOffset() const { return log_.fedOffset(); }

  // The command, which is over, has written; within a transaction this is noted in `transaction`.
  void onWrite(Client& client, const RanCommand& ran, TransactionHolds* transaction) {
    if (log_.isOn()) holdWrite(client, ran, transaction);
  }
  // The command, which is over, has written nothing.
  void onRead(Client& client, const RanCommand& ran, TransactionHolds* transaction) {
    if (!pending_.empty()) holdRead(client, ran, transaction);
  }
  // The transaction is over and its EXEC fed; the reply begins at `reply_position`.
  void onTransactionEnd(Client& client, const TransactionHolds& transaction,
                        uint64_t reply_position);

  // The reply that the client is about to get may tell of any write that was made so far.
  void holdForEverything(Client& client);
  // What the client is owed from `position` on waits until the log is acknowledged up to `offset`.
  void holdFrom(Client& client, uint64_t position, uint64_t offset);

  // The end of a turn.
  void forgetAcknowledged() {
    if (isOpen()) pending_.clear();
  }
  // Nothing that the client is owed waits for the log any longer (AppendOnlyLog::holdsAreOver()):
  // in place of each reply to a write there is an error, all others stay as they are. For the end
  // of a turn. False if nothing was changed.
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
