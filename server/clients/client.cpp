#include "server/clients/client.h"

#include "server/clients/blocking.h"
#include "server/clients/pubsub.h"
#include "server/clients/tracking.h"
#include "server/clients/transaction.h"
#include "server/clients/watched_keys.h"

namespace inkstone {

Client::Client(uint64_t id, OutputBlockPool& pool) : id_(id), output_(pool), reply_(output_) {}

Client::~Client() = default;

void Client::beginTransaction() {
  transaction = std::make_unique<Transaction>();
  noteSpecial(kInTransaction, true);
}

void Client::endTransaction() {
  transaction.reset();
  noteSpecial(kInTransaction, false);
}

bool Client::specialAgrees() const {
  return isPlain() == (unrestricted && transaction == nullptr && subscriptions == nullptr &&
                       tracking == nullptr);
}

void Client::resetSession() {
  endTransaction();
  db = 0;
  name.clear();
  // CLIENT REPLY SKIP is about the next command, and RESET may be that command.
  if (reply_mode != ReplyMode::kSkipping) {
    reply_mode = ReplyMode::kOn;
    reply_.setMuted(false);
  }
  welcome_position = output_.position();
  no_evict = false;
  no_touch = false;
  reply_.setProtocol(2);
}

}  // namespace inkstone
