#include "server/clients/client_description.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "server/clients/blocking.h"
#include "server/clients/client.h"
#include "server/clients/client_memory.h"
#include "server/clients/pubsub.h"
#include "server/clients/tracking.h"
#include "server/clients/transaction.h"
#include "server/clients/watched_keys.h"
#include "server/command_table/command.h"

namespace inkstone {
namespace {

std::string flagsOf(const Client& client) {
  std::string flags;
  if (client.subscriptions != nullptr) flags += 'P';
  if (client.transaction != nullptr) flags += 'x';
  if (client.blocked != nullptr) flags += 'b';
  if (client.tracking != nullptr) {
    flags += 't';
    if (client.tracking->redirect_broken) flags += 'R';
    if (client.tracking->broadcast) flags += 'B';
  }
  if (client.watches != nullptr && client.watches->touched) flags += 'd';
  if (client.close_after_reply) flags += 'c';
  if (client.close_asap) flags += 'A';
  if (client.transport != nullptr && client.transport->isUnixSocket()) flags += 'U';
  if (client.no_evict) flags += 'e';
  if (client.no_touch) flags += 'T';
  return flags.empty() ? "N" : flags;
}

size_t subscribed(const Client& client, ChannelKind kind) {
  return client.subscriptions == nullptr ? 0 : client.subscriptions->count(kind);
}

// -1 outside of MULTI.
int64_t queuedCommands(const Client& client) {
  if (client.transaction == nullptr) return -1;
  return static_cast<int64_t>(client.transaction->commands().size());
}

void appendIdentity(std::string& line, const Client& client, int64_t now_ms) {
  const ClientTransport* transport = client.transport;
  fmt::format_to(
      std::back_inserter(line),
      "id={} addr={} laddr={} fd={} name={} age={} idle={} flags={} db={} sub={} psub={} "
      "ssub={} multi={}",
      client.id(), transport != nullptr ? transport->peerAddress() : "?:0",
      transport != nullptr ? transport->localAddress() : "?:0",
      transport != nullptr ? transport->fileDescriptor() : -1, client.name,
      (now_ms - client.created_ms) / 1000, (now_ms - client.last_interaction_ms) / 1000,
      flagsOf(client), client.db, subscribed(client, ChannelKind::kChannel),
      subscribed(client, ChannelKind::kPattern), subscribed(client, ChannelKind::kShard),
      queuedCommands(client));
}

// The first block of the output counts as the reply buffer, those behind it as the reply list.
void appendBuffers(std::string& line, const Client& client, size_t argument_bytes) {
  const ClientTransport* transport = client.transport;
  const OutputBuffer& output = client.output();
  const size_t blocks = output.blockCount();
  const size_t first_block = std::min(output.memoryBytes(), OutputBlockPool::kBlockBytes);
  const size_t waiting_in_first = std::min(output.size(), first_block);
  if (argument_bytes == 0 && transport != nullptr) {
    argument_bytes = transport->pendingArgumentBytes();
  }
  fmt::format_to(
      std::back_inserter(line),
      " qbuf={} qbuf-free={} argv-mem={} multi-mem={} rbs={} rbp={} obl={} oll={} omem={}"
      " tot-mem={}",
      transport != nullptr ? transport->queryBufferBytes() : 0,
      transport != nullptr ? transport->queryBufferFree() : 0, argument_bytes,
      client.transaction != nullptr ? client.transaction->argumentBytes() : 0, first_block,
      waiting_in_first, waiting_in_first, blocks > 1 ? blocks - 1 : 0,
      output.memoryBytes() - first_block, clientMemoryBytes(client));
}

}  // namespace

std::string describeClient(const Client& client, int64_t now_ms, size_t argument_bytes) {
  std::string line;
  appendIdentity(line, client, now_ms);
  appendBuffers(line, client, argument_bytes);
  fmt::format_to(
      std::back_inserter(line), " events={} cmd={} user={} redir={} resp={} lib-name={} lib-ver={}",
      client.transport == nullptr ? "" : "r",
      client.last_command != nullptr ? client.last_command->fullName() : "NULL", client.userName(),
      client.tracking == nullptr ? -1 : static_cast<int64_t>(client.tracking->redirect),
      client.reply().protocol(), client.library_name, client.library_version);
  return line;
}

}  // namespace inkstone
