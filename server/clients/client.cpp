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
  // That a reply is left out is for the RESET, if it is the next command, as for any other.
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
