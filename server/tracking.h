// Client side caching (CLIENT TRACKING): clients that keep what they read are told when it is no
// longer so.
//
// Without BCAST the server remembers which client read which key and tells it once, when the key
// changes. With BCAST it remembers nothing and tells of every key that begins with one of the
// client's prefixes, all keys of a turn at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/tracking_table.h"

namespace inkstone {

class Client;
class Command;
class Server;

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
  // Of BCAST, ascending.
  std::vector<std::string> prefixes;

  size_t bytes() const {
    size_t bytes = sizeof(*this);
    for (const std::string& prefix : prefixes) bytes += sizeof(prefix) + prefix.size();
    return bytes;
  }
  bool remembersReads() const {
    return !broadcast && (choice == Choice::kAll || chosen == (choice == Choice::kOptIn));
  }
};

class Tracking {
 public:
  explicit Tracking(Server& server);

  // Begins to track, or changes how; prefixes are added to those the client has already.
  void enable(Client& client, ClientTracking how);
  // Also for a client that goes.
  void disable(Client& client);

  // The client, which tracks, has run the command: the keys that it read are remembered.
  void rememberReads(const Client& client, const Command& command,
                     std::span<const std::string_view> args);

  // A key was changed, by that client if it was one.
  void keyChanged(std::string_view key, const Client* by);
  // Keys of a whole database are gone: nothing that anybody keeps is to be relied on.
  void flushed();
  // End of a turn: tells those with BCAST what has changed in it.
  void sendBroadcasts();
  // No reply may leave before that is done: who has one may expect that caches know.
  bool broadcastsPending() const { return broadcasts_pending_; }

  size_t clients() const { return clients_.size(); }
  size_t prefixes() const { return broadcasts_.size(); }
  const TrackingTable& table() const { return table_; }

 private:
  // Who has a prefix, by id, and the keys of this turn with the id of who changed each last.
  struct Broadcast {
    std::map<uint64_t, Client*> clients;
    std::map<std::string, uint64_t, std::less<>> changed;
  };

  void tell(Client& client, std::string_view keys);
  void invalidate(std::string_view key, const Client* by);
  void limitTable();

  Server& server_;
  TrackingTable table_;
  // By id, as the table names them.
  std::map<uint64_t, Client*> clients_;
  std::map<std::string, Broadcast, std::less<>> broadcasts_;
  bool broadcasts_pending_ = false;
};

}  // namespace inkstone
