// One client as the commands see it: what it selected, negotiated and is owed. It knows no socket:
// the connection that carries it is behind a small interface, and a client without one (replay of
// the log, tests) works just the same.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/output_buffer.h"
#include "protocol/reply_builder.h"
#include "server/clients/origin.h"
#include "server/clients/reply_holds.h"

namespace inkstone {

class AclUser;
class Command;
class Transaction;
struct BlockedClient;
struct ClientTracking;
struct ClientWatches;
struct Subscriptions;

// What a client needs of the transport that carries it.
class ClientTransport {
 public:
  virtual ~ClientTransport() = default;
  // Sends as much of the output as it can take now, the rest when it takes more; except what waits
  // for the log beyond `acknowledged` (AppendOnlyLog::acknowledgeableOffset()).
  virtual void send(uint64_t acknowledged) = 0;
  // "127.0.0.1:54321", "[::1]:54321", "/path/to.sock:0".
  virtual const std::string& peerAddress() const = 0;
  virtual const std::string& localAddress() const = 0;
  virtual int fileDescriptor() const = 0;
  virtual bool isUnixSocket() const = 0;
  virtual bool isLocal() const = 0;
  // Bytes received for requests that are not over yet, the one that runs and those read together
  // with it among them; and room of its own that is free for more.
  virtual size_t queryBufferBytes() const = 0;
  virtual size_t queryBufferFree() const = 0;
  // Bytes of arguments of an incomplete request.
  virtual size_t pendingArgumentBytes() const = 0;
};

inline constexpr std::string_view kDefaultUserName = "default";

// CLIENT REPLY. What SKIP asks for is kSkipNext while it runs itself and kSkipping until the next
// command is over.
enum class ReplyMode : uint8_t { kOn, kOff, kSkipNext, kSkipping };

class Client {
 public:
  Client(uint64_t id, OutputBlockPool& pool);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  uint64_t id() const { return id_; }
  OutputBuffer& output() { return output_; }
  const OutputBuffer& output() const { return output_; }
  ReplyBuilder& reply() { return reply_; }
  const ReplyBuilder& reply() const { return reply_; }

  // Null for clients without connection.
  ClientTransport* transport = nullptr;

  size_t db = 0;
  std::string name;
  std::string library_name;
  std::string library_version;
  bool authenticated = false;
  // Who it is, null: the default user; that it has authenticated and may do everything, so that
  // nothing of this need be looked at; that it has not authenticated and has to. AccessControl sets
  // these.
  const AclUser* acl_user = nullptr;
  // Its name, which is the user's own; null as well.
  const std::string* acl_user_name = nullptr;
  std::string_view userName() const {
    return acl_user_name == nullptr ? kDefaultUserName : std::string_view(*acl_user_name);
  }
  bool unrestricted = false;
  bool stranger = false;

  ReplyMode reply_mode = ReplyMode::kOn;
  // The command that SKIP asked for, or asked for it, is over.
  void endSkippedReply() {
    if (reply_mode == ReplyMode::kOn || reply_mode == ReplyMode::kOff) return;
    reply_mode = reply_mode == ReplyMode::kSkipNext ? ReplyMode::kSkipping : ReplyMode::kOn;
    reply_.setMuted(reply_mode == ReplyMode::kSkipping);
  }
  bool no_evict = false;
  bool no_touch = false;
  // Set by whoever wants the client gone. after_reply: once what it is owed has been sent; asap: at
  // the end of this turn.
  bool close_after_reply = false;
  bool close_asap = false;
  bool closing() const { return close_after_reply || close_asap; }
  // Its next request may not be run now.
  bool stopped() const { return closing() || blocked != nullptr; }
  // Connected over loopback or unix socket, or without connection at all.
  bool isLocal() const { return transport == nullptr || transport->isLocal(); }
  Origin origin = Origin::kClient;

  // Why commands of this client need a closer look. Whoever changes one of these says so, so that
  // for all other clients one comparison is enough.
  enum Special : uint8_t {
    kRestricted = 1U << 0,
    kInTransaction = 1U << 1,
    kSubscribed = 1U << 2,
    kTracking = 1U << 3,
  };
  void noteSpecial(Special special, bool on) {
    special_ = static_cast<uint8_t>(on ? special_ | special : special_ & ~special);
  }
  bool isPlain() const { return special_ == 0; }
  // isPlain() is what the members say one by one.
  bool specialAgrees() const;

  // What it queued since MULTI; null outside of one.
  void beginTransaction();
  void endTransaction();
  std::unique_ptr<Transaction> transaction;
  // What it watches; null if nothing. WatchedKeys fills it.
  std::unique_ptr<ClientWatches> watches;
  // Channels it listens to; null if none. PubSub fills it.
  std::unique_ptr<Subscriptions> subscriptions;
  // How it caches what it reads; null while it does not. Tracking fills it.
  std::unique_ptr<ClientTracking> tracking;
  // What it waits for; null while it does not. Its later requests wait as well.
  std::unique_ptr<BlockedClient> blocked;

  const Command* last_command = nullptr;
  int64_t created_ms = 0;           // monotonic
  int64_t last_interaction_ms = 0;  // monotonic
  int64_t soft_limit_since_ms = 0;  // monotonic; 0 = below the soft output limit
  uint64_t commands_processed = 0;
  uint64_t bytes_received = 0;
  uint64_t bytes_sent = 0;
  // Of ClientMemory: what it was last counted with.
  size_t counted_bytes = 0;

  // Where in its output the session begins that a RESET began (OutputBuffer::position()).
  uint64_t welcome_position = 0;
  // Where its last write ends in the log.
  uint64_t write_offset = 0;
  // Replies that may not leave before the log is acknowledged so far.
  ReplyHolds holds;
  // Listed among the clients that have output to send this turn.
  bool output_scheduled = false;
  // Listed among those that were sent pushes.
  bool push_scheduled = false;

  // Back to what a new connection has (RESET), but for what the server keeps of it
  // (Clients::forget()) and authentication.
  void resetSession();

 private:
  const uint64_t id_;
  uint8_t special_ = kRestricted;
  OutputBuffer output_;
  ReplyBuilder reply_;
};

}  // namespace inkstone
