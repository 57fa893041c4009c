// A node of a list: elements packed as in a listpack, with room at both ends of the buffer, or one
// large element by itself. Either can be compressed.
//
// Pushing to and popping from either end of the packed form never moves the elements: the 6-byte
// header moves instead. Only the buffers of a list's first and last node keep such room; an inner
// node takes what a listpack of its length would.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "storage/types/listpack.h"

namespace inkstone {

class QuicklistNode {
 public:
  // CountedTree's, which the list keeps its nodes in.
  void* parent = nullptr;
  QuicklistNode* previous = nullptr;
  QuicklistNode* next = nullptr;
  // The first and the last node weigh nothing there, so that changes at the ends of a list need not
  // be told to the tree.
  size_t weight() const { return isInner() ? count_ : 0; }
  bool isInner() const { return previous != nullptr && next != nullptr; }

  // Without elements; the buffer grows. Throws std::bad_alloc, as everything here.
  explicit QuicklistNode(size_t capacity);
  // Takes the block over.
  explicit QuicklistNode(Listpack pack);
  // One large element.
  explicit QuicklistNode(std::string_view plain);
  ~QuicklistNode() { freeBuffer(); }
  QuicklistNode(const QuicklistNode&) = delete;
  QuicklistNode& operator=(const QuicklistNode&) = delete;
  // With the elements of another, neighbours excepted.
  static QuicklistNode* copy(const QuicklistNode& other);

  bool isPlain() const { return plain_; }
  bool isCompressed() const { return compressed_; }
  size_t count() const { return count_; }
  // Of the listpack or the large element, not compressed.
  size_t byteCount() const;
  size_t memoryBytes() const;

  // What follows needs a node that is not compressed, and from here on a packed one.
  Listpack pack() const { return Listpack(buffer_ + begin_); }
  // Takes the listpack out, its block as long as it has to be; the node is left to be deleted.
  Listpack release();

  // `bytes_max`: up to where the buffer doubles. `alone`: the node is first and last, so that both
  // ends get room when it grows.
  void pushFront(const listpack_format::Encoded& element, size_t bytes_max, bool alone);
  void pushBack(const listpack_format::Encoded& element, size_t bytes_max, bool alone);
  // Fewer than count().
  void eraseFront(size_t count);
  void eraseBack(size_t count);

  void insert(size_t index, std::string_view text);
  // False if the node would grow beyond `bytes_max`: then nothing has changed.
  [[nodiscard]] bool replace(size_t index, std::string_view text, size_t bytes_max);
  // Fewer than count().
  void erase(size_t index, size_t count);
  // Moves the elements from `index` on to a new node.
  QuicklistNode* split(size_t index);
  // Takes the elements of another over.
  void append(const QuicklistNode& other);
  // Gives room at the ends back. Due when a node has become an inner one, and after each change of
  // an inner node.
  void trim();

  // Packed or plain. Compresses if that saves enough; then only what stands above this line may be
  // used, and decompress() and decompressTo().
  void compress();
  void decompress();
  // Writes byteCount() bytes. The node has to be compressed.
  void decompressTo(uint8_t* to) const;
  // The bytes as they are kept: of the large element, or of the listpack. Not compressed.
  const uint8_t* rawBytes() const;

 private:
  // In front of compressed bytes.
  struct CompressedHead {
    uint32_t bytes;      // that are kept
    uint32_t raw_bytes;  // that they stand for
  };

  const CompressedHead& compressedHead() const {
    return *reinterpret_cast<const CompressedHead*>(buffer_);
  }
  uint8_t* head() const { return buffer_ + begin_; }
  uint8_t* end() const { return head() + byteCount() - 1; }
  size_t roomBehind() const { return capacity_ - begin_ - byteCount(); }
  void setHeader(size_t bytes, size_t count);
  void makeRoom(size_t bytes, bool in_front, size_t bytes_max, bool alone);
  void moveTo(size_t capacity, size_t begin);
  uint8_t* splice(const uint8_t* at, size_t removed, size_t inserted);
  void freeBuffer();

  uint8_t* buffer_;     // of a plain node: a StringBuffer
  uint32_t begin_ = 0;  // of the listpack in the buffer
  uint32_t capacity_ = 0;
  uint32_t count_ = 0;
  bool plain_ = false;
  bool compressed_ = false;
  // Compressing was tried and did not save enough; forgotten by trim().
  bool incompressible_ = false;
};

static_assert(sizeof(QuicklistNode) == 48);

// Inline because a push should be a handful of instructions.

inline void QuicklistNode::setHeader(size_t bytes, size_t count) {
  count_ = static_cast<uint32_t>(count);
  uint8_t* const header = head();
  listpack_format::store(header, static_cast<uint32_t>(bytes));
  listpack_format::store(header + 4, static_cast<uint16_t>(count < 65535 ? count : 65535));
}

inline void QuicklistNode::pushFront(const listpack_format::Encoded& element, size_t bytes_max,
                                     bool alone) {
  const size_t added = element.bytes();
  if (begin_ < added) [[unlikely]]
    makeRoom(added, true, bytes_max, alone);
  const size_t bytes = pack().byteCount();
  begin_ -= static_cast<uint32_t>(added);
  setHeader(bytes + added, count_ + 1);
  element.write(head() + Listpack::kHeaderBytes);
}

inline void QuicklistNode::pushBack(const listpack_format::Encoded& element, size_t bytes_max,
                                    bool alone) {
  const size_t added = element.bytes();
  size_t bytes = pack().byteCount();
  if (capacity_ - begin_ - bytes < added) [[unlikely]]
    makeRoom(added, false, bytes_max, alone);
  uint8_t* const place = head() + bytes - 1;
  element.write(place);
  place[added] = listpack_format::kEnd;
  setHeader(bytes + added, count_ + 1);
}

}  // namespace inkstone
