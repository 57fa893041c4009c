#include "server/net/connection.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "server/acl/access_control.h"
#include "server/server.h"

namespace inkstone {
namespace {

// Between two reads the server keeps less than this of the input of a client without password.
constexpr size_t kInputMaxBeforeAuth = RequestLimits::kUnauthenticatedInputMax;

}  // namespace

Connection::Connection(Server& server, int fd, Endpoints endpoints)
    : server_(server),
      endpoints_(std::move(endpoints)),
      fd_(fd),
      client_(server.clients.nextId(), server.output_blocks) {
  client_.transport = this;
  client_.output().setBound(*this);
  server.acl->welcome(client_);
  client_.created_ms = client_.last_interaction_ms = server.clock.monotonicMs();
  server_.clients.add(client_);
}

Connection::~Connection() {
  close();
}

bool Connection::allowsOutput(size_t bytes) {
  return server_.output_limits.mayWait(client_, bytes);
}

bool Connection::isAuthenticated() const {
  return client_.unrestricted || server_.acl->isAuthenticated(client_);
}

bool Connection::start() {
  return server_.poller().add(fd_, *this);
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  server_.forget(client_);
  server_.clients.remove(client_);
  client_.transport = nullptr;
  // The user may be deleted before the client is.
  client_.acl_user = nullptr;
  client_.close_asap = true;
  server_.poller().remove(fd_);
  ::close(fd_);
  server_.connections().retire(*this);
}

size_t Connection::receive(std::span<char> target) {
  ssize_t received;
  do {
    received = ::recv(fd_, target.data(), target.size(), 0);
  } while (received < 0 && errno == EINTR);
  if (received > 0) {
    const auto bytes = static_cast<size_t>(received);
    ++server_.stats.reads_processed;
    server_.stats.net_input_bytes += bytes;
    client_.bytes_received += bytes;
    client_.last_interaction_ms = server_.clock.monotonicMs();
    return bytes;
  }
  if (received < 0 && errno == EAGAIN) {
    hung_up_ = false;
  } else if (received == 0 && !waiting_writable_ && !client_.output().empty()) {
    // Replies to the client still wait for the AOF, and the client may be reading.
    client_.close_after_reply = true;
    server_.clients.scheduleOutput(client_);
  } else {
    if (received < 0) {
      server_.logger.verbose("Reading from client: {}", std::strerror(errno));
    } else {
      server_.logger.verbose("Client closed connection {}", endpoints_.peer);
    }
    close();
  }
  return 0;
}

void Connection::onReadable(bool hung_up) {
  // After so many full reads it is the turn of other connections.
  constexpr int kReadsMax = 4;
  // A command that runs the loop (loading) must not start the next command of its own client.
  missed_ = processing_;
  hung_up_ = hung_up_ || hung_up;
  if (closed_ || processing_) return;
  processing_ = true;
  // A client that only waits for its last reply is not read any more.
  bool more = !client_.closing();
  for (int i = 0; i < kReadsMax && more && !client_.closing(); ++i) {
    if (server_.log.queueFull()) {
      // What arrives meanwhile stays in the kernel, which slows down the sender.
      server_.connections().readLater(*this);
      more = false;
      break;
    }
    if (client_.blocked != nullptr && !isAuthenticated()) {
      // The client waits for the end of a pause. Until then the kernel keeps what it sends.
      unread_ = true;
      more = false;
      break;
    }
    more = query_.empty() ? processShared() : processPrivate();
    checkQueryBuffer();
    if (!more && hung_up_) {
      // The end of the stream is read next, after the replies to what was read.
      more = true;
      break;
    }
  }
  processing_ = false;
  sendOrSchedule();
  server_.client_memory.note(client_);
  if (!closed_ && (more || missed_)) server_.poller().rearm(fd_, *this);
}

// When nothing is on its way to the AOF no reply can depend on it, so the replies need not wait for
// the end of the turn.
void Connection::sendOrSchedule() {
  if (client_.close_asap) return;
  if (server_.mayAnswer()) return send(server_.log.fedOffset());
  if (!client_.output().empty() || client_.close_after_reply) {
    server_.clients.scheduleOutput(client_);
  }
}

void Connection::checkQueryBuffer() {
  if (closed_ || query_.size() <= server_.settings.client_query_buffer_limit) return;
  server_.logger.warning("Closing client that reached max query buffer length: {}",
                         endpoints_.peer);
  ++server_.stats.query_buffer_limit_disconnections;
  server_.clients.scheduleClose(client_);
}

void Connection::onWritable() {
  if (closed_ || !waiting_writable_) return;
  waiting_writable_ = false;
  // The replies are sent with the others when the turn ends, after the AOF was flushed.
  server_.clients.scheduleOutput(client_);
}

// Between requests a client needs no memory to read into: all clients share one buffer, and only
// the rest of an incomplete request is kept.
bool Connection::processShared() {
  const ReadBufferLease lease(server_.read_buffer);
  // The rest that is left over is kept.
  const std::span<char> target =
      isAuthenticated() ? lease.bytes() : lease.bytes().first(kInputMaxBeforeAuth);
  const size_t received = receive(target);
  if (received == 0) return false;
  const std::string_view input(target.data(), received);
  shared_bytes_ = received;
  const size_t consumed = server_.executor.processInput(client_, parser_, input);
  shared_bytes_ = 0;
  if (consumed < received && !closed_) query_.append(input.substr(consumed));
  return received == target.size();
}

bool Connection::processPrivate() {
  const size_t size_max = isAuthenticated() ? SIZE_MAX : kInputMaxBeforeAuth;
  const std::span<char> target = query_.writable(parser_.bytesNeeded(), size_max);
  const size_t received = receive(target);
  if (received == 0) return false;
  query_.commit(received);
  server_.stats.max_input_buffer =
      std::max<uint64_t>(server_.stats.max_input_buffer, query_.size());
  const bool filled = received == target.size();
  const size_t consumed = server_.executor.processInput(client_, parser_, query_.view());
  if (!closed_) query_.consume(consumed);
  return filled;
}

void Connection::runPending() {
  if (closed_ || processing_ || client_.stopped()) return;
  processing_ = true;
  if (!query_.empty()) {
    const size_t consumed = server_.executor.processInput(client_, parser_, query_.view());
    if (!closed_) query_.consume(consumed);
  }
  processing_ = false;
  sendOrSchedule();
  server_.client_memory.note(client_);
  if (std::exchange(unread_, false) && !closed_) server_.poller().rearm(fd_, *this);
}

void Connection::resumeReading() {
  if (!closed_) server_.poller().rearm(fd_, *this);
}

void Connection::send(uint64_t acknowledged) {
  if (waiting_writable_ || client_.output().overflowed()) return;
  constexpr int kPiecesMax = 64;
  OutputBuffer& output = client_.output();
  const uint64_t sendable = std::min(client_.holds.sendableUpTo(acknowledged), output.position());
  while (output.consumedPosition() < sendable) {
    std::array<iovec, kPiecesMax> pieces;
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = static_cast<size_t>(
        output.gather(pieces.data(), kPiecesMax, sendable - output.consumedPosition()));
    const ssize_t sent = message.msg_iovlen == 1
                             ? ::send(fd_, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL)
                             : ::sendmsg(fd_, &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {
        waiting_writable_ = true;
        return;
      }
      server_.logger.verbose("Error writing to client: {}", std::strerror(errno));
      return close();
    }
    const auto bytes = static_cast<size_t>(sent);
    output.consume(bytes);
    ++server_.stats.writes_processed;
    server_.stats.net_output_bytes += bytes;
    client_.bytes_sent += bytes;
    client_.last_interaction_ms = server_.clock.monotonicMs();
  }
  if (!output.empty()) return server_.clients.scheduleOutput(client_);
  if (client_.close_after_reply) close();
}

}  // namespace inkstone
