#include "server/tracking.h"

#include <algorithm>
#include <utility>

#include "server/client.h"
#include "server/command.h"
#include "server/commands/command_keys.h"
#include "server/push_text.h"
#include "server/server.h"

namespace inkstone {
namespace {

// What a client of RESP2 that others redirect to listens to.
constexpr std::string_view kChannel = "__redis__:invalidate";

std::string arrayOf(const std::vector<std::string_view>& keys) {
  std::string text;
  appendHead(text, '*', keys.size());
  for (const std::string_view key : keys) appendBulk(text, key);
  return text;
}

}  // namespace

Tracking::Tracking(Server& server) : server_(server), table_(server.keyspace.hasher()) {}

void Tracking::enable(Client& client, ClientTracking how) {
  if (client.tracking != nullptr) {
    how.chosen = client.tracking->chosen;
    for (std::string& prefix : client.tracking->prefixes) how.prefixes.push_back(std::move(prefix));
  }
  std::sort(how.prefixes.begin(), how.prefixes.end());
  how.prefixes.erase(std::unique(how.prefixes.begin(), how.prefixes.end()), how.prefixes.end());
  for (const std::string& prefix : how.prefixes) {
    broadcasts_[prefix].clients.emplace(client.id(), &client);
  }
  client.tracking = std::make_unique<ClientTracking>(std::move(how));
  clients_.emplace(client.id(), &client);
  server_.key_events.setInterest(KeyEvents::kTracking, true);
}

void Tracking::disable(Client& client) {
  if (client.tracking == nullptr) return;
  for (const std::string& prefix : client.tracking->prefixes) {
    const auto found = broadcasts_.find(prefix);
    found->second.clients.erase(client.id());
    if (found->second.clients.empty()) broadcasts_.erase(found);
  }
  client.tracking.reset();
  clients_.erase(client.id());
  if (!clients_.empty()) return;
  table_.clear();
  server_.key_events.setInterest(KeyEvents::kTracking, false);
}

void Tracking::rememberReads(const Client& client, const Command& command,
                             std::span<const std::string_view> args) {
  if (!command.has(kCmdReadonly) || !client.tracking->remembersReads()) return;
  const auto keys = findKeys(command.row(), args);
  if (!keys) return;
  for (const KeyPosition& key : *keys) table_.remember(args[key.argument], client.id());
  limitTable();
}

// A limit that was lowered is come down to in steps.
void Tracking::limitTable() {
  constexpr int kStep = 100;
  const auto keys_max = static_cast<size_t>(server_.settings.tracking_table_max_keys);
  if (keys_max == 0) return;
  for (int i = 0; i < kStep && table_.keys() > keys_max; ++i) {
    invalidate(std::string(table_.randomKey(server_.random)), nullptr);
  }
}

void Tracking::keyChanged(std::string_view key, const Client* by) {
  for (auto& [prefix, broadcast] : broadcasts_) {
    if (!key.starts_with(prefix)) continue;
    broadcast.changed.insert_or_assign(std::string(key), by == nullptr ? 0 : by->id());
    broadcasts_pending_ = true;
  }
  if (!table_.empty()) invalidate(key, by);
}

void Tracking::invalidate(std::string_view key, const Client* by) {
  const TrackingTable::ClientIds ids = table_.take(key);
  if (ids.empty()) return;
  const std::string keys = arrayOf({key});
  for (const uint64_t id : ids) {
    const auto found = clients_.find(id);
    if (found == clients_.end() || found->second->tracking->broadcast) continue;
    if (found->second->tracking->no_loop && found->second == by) continue;
    tell(*found->second, keys);
  }
}

void Tracking::flushed() {
  for (const auto& [id, client] : clients_) tell(*client, {});
  table_.clear();
}

void Tracking::sendBroadcasts() {
  if (!std::exchange(broadcasts_pending_, false)) return;
  for (auto& [prefix, broadcast] : broadcasts_) {
    if (broadcast.changed.empty()) continue;
    const auto changed = std::exchange(broadcast.changed, {});
    const auto textFor = [&changed](uint64_t left_out) {
      std::vector<std::string_view> keys;
      for (const auto& [key, by] : changed) {
        if (by == 0 || by != left_out) keys.push_back(key);
      }
      return keys.empty() ? std::string() : arrayOf(keys);
    };
    const std::string all = textFor(0);
    for (const auto& [id, client] : broadcast.clients) {
      if (!client->tracking->no_loop) {
        tell(*client, all);
      } else if (const std::string others = textFor(id); !others.empty()) {
        tell(*client, others);
      }
    }
  }
  server_.executor.settleSideEffects(nullptr);
}

// `keys` is an array of them, or empty for all keys there are.
void Tracking::tell(Client& client, std::string_view keys) {
  Client* to = &client;
  const uint64_t redirect = client.tracking->redirect;
  if (redirect != 0) {
    to = server_.clients.find(redirect);
    if (to == nullptr || to->close_asap) {
      client.tracking->redirect_broken = true;
      if (client.reply().protocol() == 2) return;
      std::string text;
      appendHead(text, '>', 2);
      appendBulk(text, "tracking-redir-broken");
      appendHead(text, ':', redirect);
      return server_.pushes.send(client, text, true);
    }
  }
  const bool as_push = to->reply().protocol() != 2;
  // RESP2 knows no pushes: what comes unasked for can only be a message.
  if (!as_push && (redirect == 0 || to->subscriptions == nullptr)) return;
  std::string text;
  if (as_push) {
    appendHead(text, '>', 2);
    appendBulk(text, "invalidate");
  } else {
    appendHead(text, '*', 3);
    appendBulk(text, "message");
    appendBulk(text, kChannel);
  }
  if (!keys.empty()) {
    text += keys;
  } else {
    text += as_push ? "_\r\n" : "$-1\r\n";
  }
  server_.pushes.send(*to, text, true);
}

}  // namespace inkstone
