// How far the log has come: positions in the stream of everything that was fed to it since this
// object was made, in bytes.
//
//   0 ..... durable ..... written ..... gathering from ..... fed
//
//   [0, durable)                on the disk
//   [durable, written)          in the file, and no sync has confirmed it
//   [written, gathering from)   with the writer thread, as one group; empty while there is none
//   [gathering from, fed)       gathered in the loop's buffer
//
// Every move is checked, in release builds as well: the order above holds, and no position goes
// back but that of the gathering, which returns to `written` when a group has failed. The server
// answers clients by these numbers, so a wrong one would break the promise without a trace.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/invariant.h"

namespace inkstone {

class LogOffsets {
 public:
  // All of the stream up to `start` is on the disk, and more will follow it.
  explicit LogOffsets(uint64_t start = 0)
      : fed_(start), gathering_from_(start), written_(start), durable_(start) {}

  uint64_t fed() const { return fed_; }
  uint64_t gatheringFrom() const { return gathering_from_; }
  uint64_t written() const { return written_; }
  uint64_t durable() const { return durable_; }

  // `bytes` more were fed. For every command, so it is nothing but an addition.
  void feed(uint64_t bytes) { fed_ += bytes; }

  // What was gathered is handed to the writer thread as one group, of which there is one at most.
  void beginGroup() {
    invariant(gathering_from_ == written_, "a group begins where the file ends", written_,
              gathering_from_);
    gathering_from_ = fed_;
    check();
  }
  // The group has failed, and is gathered again in front of what was fed since.
  void takeBackGroup() {
    gathering_from_ = written_;
    check();
  }

  // The file has taken `bytes` more: all of the group, or with no group under way some of what is
  // gathered.
  void write(uint64_t bytes) {
    const uint64_t group = gathering_from_ - written_;
    invariant(group == 0 || group == bytes, "a group is written as a whole", group, bytes);
    invariant(bytes <= fed_ - written_, "no more is written than was fed", bytes, written_, fed_);
    written_ += bytes;
    gathering_from_ = std::max(gathering_from_, written_);
    check();
  }

  // What was fed and not written is dropped: it is in another file, or lost, or nobody wants it.
  void skipToFed() {
    written_ = gathering_from_ = fed_;
    check();
  }

  // A sync has confirmed everything up to `offset`, or nothing is left that could confirm it.
  void confirm(uint64_t offset) {
    invariant(durable_ <= offset, "durable never goes back", durable_, offset);
    durable_ = offset;
    check();
  }

 private:
  void check() const {
    invariant(durable_ <= written_ && written_ <= gathering_from_ && gathering_from_ <= fed_,
              "durable <= written <= gathering from <= fed", durable_, written_, gathering_from_,
              fed_);
  }

  uint64_t fed_;
  uint64_t gathering_from_;
  uint64_t written_;
  uint64_t durable_;
};

}  // namespace inkstone
