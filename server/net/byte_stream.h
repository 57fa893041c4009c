// How the bytes of a connection travel: as they are, or (later) through a layer that encrypts them.
// The connection above it knows requests and replies, and no socket calls.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace inkstone {

struct StreamResult {
  enum class Status : uint8_t {
    // `bytes` were moved, at least one.
    kMoved,
    // Nothing can be moved now; the poller tells when.
    kNotNow,
    // The peer sends no more (reading only).
    kEnd,
    // `error` says why the stream is of no use any more.
    kFailed,
  };
  Status status = Status::kNotNow;
  size_t bytes = 0;
  // An errno value.
  int error = 0;
};

// For the loop thread. Never blocks.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // Reads at most target.size() bytes. Less than that means that the socket is empty, unless
  // hasPending().
  virtual StreamResult read(std::span<char> target) = 0;
  // Writes as much of the pieces as the socket takes now, in order.
  virtual StreamResult write(std::span<const iovec> pieces) = 0;
  // The stream holds bytes that have left the socket and were not read yet. The poller, which is
  // edge-triggered, does not tell of them: whoever stops reading before has to ask it to
  // (SocketPoller::rearm()) or go on later by itself.
  virtual bool hasPending() const = 0;
  // What the poller waits for.
  virtual int descriptor() const = 0;
  // Ends the stream in the way that its peer expects, and closes the descriptor. Called once.
  virtual void close() = 0;
};

// Takes a connected, non-blocking socket over.
std::unique_ptr<ByteStream> plainStream(int fd);

}  // namespace inkstone
