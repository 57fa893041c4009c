// One client as commands see it: the database it selected, what it negotiated, and the replies that
// it is owed. It knows no socket. The connection that carries it stands behind a small interface,
// and a client without one (replay of the log, tests) works just the same.
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

// The connection, as far as a client needs it.
class ClientTransport {
 public:
  virtual ~ClientTransport() = default;
  // Sends as much of the output as the connection can take now, and the rest when it takes more.
  // What waits for the log beyond `acknowledged` (AppendOnlyLog::acknowledgeableOffset()) stays.
  virtual void send(uint64_t acknowledged) = 0;
  // "127.0.0.1:54321", "[::1]:54321", "/path/to.sock:0".
  virtual const std::string& peerAddress() const = 0;
  virtual const std::string& localAddress() const = 0;
  virtual int fileDescriptor() const = 0;
  virtual bool isUnixSocket() const = 0;
  virtual bool isLocal() const = 0;
  // Bytes that were received for requests which are not over yet. The request that is being
  // executed and those read together with it count, too.
  virtual size_t queryBufferBytes() const = 0;
  // Room in the client's own buffer that is free for more.
  virtual size_t queryBufferFree() const = 0;
  // Bytes of arguments of an incomplete request.
  virtual size_t pendingArgumentBytes() const = 0;
};

inline constexpr std::string_view kDefaultUserName = "default";

// The modes of CLIENT REPLY. SKIP sets kSkipNext while it is executed itself, and kSkipping from
// then on until the next command is over.
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

  // Null for a client without connection.
  ClientTransport* transport = nullptr;

  size_t db = 0;
  std::string name;
  std::string library_name;
  std::string library_version;
  bool authenticated = false;
  // The user of the client; null stands for the default user. AccessControl sets this,
  // acl_user_name, unrestricted and stranger.
  const AclUser* acl_user = nullptr;
  // The name of that user, which belongs to it; null for the default user.
  const std::string* acl_user_name = nullptr;
  std::string_view userName() const {
    return acl_user_name == nullptr ? kDefaultUserName : std::string_view(*acl_user_name);
  }
  // The client has authenticated and may do everything, so access control need not be asked.
  bool unrestricted = false;
  // The client has not authenticated and has to.
  bool stranger = false;

  ReplyMode reply_mode = ReplyMode::kOn;
  // The command is over that SKIP is about, or SKIP itself.
  void endSkippedReply() {
    if (reply_mode == ReplyMode::kOn || reply_mode == ReplyMode::kOff) return;
    reply_mode = reply_mode == ReplyMode::kSkipNext ? ReplyMode::kSkipping : ReplyMode::kOn;
    reply_.setMuted(reply_mode == ReplyMode::kSkipping);
  }
  bool no_evict = false;
  bool no_touch = false;
  // These close the connection: close_after_reply once the output has been sent, close_asap at the
  // end of this turn.
  bool close_after_reply = false;
  bool close_asap = false;
  bool closing() const { return close_after_reply || close_asap; }
  // The next request of the client must not be executed now.
  bool stopped() const { return closing() || blocked != nullptr; }
  // The client is connected over loopback or a unix socket, or has no connection at all.
  bool isLocal() const { return transport == nullptr || transport->isLocal(); }
  Origin origin = Origin::kClient;

  // The reasons why commands of this client need a closer look. Every change of one of these states
  // is noted here, so for all other clients one comparison is enough.
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
  // Whether isPlain() agrees with the members.
  bool specialAgrees() const;

  // MULTI begins a transaction, and EXEC, DISCARD and RESET end it.
  void beginTransaction();
  void endTransaction();
  // The commands queued since MULTI; null outside of a transaction.
  std::unique_ptr<Transaction> transaction;
  // The keys that the client watches; null if there are none. WatchedKeys fills it.
  std::unique_ptr<ClientWatches> watches;
  // The channels that the client listens to; null if there are none. PubSub fills it.
  std::unique_ptr<Subscriptions> subscriptions;
  // How the client caches what it reads; null while it does not. Tracking fills it.
  std::unique_ptr<ClientTracking> tracking;
  // What the client waits for; null while it does not wait. Its later requests wait as well.
  std::unique_ptr<BlockedClient> blocked;

  const Command* last_command = nullptr;
  int64_t created_ms = 0;           // monotonic
  int64_t last_interaction_ms = 0;  // monotonic
  int64_t soft_limit_since_ms = 0;  // monotonic; 0 = below the soft output limit
  uint64_t commands_processed = 0;
  uint64_t bytes_received = 0;
  uint64_t bytes_sent = 0;
  // The size that ClientMemory counted last for this client.
  size_t counted_bytes = 0;

  // The place in the output where the session begins that the last RESET began
  // (OutputBuffer::position()).
  uint64_t welcome_position = 0;
  // The offset in the log at which the client's last write ends.
  uint64_t write_offset = 0;
  // The replies that may not leave before the log is acknowledged up to some offset.
  ReplyHolds holds;
  // The client is listed among those that have output to send in this turn.
  bool output_scheduled = false;
  // The client is listed among those that were sent pushes.
  bool push_scheduled = false;

  // Sets the client back to the state of a new connection, for RESET. Authentication stays as it
  // is, and so does what the server keeps about the client (Clients::forget()).
  void resetSession();

 private:
  const uint64_t id_;
  uint8_t special_ = kRestricted;
  OutputBuffer output_;
  ReplyBuilder reply_;
};

}  // namespace inkstone
