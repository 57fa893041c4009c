#include "server/clients/pushes.h"

#include <utility>

#include "base/kept_buffer.h"
#include "server/server.h"

namespace inkstone {

namespace {
constexpr size_t kSentKept = 1024;
}  // namespace

void Pushes::send(Client& to, std::string_view bytes, bool tells_of_write) {
  if (to.close_asap) return;
  server_.executor.noteSideEffect();
  if (&to == server_.executor.executing()) {
    own_ += bytes;
    own_tell_of_write_ = own_tell_of_write_ || tells_of_write;
    return;
  }
  sent_.push_back({&to, to.output().position(), tells_of_write});
  to.output().appendMessage(bytes);
  server_.clients.schedulePush(to);
  server_.output_limits.enforce(to);
}

void Pushes::settle(Client* by) {
  if (!own_.empty()) {
    const std::string own = std::exchange(own_, {});
    sent_.push_back({by, by->output().position(), std::exchange(own_tell_of_write_, false)});
    by->output().append(own);
    server_.clients.scheduleOutput(*by);
  }
  const uint64_t acknowledged = server_.log.acknowledgeableOffset();
  const uint64_t replied = by == nullptr ? 0 : by->holds.lastOffset();
  for (const Sent& sent : sent_) {
    const uint64_t offset = sent.tells_of_write ? server_.log.fedOffset() : replied;
    if (offset <= acknowledged) continue;
    sent.to->holds.add(sent.position, offset, server_.log.gatheringFrom());
  }
  clearKept(sent_, kSentKept);
}

void Pushes::forget(const Client& client) {
  std::erase_if(sent_, [&client](const Sent& sent) { return sent.to == &client; });
}

}  // namespace inkstone
