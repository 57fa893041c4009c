#include "server/clients/tracking.h"

#include <algorithm>
#include <utility>

#include "server/clients/client.h"
#include "server/clients/client_registry.h"
#include "server/clients/key_interests.h"
#include "server/clients/push_text.h"
#include "server/clients/pushes.h"
#include "server/command_table/command.h"
#include "server/command_table/command_keys.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

// The channel on which a RESP2 client receives what others redirect to it.
constexpr std::string_view kChannel = "__redis__:invalidate";

std::string arrayOf(const std::vector<std::string_view>& keys) {
  std::string text;
  appendHead(text, '*', keys.size());
  for (const std::string_view key : keys) appendBulk(text, key);
  return text;
}

}  // namespace

Tracking::Tracking(Runtime& runtime, const KeyHasher& hasher, ClientRegistry& registry,
                   KeyInterests& interests, Pushes& pushes)
    : runtime_(runtime),
      registry_(registry),
      interests_(interests),
      pushes_(pushes),
      table_(hasher) {}

void Tracking::enable(Client& client, ClientTracking how,
                      std::span<const std::string_view> prefixes) {
  if (client.tracking != nullptr) {
    how.chosen = client.tracking->chosen;
    how.prefixes = std::move(client.tracking->prefixes);
    how.prefix_bytes = client.tracking->prefix_bytes;
  }
  client.tracking = std::make_unique<ClientTracking>(std::move(how));
  client.noteSpecial(Client::kTracking, true);
  for (const std::string_view prefix : prefixes) addPrefix(client, prefix);
  clients_.emplace(client.id(), &client);
  interests_.set(KeyInterests::kTracking, true);
}

void Tracking::addPrefix(Client& client, std::string_view prefix) {
  ClientTracking& tracking = *client.tracking;
  if (!tracking.prefixes.emplace(prefix).second) return;
  tracking.prefix_bytes += sizeof(std::string) + prefix.size();
  auto found = broadcasts_.find(prefix);
  if (found == broadcasts_.end()) {
    found = broadcasts_.emplace(std::string(prefix), Broadcast()).first;
    ++prefix_lengths_[prefix.size()];
  }
  found->second.clients.emplace(client.id(), &client);
}

void Tracking::removePrefix(const Client& client, std::string_view prefix) {
  const auto found = broadcasts_.find(prefix);
  found->second.clients.erase(client.id());
  if (!found->second.clients.empty()) return;
  changed_.erase(found->first);
  const auto length = prefix_lengths_.find(prefix.size());
  if (--length->second == 0) prefix_lengths_.erase(length);
  broadcasts_.erase(found);
}

void Tracking::disable(Client& client) {
  if (client.tracking == nullptr) return;
  for (const std::string& prefix : client.tracking->prefixes) removePrefix(client, prefix);
  client.tracking.reset();
  client.noteSpecial(Client::kTracking, false);
  clients_.erase(client.id());
  if (!clients_.empty()) return;
  table_.clear();
  interests_.set(KeyInterests::kTracking, false);
}

void Tracking::rememberReads(const Client& client, const Command& command,
                             std::span<const std::string_view> args) {
  if (!command.has(kCmdReadonly) || !client.tracking->remembersReads()) return;
  const auto keys = findKeys(command.row(), args);
  if (!keys) return;
  for (const KeyPosition& key : *keys) table_.remember(args[key.argument], client.id());
  limitTable();
}

// After the limit was lowered, the table shrinks in steps.
void Tracking::limitTable() {
  constexpr int kStep = 100;
  const auto keys_max = static_cast<size_t>(runtime_.settings.tracking_table_max_keys);
  if (keys_max == 0) return;
  for (int i = 0; i < kStep && table_.keys() > keys_max; ++i) {
    invalidate(std::string(table_.randomKey(runtime_.random)), nullptr);
  }
}

void Tracking::keyChanged(std::string_view key, const Client* by) {
  for (const auto& [length, prefixes] : prefix_lengths_) {
    if (length > key.size()) break;
    const auto found = broadcasts_.find(key.substr(0, length));
    if (found == broadcasts_.end()) continue;
    found->second.changed.insert_or_assign(std::string(key), by == nullptr ? 0 : by->id());
    changed_.emplace(found->first, &found->second);
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

bool Tracking::sendBroadcasts() {
  if (changed_.empty()) return false;
  for (const auto& [prefix, broadcast] : std::exchange(changed_, {})) send(*broadcast);
  return true;
}

void Tracking::send(Broadcast& broadcast) {
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

// `keys` is an array of keys, or empty, which means all keys.
void Tracking::tell(Client& client, std::string_view keys) {
  Client* to = &client;
  const uint64_t redirect = client.tracking->redirect;
  if (redirect != 0) {
    to = registry_.find(redirect);
    if (to == nullptr || to->close_asap) {
      client.tracking->redirect_broken = true;
      if (client.reply().protocol() == 2) return;
      std::string text;
      appendHead(text, '>', 2);
      appendBulk(text, "tracking-redir-broken");
      appendHead(text, ':', redirect);
      return pushes_.send(client, text, true);
    }
  }
  const bool as_push = to->reply().protocol() != 2;
  // RESP2 has no pushes, so an invalidation can only be a message there.
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
  pushes_.send(*to, text, true);
}

}  // namespace inkstone
