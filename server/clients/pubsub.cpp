#include "server/clients/pubsub.h"

#include "base/glob.h"
#include "server/clients/client.h"
#include "server/clients/push_text.h"
#include "server/clients/pushes.h"

namespace inkstone {
namespace {

// A message as bytes: an array in RESP2, a push in RESP3. Encoded once for all who get it.
class Message {
 public:
  explicit Message(std::initializer_list<std::string_view> words) : words_(words) {}

  const std::string& text(int protocol) {
    std::string& text = texts_[protocol == 2 ? 0 : 1];
    if (text.empty()) encode(text, protocol == 2 ? '*' : '>');
    return text;
  }

 private:
  void encode(std::string& text, char prefix) const {
    appendHead(text, prefix, words_.size());
    for (const std::string_view word : words_) appendBulk(text, word);
  }

  std::initializer_list<std::string_view> words_;
  std::array<std::string, 2> texts_;
};

size_t subscriptionBytes(std::string_view name) {
  return sizeof(Subscriptions::Places::value_type) + 2 * sizeof(void*) + name.size();
}

}  // namespace

PubSub::PubSub(const KeyHasher& hasher, Pushes& pushes)
    : pushes_(pushes), lists_{Lists(hasher), Lists(hasher), Lists(hasher)} {}

bool PubSub::subscribe(Client& client, ChannelKind kind, std::string_view name) {
  if (client.subscriptions == nullptr) {
    client.subscriptions = std::make_unique<Subscriptions>();
    client.noteSpecial(Client::kSubscribed, true);
  }
  Subscriptions::Places& places = client.subscriptions->places[static_cast<size_t>(kind)];
  const Lists::Named* const known = lists(kind).find(name);
  if (known != nullptr && places.contains(known)) return false;
  const Lists::Place place = lists(kind).add(name, &client);
  places.emplace(place.named, place);
  client.subscriptions->bytes += subscriptionBytes(name);
  return true;
}

bool PubSub::unsubscribe(Client& client, ChannelKind kind, std::string_view name) {
  if (client.subscriptions == nullptr) return false;
  Subscriptions::Places& places = client.subscriptions->places[static_cast<size_t>(kind)];
  const auto found = places.find(lists(kind).find(name));
  if (found == places.end()) return false;
  lists(kind).remove(found->second);
  places.erase(found);
  client.subscriptions->bytes -= subscriptionBytes(name);
  if (client.subscriptions->empty()) forget(client);
  return true;
}

void PubSub::unsubscribeAll(Client& client) {
  if (client.subscriptions == nullptr) return;
  for (size_t kind = 0; kind < kChannelKinds; ++kind) {
    for (const auto& [name, place] : client.subscriptions->places[kind]) {
      lists_[kind].remove(place);
    }
  }
  forget(client);
}

void PubSub::forget(Client& client) {
  client.subscriptions.reset();
  client.noteSpecial(Client::kSubscribed, false);
}

std::vector<std::string> PubSub::namesOf(const Client& client, ChannelKind kind) {
  std::vector<std::string> names;
  if (client.subscriptions == nullptr) return names;
  for (const auto& [address, place] : client.subscriptions->places[static_cast<size_t>(kind)]) {
    names.push_back(place.named->first);
  }
  return names;
}

size_t PubSub::deliver(const Lists::Items& clients, std::initializer_list<std::string_view> words,
                       bool tells_of_write) {
  Message message(words);
  for (Client* client : clients) {
    pushes_.send(*client, message.text(client->reply().protocol()), tells_of_write);
  }
  return clients.size();
}

size_t PubSub::publish(std::string_view channel, std::string_view message, bool tells_of_write) {
  size_t receivers = 0;
  if (const Lists::Named* const found = lists(ChannelKind::kChannel).find(channel)) {
    receivers += deliver(found->second, {"message", channel, message}, tells_of_write);
  }
  for (const auto& [pattern, clients] : lists(ChannelKind::kPattern)) {
    if (!globMatch(pattern, channel)) continue;
    receivers += deliver(clients, {"pmessage", pattern, channel, message}, tells_of_write);
  }
  return receivers;
}

size_t PubSub::publishShard(std::string_view channel, std::string_view message) {
  const Lists::Named* const found = lists(ChannelKind::kShard).find(channel);
  if (found == nullptr) return 0;
  return deliver(found->second, {"smessage", channel, message}, false);
}

size_t PubSub::subscribers(ChannelKind kind, std::string_view name) const {
  const Lists::Named* const found = lists(kind).find(name);
  return found == nullptr ? 0 : found->second.size();
}

std::vector<std::string_view> PubSub::names(ChannelKind kind,
                                            const std::string_view* pattern) const {
  std::vector<std::string_view> names;
  for (const auto& [name, clients] : lists(kind)) {
    if (pattern == nullptr || globMatch(*pattern, name)) names.push_back(name);
  }
  return names;
}

}  // namespace inkstone
