#include "server/clients/reply_gate.h"

#include <algorithm>
#include <string>

#include "server/clients/client.h"
#include "server/command_table/command.h"
#include "server/command_table/command_keys.h"
#include "server/process/server_stats.h"

namespace inkstone {

KeyHash ReplyGate::firstKeyOf(const RanCommand& ran) const {
  return ran.key_hash.known() ? ran.key_hash : KeyHash(hasher_(ran.args[1]));
}

void ReplyGate::holdWrite(Client& client, const RanCommand& ran, TransactionHolds* transaction) {
  if (transaction != nullptr) return noteTransactionWrite(ran, *transaction);
  const uint64_t offset = client.write_offset = log_.fedOffset();
  client.holds.addWrite(ran.reply_position, client.output().position(), offset,
                        log_.gatheringFrom());
  const uint64_t acknowledged = log_.acknowledgeableOffset();
  if (ran.command.singleKey()) return pending_.add(firstKeyOf(ran), offset, acknowledged);
  const auto keys = findKeys(ran.command.row(), ran.args);
  if (!keys || keys->empty()) return pending_.addUnknown(offset);
  for (const KeyPosition& key : *keys) {
    pending_.add(KeyHash(hasher_(ran.args[key.argument])), offset, acknowledged);
  }
}

// A reply may show a write of another client, or say that there was nothing to do because of one.
// It has to be as durable as that write.
void ReplyGate::holdRead(Client& client, const RanCommand& ran, TransactionHolds* transaction) {
  if (!ran.command.touchesData()) return;
  uint64_t offset = 0;
  if (ran.command.singleKey()) {
    offset = pending_.offsetOf(firstKeyOf(ran));
  } else if (const auto keys = findKeys(ran.command.row(), ran.args);
             keys && !keys->empty() && ran.command.keysAreKnown()) {
    for (const KeyPosition& key : *keys) {
      offset = std::max(offset, pending_.offsetOf(KeyHash(hasher_(ran.args[key.argument]))));
    }
  } else {
    offset = pending_.lastOffset();
  }
  if (transaction != nullptr) {
    transaction->read_offset = std::max(transaction->read_offset, offset);
  } else {
    holdFrom(client, ran.reply_position, offset);
  }
}

void ReplyGate::noteTransactionWrite(const RanCommand& ran, TransactionHolds& transaction) const {
  transaction.wrote = true;
  if (ran.command.singleKey()) return transaction.written_keys.push_back(firstKeyOf(ran));
  const auto keys = findKeys(ran.command.row(), ran.args);
  if (!keys || keys->empty()) transaction.wrote_unknown_keys = true;
  if (!keys) return;
  for (const KeyPosition& key : *keys) {
    transaction.written_keys.emplace_back(hasher_(ran.args[key.argument]));
  }
}

void ReplyGate::onTransactionEnd(Client& client, const TransactionHolds& transaction,
                                 uint64_t reply_position) {
  if (!transaction.wrote) return holdFrom(client, reply_position, transaction.read_offset);
  const uint64_t offset = client.write_offset = log_.fedOffset();
  const uint64_t acknowledged = log_.acknowledgeableOffset();
  for (const KeyHash hash : transaction.written_keys) pending_.add(hash, offset, acknowledged);
  if (transaction.wrote_unknown_keys) pending_.addUnknown(offset);
  if (offset <= acknowledged) return;
  client.holds.addWrite(reply_position, client.output().position(), offset, log_.gatheringFrom());
}

void ReplyGate::holdForEverything(Client& client) {
  holdFrom(client, client.output().position(), log_.fedOffset());
}

void ReplyGate::holdFrom(Client& client, uint64_t position, uint64_t offset) {
  if (offset <= log_.acknowledgeableOffset()) return;
  client.holds.add(position, offset, log_.gatheringFrom());
}

bool ReplyGate::endHolds(Client& client) {
  const std::vector<ReplyHolds::Writes> writes = client.holds.endAll();
  OutputBuffer& output = client.output();
  // An output that has overflowed holds nothing that could be replaced, and nothing will be sent.
  if (writes.empty() || output.overflowed()) return false;
  const std::string error = log_.unloggedError();
  uint64_t at = output.consumedPosition();
  const bool owed_before_welcome = client.welcome_position > at;
  const std::string owed = output.takeAll();
  std::string_view rest = owed;
  for (const ReplyHolds::Writes& one : writes) {
    output.append(rest.substr(0, static_cast<size_t>(one.begin - at)));
    for (uint64_t i = 0; i < one.replies; ++i) output.append("-" + error + "\r\n");
    rest.remove_prefix(static_cast<size_t>(one.end - at));
    at = one.end;
    stats_.countError(error, one.replies);
    stats_.unlogged_replies += one.replies;
  }
  output.append(rest);
  // The output from before the session began was allowed to be larger, and still is.
  if (owed_before_welcome) client.welcome_position = output.position();
  return true;
}

}  // namespace inkstone
