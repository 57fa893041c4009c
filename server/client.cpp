#include "server/client.h"

namespace inkstone {

void Client::resetSession() {
  db = 0;
  name.clear();
  reply_mode = ReplyMode::kOn;
  no_evict = false;
  no_touch = false;
  reply_.setProtocol(2);
  reply_.setMuted(false);
}

}  // namespace inkstone
