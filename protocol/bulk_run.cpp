#include "protocol/bulk_run.h"

namespace inkstone {

void BulkRun::addSlowly(std::string_view bytes) {
  if (reply_.muted()) return;
  close();
  if (bytes.size() > kShortMax) {
    reply_.bulk(bytes);
    return open(kRoomMin);
  }
  open(bytes.size() + kRoomMin);
  add(bytes);
}

}  // namespace inkstone
