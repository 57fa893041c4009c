// The clients that listen to channels, and the delivery of messages to them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/clients/keyed_lists.h"

namespace inkstone {

class Client;
class KeyHasher;
class Pushes;

enum class ChannelKind : uint8_t { kChannel, kPattern, kShard };
inline constexpr size_t kChannelKinds = 3;

// The channels and patterns that a client listens to. It has this object while there are any.
struct Subscriptions {
  using Places = std::unordered_map<const void*, KeyedLists<Client*>::Place>;

  // The index is the kind, the key is the address of the channel's name.
  std::array<Places, kChannelKinds> places;
  // The approximate size of the entries.
  size_t bytes = 0;

  size_t count(ChannelKind kind) const { return places[static_cast<size_t>(kind)].size(); }
  // The number that replies to SUBSCRIBE and PSUBSCRIBE tell.
  size_t channelsAndPatterns() const {
    return count(ChannelKind::kChannel) + count(ChannelKind::kPattern);
  }
  bool empty() const { return channelsAndPatterns() + count(ChannelKind::kShard) == 0; }
};

class PubSub {
 public:
  PubSub(const KeyHasher& hasher, Pushes& pushes);

  // False if it is subscribed already. O(1).
  bool subscribe(Client& client, ChannelKind kind, std::string_view name);
  // False if it was not subscribed. O(1).
  bool unsubscribe(Client& client, ChannelKind kind, std::string_view name);
  // Ends all subscriptions of the client without telling it.
  void unsubscribeAll(Client& client);
  // The names that a client is subscribed to, in no order.
  static std::vector<std::string> namesOf(const Client& client, ChannelKind kind);

  // Sends a message to the clients that listen to the channel, then to those that listen to a
  // pattern which matches it. Returns the number of messages. For `tells_of_write` see
  // Pushes::send().
  size_t publish(std::string_view channel, std::string_view message, bool tells_of_write);
  size_t publishShard(std::string_view channel, std::string_view message);

  // The number of channels or patterns that have subscribers.
  size_t count(ChannelKind kind) const { return lists(kind).size(); }
  size_t subscribers(ChannelKind kind, std::string_view name) const;
  // The names that match the pattern; all names if it is null.
  std::vector<std::string_view> names(ChannelKind kind, const std::string_view* pattern) const;

 private:
  using Lists = KeyedLists<Client*>;

  // The client listens to nothing any more.
  static void forget(Client& client);
  Lists& lists(ChannelKind kind) { return lists_[static_cast<size_t>(kind)]; }
  const Lists& lists(ChannelKind kind) const { return lists_[static_cast<size_t>(kind)]; }
  size_t deliver(const Lists::Items& clients, std::initializer_list<std::string_view> words,
                 bool tells_of_write);

  Pushes& pushes_;
  std::array<Lists, kChannelKinds> lists_;
};

}  // namespace inkstone
