#include "server/client.h"

#include "server/acl/acl_user.h"
#include "server/blocking.h"
#include "server/pubsub.h"
#include "server/tracking.h"
#include "server/transaction.h"
#include "server/watched_keys.h"

namespace inkstone {

Client::Client(uint64_t id, OutputBlockPool& pool) : id_(id), output_(pool), reply_(output_) {}

Client::~Client() = default;

std::string_view Client::userName() const {
  return acl_user == nullptr ? AclUser::kDefaultName : std::string_view(acl_user->name());
}

void Client::resetSession() {
  transaction.reset();
  db = 0;
  name.clear();
  reply_mode = ReplyMode::kOn;
  no_evict = false;
  no_touch = false;
  reply_.setProtocol(2);
  reply_.setMuted(false);
}

}  // namespace inkstone
