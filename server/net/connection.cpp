#include "server/net/connection.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "server/acl/access_control.h"
#include "server/clients/clients.h"
#include "server/execution/executor.h"
#include "server/net/connections.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

// Between two reads the server keeps less than this of the input of a client without password.
constexpr size_t kInputMaxBeforeAuth = RequestLimits::kUnauthenticatedInputMax;

}  // namespace

Connection::Connection(const ConnectionParts& parts, Connections& owner, ReadBuffer& buffer,
                       std::unique_ptr<ByteStream> stream, Endpoints endpoints)
    : parts_(parts),
      owner_(owner),
      buffer_(buffer),
      endpoints_(std::move(endpoints)),
      stream_(std::move(stream)),
      fd_(stream_->descriptor()),
      client_(parts.clients.registry.nextId(), parts.clients.output_blocks) {
  client_.transport = this;
  client_.output().setBound(*this);
  parts.acl.welcome(client_);
  client_.created_ms = client_.last_interaction_ms = parts.runtime.clock.monotonicMs();
  parts_.clients.registry.add(client_);
}

Connection::~Connection() {
  close();
}

bool Connection::allowsOutput(size_t bytes) {
  return parts_.clients.output_limits.mayWait(client_, bytes);
}

bool Connection::isAuthenticated() const {
  return !client_.stranger;
}

bool Connection::start() {
  return parts_.poller.add(fd_, *this);
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  parts_.clients.forget(client_);
  parts_.clients.registry.remove(client_);
  client_.transport = nullptr;
  // The user may be deleted before the client is.
  client_.acl_user = nullptr;
  client_.acl_user_name = nullptr;
  client_.close_asap = true;
  parts_.poller.remove(fd_, *this);
  stream_->close();
  owner_.retire(*this);
}

size_t Connection::receive(std::span<char> target) {
  const StreamResult result = stream_->read(target);
  switch (result.status) {
    case StreamResult::Status::kMoved:
      ++parts_.runtime.stats.reads_processed;
      parts_.runtime.stats.net_input_bytes += result.bytes;
      client_.bytes_received += result.bytes;
      client_.last_interaction_ms = parts_.runtime.clock.monotonicMs();
      break;
    case StreamResult::Status::kNotNow:
      hung_up_ = false;
      break;
    case StreamResult::Status::kEnd:
      onEnd();
      break;
    case StreamResult::Status::kFailed:
      parts_.runtime.logger.verbose("Reading from client: {}", std::strerror(result.error));
      close();
      break;
  }
  return result.bytes;
}

void Connection::onEnd() {
  if (!waiting_writable_ && !client_.output().empty()) {
    // Replies to the client still wait for the AOF, and the client may be reading.
    client_.close_after_reply = true;
    return parts_.clients.registry.scheduleOutput(client_);
  }
  parts_.runtime.logger.verbose("Client closed connection {}", endpoints_.peer);
  close();
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
  // Somebody else says when it goes on.
  bool put_off = false;
  for (int i = 0; i < kReadsMax && more && !client_.closing(); ++i) {
    if (parts_.log.queueFull()) {
      // What arrives meanwhile stays in the kernel, and so holds the sender back.
      owner_.readLater(*this);
      put_off = true;
      more = false;
      break;
    }
    if (client_.blocked != nullptr && !isAuthenticated()) {
      // The client waits for the end of a pause. Until then the kernel keeps what it sends.
      unread_ = put_off = true;
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
  parts_.clients.memory.note(client_);
  if (closed_) return;
  if (more || missed_) parts_.poller.rearm(fd_, *this);
  if (stream_->hasPending()) parts_.poller.readAgain(*this);
}

// When nothing is on its way to the AOF no reply can depend on it, so the replies need not wait for
// the end of the turn.
void Connection::sendOrSchedule() {
  if (client_.close_asap) return;
  if (parts_.clients.mayAnswer()) return send(parts_.log.fedOffset());
  if (!client_.output().empty() || client_.close_after_reply) {
    parts_.clients.registry.scheduleOutput(client_);
  }
}

void Connection::checkQueryBuffer() {
  if (closed_ || query_.size() <= parts_.runtime.settings.client_query_buffer_limit) return;
  parts_.runtime.logger.warning("Closing client that reached max query buffer length: {}",
                                endpoints_.peer);
  ++parts_.runtime.stats.query_buffer_limit_disconnections;
  parts_.clients.registry.scheduleClose(client_);
}

void Connection::onWritable() {
  if (closed_ || !waiting_writable_) return;
  waiting_writable_ = false;
  // Sent with the others when the turn ends, behind the log's flush.
  parts_.clients.registry.scheduleOutput(client_);
}

// Between requests a client needs no memory to read into: all clients share one buffer, and only
// the rest of an incomplete request is kept.
bool Connection::processShared() {
  const ReadBufferLease lease(buffer_);
  // What is left over is kept.
  const std::span<char> target =
      isAuthenticated() ? lease.bytes() : lease.bytes().first(kInputMaxBeforeAuth);
  const size_t received = receive(target);
  if (received == 0) return false;
  const std::string_view input(target.data(), received);
  shared_bytes_ = received;
  const size_t consumed = parts_.executor.processInput(client_, parser_, input);
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
  parts_.runtime.stats.max_input_buffer =
      std::max<uint64_t>(parts_.runtime.stats.max_input_buffer, query_.size());
  const bool filled = received == target.size();
  const size_t consumed = parts_.executor.processInput(client_, parser_, query_.view());
  if (!closed_) query_.consume(consumed);
  return filled;
}

void Connection::runPending() {
  if (closed_ || processing_ || client_.stopped()) return;
  processing_ = true;
  if (!query_.empty()) {
    const size_t consumed = parts_.executor.processInput(client_, parser_, query_.view());
    if (!closed_) query_.consume(consumed);
  }
  processing_ = false;
  sendOrSchedule();
  parts_.clients.memory.note(client_);
  if (std::exchange(unread_, false)) resumeReading();
}

void Connection::resumeReading() {
  if (closed_) return;
  parts_.poller.rearm(fd_, *this);
  if (stream_->hasPending()) parts_.poller.readAgain(*this);
}

void Connection::send(uint64_t acknowledged) {
  if (waiting_writable_ || client_.output().overflowed()) return;
  constexpr int kPiecesMax = 64;
  OutputBuffer& output = client_.output();
  const uint64_t sendable = std::min(client_.holds.sendableUpTo(acknowledged), output.position());
  while (output.consumedPosition() < sendable) {
    std::array<iovec, kPiecesMax> pieces;
    const auto count = static_cast<size_t>(
        output.gather(pieces.data(), kPiecesMax, sendable - output.consumedPosition()));
    const StreamResult result = stream_->write(std::span(pieces).first(count));
    if (result.status == StreamResult::Status::kNotNow) {
      waiting_writable_ = true;
      return;
    }
    if (result.status != StreamResult::Status::kMoved) {
      parts_.runtime.logger.verbose("Error writing to client: {}", std::strerror(result.error));
      return close();
    }
    output.consume(result.bytes);
    ++parts_.runtime.stats.writes_processed;
    parts_.runtime.stats.net_output_bytes += result.bytes;
    client_.bytes_sent += result.bytes;
    client_.last_interaction_ms = parts_.runtime.clock.monotonicMs();
  }
  if (!output.empty()) return parts_.clients.registry.scheduleOutput(client_);
  if (client_.close_after_reply) close();
}

}  // namespace inkstone
