// Client side caching (CLIENT TRACKING): clients that cache what they read are told when that is no
// longer true.
//
// Without BCAST the server remembers which client has read which key, and tells it once when the
// key changes. With BCAST the server remembers nothing, and tells the client about every key that
// begins with one of its prefixes, all keys of a turn at once.
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

// How a client tracks keys. It has this object while it does.
struct ClientTracking {
  // Which keys are remembered without BCAST.
  enum class Choice : uint8_t {
    kAll,
    // The keys that the command behind CLIENT CACHING YES reads.
    kOptIn,
    // The keys that commands read, except the command behind CLIENT CACHING NO.
    kOptOut,
  };

  bool broadcast = false;
  Choice choice = Choice::kAll;
  // The client is not told about keys that it changed itself.
  bool no_loop = false;
  // The id of the client that is told instead; 0 if there is none.
  uint64_t redirect = 0;
  // That client had gone when it was to be told.
  bool redirect_broken = false;
  // CLIENT CACHING applies to the next command, or to the transaction.
  bool chosen = false;
  // The prefixes of BCAST. None of them is the beginning of another.
  std::set<std::string, std::less<>> prefixes;
  // The size of the prefixes.
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

  // Begins to track, or changes how the client tracks. The given prefixes are added to those that
  // it has already. O(log(prefixes)) each.
  void enable(Client& client, ClientTracking how, std::span<const std::string_view> prefixes);
  // Ends the tracking, also that of a client which is about to be destroyed.
  void disable(Client& client);

  // The client tracks and has executed the command; the keys that the command read are remembered.
  void rememberReads(const Client& client, const Command& command,
                     std::span<const std::string_view> args);

  // A key was changed; `by` is the client that did it, if it was one. With BCAST O(lengths of
  // prefixes * log(prefixes)).
  void keyChanged(std::string_view key, const Client* by);
  // A whole database was emptied, so no client may rely on anything that it has cached.
  void flushed();
  // Tells the clients with BCAST what was changed in this turn. To be called at its end. Returns
  // false if nothing was changed.
  bool sendBroadcasts();
  // Whether sendBroadcasts() has something to send. No reply may leave before, because its receiver
  // may expect that caches know.
  bool broadcastsPending() const { return !changed_.empty(); }

  size_t clients() const { return clients_.size(); }
  size_t prefixes() const { return broadcasts_.size(); }
  const TrackingTable& table() const { return table_; }

 private:
  // The clients of one prefix by id, and the keys that were changed in this turn, each with the id
  // of the client that changed it last.
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
  // The key is the id, which the table has as well.
  std::map<uint64_t, Client*> clients_;
  Broadcasts broadcasts_;
  // The number of prefixes of each length.
  std::map<size_t, size_t> prefix_lengths_;
  // The broadcasts whose keys were changed in this turn. The key is the prefix, which belongs to
  // broadcasts_.
  std::map<std::string_view, Broadcast*> changed_;
};

}  // namespace inkstone
