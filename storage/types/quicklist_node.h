// A node of a list: elements packed as in a listpack, or one large element by itself. Either can be
// compressed.
//
// Only the buffers of a list's first and last node have room at both ends, so that pushing and
// popping there never moves the elements: the 6-byte header moves instead. What tells the room
// stands in front of it in the buffer, so an inner node, of which there may be millions, is four
// pointers and a listpack.
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
  size_t weight() const { return isInner() ? count() : 0; }
  bool isInner() const { return previous != nullptr && next != nullptr; }

  // What the buffer of a node with room at its ends holds besides the listpack.
  static constexpr size_t kRoomBytes = 8;

  // Makes a node without elements in a buffer of so many bytes, 16 at least, which grows. Throws
  // std::bad_alloc, as everything here does.
  explicit QuicklistNode(size_t capacity);
  // Takes the block over.
  explicit QuicklistNode(Listpack pack);
  // Makes a node of one large element.
  explicit QuicklistNode(std::string_view plain);
  ~QuicklistNode() { ::operator delete(buffer()); }
  QuicklistNode(const QuicklistNode&) = delete;
  QuicklistNode& operator=(const QuicklistNode&) = delete;
  // Copies the elements of another node, but not its neighbours.
  static QuicklistNode* copy(const QuicklistNode& other);

  bool isPlain() const { return has(kPlain); }
  bool isCompressed() const { return has(kCompressed); }
  // Takes constant time, but for a node that was loaded with 65,535 elements or more.
  size_t count() const;
  // Counts the bytes that the listpack or the large element has when it is not compressed.
  size_t byteCount() const;
  size_t memoryBytes() const;

  // What follows needs a node that is not compressed, and from here on a packed one.
  Listpack pack() const { return Listpack(head()); }
  // Takes the listpack out, its block as long as it has to be; the node is left to be deleted.
  Listpack release();

  // `bytes_max`: up to where the buffer doubles. `alone`: the node is first and last, so that both
  // ends get room when it grows.
  void pushFront(const listpack_format::Encoded& element, size_t bytes_max, bool alone);
  void pushBack(const listpack_format::Encoded& element, size_t bytes_max, bool alone);
  // `count` must be less than count().
  void eraseFront(size_t count);
  void eraseBack(size_t count);

  // These give room at the ends back.
  void insert(size_t index, std::string_view text);
  // Gives false if the node would grow beyond `bytes_max`: then nothing has changed.
  [[nodiscard]] bool replace(size_t index, std::string_view text, size_t bytes_max);
  // `count` must be less than count().
  void erase(size_t index, size_t count);
  // Moves the elements from `index` on to a new node.
  QuicklistNode* split(size_t index);
  // Takes the elements of another over.
  void append(const QuicklistNode& other);
  // Gives room at the ends back. Due when a node has become an inner one.
  void trim();

  // Packed or plain. Compresses if that saves enough; then only what stands above this line may be
  // used, and decompress() and decompressTo().
  void compress();
  void decompress();
  // Writes byteCount() bytes. The node must be compressed.
  void decompressTo(uint8_t* to) const;
  // Finds a claim about flags, room and bytes that is broken. It takes as long as reading the node.
  BrokenClaim checkStructure() const;
  // The bytes as they are kept: of the large element, or of the listpack. Not compressed.
  const uint8_t* rawBytes() const;

 private:
  // Stands in front of compressed bytes.
  struct CompressedHead {
    uint32_t bytes;      // that are kept
    uint32_t raw_bytes;  // that they stand for
    uint32_t count;      // of elements
  };
  // Stands at the start of a buffer with room.
  struct Room {
    uint32_t begin;  // of the listpack, from the start of the buffer
    uint32_t capacity;
  };
  using Flags = uintptr_t;
  static constexpr Flags kPlain = 1;
  static constexpr Flags kCompressed = 2;
  // Compressing was tried and did not save enough; forgotten when the node changes.
  static constexpr Flags kIncompressible = 4;
  static constexpr Flags kRoomy = 8;
  // The allocator aligns blocks of this size or more to it.
  static constexpr Flags kAllFlags = 15;

  static_assert(sizeof(Room) == kRoomBytes);

  bool has(Flags flags) const { return (reinterpret_cast<uintptr_t>(tagged_) & flags) != 0; }
  uint8_t* buffer() const { return tagged_ - (reinterpret_cast<uintptr_t>(tagged_) & kAllFlags); }
  void setBuffer(uint8_t* buffer, Flags flags) { tagged_ = buffer + flags; }
  // Frees the one it had.
  void replaceBuffer(uint8_t* buffer, Flags flags);
  Room& room() const { return *reinterpret_cast<Room*>(buffer()); }
  const CompressedHead& compressedHead() const {
    return *reinterpret_cast<const CompressedHead*>(buffer());
  }

  // The following need a packed node.
  uint8_t* head() const { return has(kRoomy) ? buffer() + room().begin : buffer(); }
  size_t capacity() const;
  BrokenClaim checkCompressed() const;
  static void setHeader(uint8_t* head, size_t bytes, size_t count);
  void makeRoom(size_t bytes, bool in_front, size_t bytes_max, bool alone);
  void moveTo(size_t capacity, size_t begin);
  // Moves the listpack to the start of the buffer, for changes that may move it elsewhere; then
  // keep() takes it back.
  Listpack packToChange();
  void keep(Listpack pack) { setBuffer(pack.bytes(), 0); }

  // The buffer's address plus flags: a CompressedHead and what it tells; or a StringBuffer (plain);
  // or a Room, and a listpack somewhere behind it; or nothing but a listpack, whose capacity is a
  // function of its length.
  uint8_t* tagged_;
};

static_assert(sizeof(QuicklistNode) == 32);

// Inline because a push should be a handful of instructions.

inline size_t QuicklistNode::count() const {
  if (has(kPlain)) return 1;
  if (has(kCompressed)) return compressedHead().count;
  return pack().size();
}

inline void QuicklistNode::setHeader(uint8_t* head, size_t bytes, size_t count) {
  constexpr size_t kUnknown = 65535;
  listpack_format::store(head, static_cast<uint32_t>(bytes));
  listpack_format::store(head + 4, static_cast<uint16_t>(count < kUnknown ? count : kUnknown));
}

inline void QuicklistNode::pushFront(const listpack_format::Encoded& element, size_t bytes_max,
                                     bool alone) {
  const size_t added = element.bytes();
  if (!has(kRoomy) || room().begin < kRoomBytes + added) [[unlikely]]
    makeRoom(added, true, bytes_max, alone);
  const size_t bytes = pack().byteCount();
  const size_t count = pack().size();
  room().begin -= static_cast<uint32_t>(added);
  uint8_t* const head = this->head();
  setHeader(head, bytes + added, count + 1);
  element.write(head + Listpack::kHeaderBytes);
}

inline void QuicklistNode::pushBack(const listpack_format::Encoded& element, size_t bytes_max,
                                    bool alone) {
  const size_t added = element.bytes();
  const size_t bytes = pack().byteCount();
  if (!has(kRoomy) || room().capacity - room().begin - bytes < added) [[unlikely]]
    makeRoom(added, false, bytes_max, alone);
  uint8_t* const head = this->head();
  uint8_t* const place = head + bytes - 1;
  element.write(place);
  place[added] = listpack_format::kEnd;
  setHeader(head, bytes + added, pack().size() + 1);
}

}  // namespace inkstone
