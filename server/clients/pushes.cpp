#include "server/clients/pushes.h"

#include <utility>

#include "base/kept_buffer.h"
#include "server/clients/client_registry.h"
#include "server/clients/output_limits.h"
#include "server/clients/reply_gate.h"
#include "server/clients/side_effects.h"

namespace inkstone {

namespace {
constexpr size_t kSentKept = 1024;
}  // namespace

void Pushes::send(Client& to, std::string_view bytes, bool tells_of_write) {
  if (to.close_asap) return;
  side_effects_.note();
  if (&to == side_effects_.executing()) {
    own_ += bytes;
    own_tell_of_write_ = own_tell_of_write_ || tells_of_write;
    return;
  }
  sent_.push_back({&to, to.output().position(), tells_of_write});
  to.output().appendMessage(bytes);
  registry_.schedulePush(to);
  limits_.enforce(to);
}

void Pushes::settle(Client* by) {
  if (!own_.empty()) {
    const std::string own = std::exchange(own_, {});
    sent_.push_back({by, by->output().position(), std::exchange(own_tell_of_write_, false)});
    by->output().append(own);
    registry_.scheduleOutput(*by);
  }
  const uint64_t replied = by == nullptr ? 0 : by->holds.lastOffset();
  for (const Sent& sent : sent_) {
    const uint64_t offset = sent.tells_of_write ? gate_.writtenOffset() : replied;
    gate_.holdFrom(*sent.to, sent.position, offset);
  }
  clearKept(sent_, kSentKept);
}

void Pushes::forget(const Client& client) {
  std::erase_if(sent_, [&client](const Sent& sent) { return sent.to == &client; });
}

}  // namespace inkstone
