// Client side caching (CLIENT TRACKING): clients that keep what they read are told when it is no
// longer so.
//
// Without BCAST the server remembers which client read which key and tells it once, when the key
// changes. With BCAST it remembers nothing and tells of every key that begins with one of the
// client's prefixes, all keys of a turn at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "server/clients/tracking_table.h"

namespace inkstone {

class Client;
class Command;
class ClientRegistry;
class KeyInterests;
class Pushes;
class Runtime;

// How a client tracks; it has one while it does.
struct ClientTracking {
  // Which keys are remembered without BCAST.
  enum class Choice : uint8_t {
    kAll,
    // Those that the command behind CLIENT CACHING YES reads.
    kOptIn,
    // Those that commands read, but for the one behind CLIENT CACHING NO.
    kOptOut,
  };

  bool broadcast = false;
  Choice choice = Choice::kAll;
  // Nothing is told of keys that the client changed itself.
  bool no_loop = false;
  // The client that is told instead; 0: none.
  uint64_t redirect = 0;
  // It was not there when it was to be told.
  bool redirect_broken = false;
  // CLIENT CACHING was said for the next command, or for the transaction.
  bool chosen = false;
  // Of BCAST: none is the beginning of another.
  std::set<std::string, std::less<>> prefixes;
  // What they take.
  size_t prefix_bytes = 0;

  size_t bytes() const { return sizeof(*this) + prefix_bytes; }
  bool remembersReads() const {
    return !broadcast && (choice == Choice::kAll || chosen == (choice == Choice::kOptIn));
  }
};

class Tracking {
 public:
  Tracking(Runtime& runtime, const KeyHasher& hasher, ClientRegistry& registry,
           KeyInterests& interests, Pushes& pushes);

  // Begins to track, or changes how, all but for the prefixes: the given ones are added to those
  // the client has already. O(log(prefixes)) each.
  void enable(Client& client, ClientTracking how, std::span<const std::string_view> prefixes);
  // Also for a client that goes.
  void disable(Client& client);

  // The client, which tracks, has run the command: the keys that it read are remembered.
  void rememberReads(const Client& client, const Command& command,
                     std::span<const std::string_view> args);

  // A key was changed, by that client if it was one. With BCAST O(lengths of prefixes *
  // log(prefixes)).
  void keyChanged(std::string_view key, const Client* by);
  // Keys of a whole database are gone: nothing that anybody keeps is to be relied on.
  void flushed();
  // End of a turn: tells those with BCAST what has changed in it. False if that was nothing.
  bool sendBroadcasts();
  // No reply may leave before that is done: who has one may expect that caches know.
  bool broadcastsPending() const { return !changed_.empty(); }

  size_t clients() const { return clients_.size(); }
  size_t prefixes() const { return broadcasts_.size(); }
  const TrackingTable& table() const { return table_; }

 private:
  // Who has a prefix, by id, and the keys of this turn with the id of who changed each last.
  struct Broadcast {
    std::map<uint64_t, Client*> clients;
    std::map<std::string, uint64_t, std::less<>> changed;
  };
  using Broadcasts = std::map<std::string, Broadcast, std::less<>>;

  void addPrefix(Client& client, std::string_view prefix);
  void removePrefix(const Client& client, std::string_view prefix);
  void send(Broadcast& broadcast);

  void tell(Client& client, std::string_view keys);
  void invalidate(std::string_view key, const Client* by);
  void limitTable();

  Runtime& runtime_;
  ClientRegistry& registry_;
  KeyInterests& interests_;
  Pushes& pushes_;
  TrackingTable table_;
  // By id, as the table names them.
  std::map<uint64_t, Client*> clients_;
  Broadcasts broadcasts_;
  // How many prefixes there are of each length.
  std::map<size_t, size_t> prefix_lengths_;
  // Those whose keys have changed in this turn, by prefix, which is of broadcasts_.
  std::map<std::string_view, Broadcast*> changed_;
};

}  // namespace inkstone
