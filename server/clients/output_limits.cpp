#include "server/clients/output_limits.h"

#include <algorithm>

#include "persistence/log/append_only_log.h"
#include "server/clients/client.h"
#include "server/clients/client_registry.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

const OutputBufferLimit& limitOf(const ConfigValues& settings, const Client& client) {
  return settings
      .client_output_buffer_limit[client.subscriptions != nullptr ? kClientPubsub : kClientNormal];
}

// The bytes that wait since the client's session began. The client was allowed to ask for what it
// is owed from before a RESET.
uint64_t waitingSinceWelcome(const Client& client) {
  const OutputBuffer& output = client.output();
  return output.position() - std::max(output.consumedPosition(), client.welcome_position);
}

}  // namespace

void OutputLimits::enforce(Client& client) {
  if (client.close_asap || client.transport == nullptr) return;
  if (client.stranger) enforceBeforeAuth(client);
  const OutputBufferLimit& limit = limitOf(runtime_.settings, client);
  const size_t owed = client.output().size();
  runtime_.stats.max_output_buffer = std::max<uint64_t>(runtime_.stats.max_output_buffer, owed);
  const int64_t now_ms = runtime_.clock.monotonicMs();
  const bool above_soft = limit.soft_bytes != 0 && owed >= limit.soft_bytes;
  if (!above_soft) {
    client.soft_limit_since_ms = 0;
  } else if (client.soft_limit_since_ms == 0) {
    client.soft_limit_since_ms = now_ms;
  }
  const bool soft_expired =
      above_soft && now_ms - client.soft_limit_since_ms > limit.soft_seconds * 1000;
  const bool above_hard = limit.hard_bytes != 0 && owed >= limit.hard_bytes;
  if (above_hard || soft_expired) close(client);
}

uint64_t OutputLimits::hardLimit(const Client& client) const {
  const uint64_t hard = limitOf(runtime_.settings, client).hard_bytes;
  return hard != 0 ? hard : runtime_.settings.client_output_buffer_max;
}

bool OutputLimits::mayWait(Client& client, size_t bytes) {
  if (bytes < hardLimit(client)) return true;
  runtime_.stats.max_output_buffer =
      std::max<uint64_t>(runtime_.stats.max_output_buffer, client.output().size());
  close(client);
  return false;
}

// Replies to a client that has not authenticated tell nothing about the data, so they need not wait
// for the log.
void OutputLimits::enforceAfterRequests(Client& client) {
  if (client.transport != nullptr && client.stranger &&
      waitingSinceWelcome(client) > kUnauthenticatedBytesMax &&
      client.output().consumedPosition() >= client.welcome_position) {
    client.transport->send(log_.acknowledgeableOffset());
  }
  enforce(client);
}

void OutputLimits::enforceBeforeAuth(Client& client) {
  // A client that is being closed may be owed replies from when it was still authenticated.
  if (client.close_after_reply) return;
  if (waitingSinceWelcome(client) <= kUnauthenticatedBytesMax) return;
  // Anybody can cause this any number of times, so it is counted and does not fill the server log.
  runtime_.logger.verbose("Closing client {} that is owed too much before AUTH",
                          client.transport->peerAddress());
  ++runtime_.stats.unauthenticated_output_disconnections;
  ++runtime_.stats.output_buffer_limit_disconnections;
  registry_.scheduleClose(client);
}

void OutputLimits::close(Client& client) {
  if (client.close_asap || client.transport == nullptr) return;
  runtime_.logger.warning(
      "Client {} scheduled to be closed ASAP for overcoming of output buffer limits.",
      client.transport->peerAddress());
  ++runtime_.stats.output_buffer_limit_disconnections;
  registry_.scheduleClose(client);
}

}  // namespace inkstone
