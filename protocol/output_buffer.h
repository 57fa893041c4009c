// Bytes on their way to a client: a chain of blocks that grows at the tail and is consumed at the
// head.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace inkstone {

// One piece of an OutputBuffer: this header, then `capacity` bytes of which [begin, end) are
// waiting.
struct OutputBlock {
  OutputBlock* next;
  size_t begin;
  size_t end;
  size_t capacity;

  char* data() { return reinterpret_cast<char*>(this + 1); }
};

// Hands out blocks of one size and keeps a few that came back, so that a client pays for a block
// only while it has something to be sent. What is kept and not used goes by and by. One pool serves
// all clients of a loop; it must outlive their buffers.
class OutputBlockPool {
 public:
  // With its header a block fills one 16 KB allocation.
  static constexpr size_t kBlockBytes = 16 * 1024 - sizeof(OutputBlock);
  static constexpr size_t kKeptBlocksMax = 256;
  // A block for messages fills 1 KB. These blocks are not kept.
  static constexpr size_t kMessageBlockBytes = 1024 - sizeof(OutputBlock);

  OutputBlockPool() = default;
  ~OutputBlockPool();
  OutputBlockPool(const OutputBlockPool&) = delete;
  OutputBlockPool& operator=(const OutputBlockPool&) = delete;

  // A block with room for at least `bytes`; more than kBlockBytes gives one of just that size.
  OutputBlock* take(size_t bytes);
  // Gives a block of kMessageBlockBytes.
  OutputBlock* takeForMessage() { return make(kMessageBlockBytes); }
  void giveBack(OutputBlock* block);
  // Frees half of what was never needed since the last call. Call it now and then.
  void trim();
  size_t keptBlocks() const { return kept_count_; }

 private:
  static OutputBlock* make(size_t capacity);

  OutputBlock* kept_ = nullptr;
  size_t kept_count_ = 0;
  // The fewest blocks that were kept at any time since trim().
  size_t unused_count_ = 0;
};

// Says how much may wait in a buffer.
class OutputBound {
 public:
  // Asked before a buffer takes memory beyond its first block: `bytes` will be waiting in all.
  // False if they must not. Then the buffer has overflowed.
  virtual bool allowsOutput(size_t bytes) = 0;

 protected:
  ~OutputBound() = default;
};

class OutputBuffer {
 public:
  explicit OutputBuffer(OutputBlockPool& pool) : pool_(pool) {}
  ~OutputBuffer() { clear(); }
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;

  // The bound must outlive the buffer; without one everything is taken.
  void setBound(OutputBound& bound) { bound_ = &bound; }
  // More was to wait than the bound allows. What waited was dropped, and so is all that comes:
  // positions go on, but the bytes that are left mean nothing and must not be sent.
  bool overflowed() const { return overflowed_; }
  // Is called before a reply is begun that will have at least `bytes` more: the buffer overflows at
  // once if they are too many, so that nobody has to write them.
  void expect(size_t bytes) { static_cast<void>(admits(bytes)); }

  // Gives room for `bytes` (at most OutputBlockPool::kBlockBytes) in one piece; what is written
  // there counts after commit().
  char* reserve(size_t bytes) {
    if (static_cast<size_t>(limit_ - cursor_) < bytes) addBlock(bytes);
    return cursor_;
  }
  void commit(size_t bytes) { cursor_ += bytes; }
  // Tells how many bytes reserve() has room for without another block.
  size_t room() const { return static_cast<size_t>(limit_ - cursor_); }

  void append(std::string_view bytes) {
    if (static_cast<size_t>(limit_ - cursor_) < bytes.size()) return appendAcross(bytes);
    // memcpy must not see the null pointers of an empty view or of a buffer without block.
    if (bytes.empty()) return;
    std::memcpy(cursor_, bytes.data(), bytes.size());
    cursor_ += bytes.size();
  }

  // Does the same for a message to a client that is owed nothing else. Such messages are short and
  // go to many clients at once, so they do not ask for a whole block.
  void appendMessage(std::string_view bytes) {
    if (tail_ == nullptr && bytes.size() <= OutputBlockPool::kMessageBlockBytes) addMessageBlock();
    append(bytes);
  }

  bool empty() const { return size() == 0; }
  // Counts the bytes that wait.
  size_t size() const { return sealed_bytes_ + tailBytes(); }
  // Counts the bytes of memory that are held, whether something waits in them or not.
  size_t memoryBytes() const { return memory_bytes_; }
  size_t blockCount() const { return block_count_; }

  // Everything that was ever appended, in bytes: the position in the stream at which the next byte
  // will stand.
  uint64_t position() const { return consumed_ + size(); }
  uint64_t consumedPosition() const { return consumed_; }

  // Fills up to `count_max` pieces with what is waiting, oldest first and at most `bytes_max`;
  // returns how many. Valid until the next change.
  int gather(iovec* pieces, int count_max, size_t bytes_max = SIZE_MAX);
  // Drops the oldest `bytes`, of which there must be so many.
  void consume(size_t bytes);
  void clear();
  // Everything that is waiting, which is dropped here. Complexity: a copy of it.
  std::string takeAll();

 private:
  size_t tailBytes() const {
    return tail_ == nullptr ? 0 : static_cast<size_t>(cursor_ - tail_->data()) - tail_->begin;
  }
  void sealTail();
  bool admits(size_t bytes);
  void addBlock(size_t bytes);
  void addMessageBlock();
  void useBlock(OutputBlock* block);
  void appendAcross(std::string_view bytes);
  void dropHead();

  OutputBlockPool& pool_;
  OutputBound* bound_ = nullptr;
  bool overflowed_ = false;
  // The end of the tail block lives in cursor_, which every append moves; OutputBlock::end is set
  // when it is sealed.
  char* cursor_ = nullptr;
  char* limit_ = nullptr;
  OutputBlock* head_ = nullptr;
  OutputBlock* tail_ = nullptr;
  size_t sealed_bytes_ = 0;
  uint64_t consumed_ = 0;
  size_t memory_bytes_ = 0;
  size_t block_count_ = 0;
};

}  // namespace inkstone
