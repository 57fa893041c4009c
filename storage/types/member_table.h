// Big sets and hashes: a hash table of nodes (member_node.h) with the memory they stand in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "storage/hash_table.h"
#include "storage/key_hash.h"
#include "storage/types/member_arena.h"
#include "storage/types/member_node.h"

namespace inkstone {

// Owns its nodes; those it gives out are valid until the next change. Every operation takes the
// key's hash, hashOf().
template <class Node>
class MemberTable {
 public:
  struct Traits {
    const KeyHasher* hasher;
    bool equals(const Node* node, std::string_view key) const { return node->key() == key; }
    uint64_t hash(const Node* node) const { return (*hasher)(node->key()); }
    int64_t deadline(const Node*) const { return kNever; }
  };
  using Table = HashTable<Node, Traits>;
  using Slot = typename Table::Slot;

  // The hasher has to outlive the table.
  explicit MemberTable(const KeyHasher& hasher) : hasher_(&hasher), table_(Traits{&hasher}) {}
  ~MemberTable() {
    if (arena_.longBlocks() > 0) destroyLongNodes();
  }
  MemberTable(const MemberTable&) = delete;
  MemberTable& operator=(const MemberTable&) = delete;

  size_t size() const { return table_.size(); }
  uint64_t hashOf(std::string_view key) const { return (*hasher_)(key); }
  Slot find(uint64_t hash, std::string_view key) const { return table_.find(hash, key); }
  Slot find(std::string_view key) const { return find(hashOf(key), key); }
  const Table& nodes() const { return table_; }

  // Makes an empty table ready for so many nodes.
  void reserve(size_t nodes) { table_.reserve(nodes); }

  // Adds a node made of `parts`, the first of which is its key, not in the table yet. Throws
  // std::bad_alloc.
  template <class... Rest>
  Node* insert(uint64_t hash, std::string_view key, Rest... rest) {
    debugInvariant([&] { return !find(hash, key); }, "a member is inserted once");
    void* memory = arena_.allocate(Node::bytesFor(key, rest...));
    Node* const node = Node::place(memory, key, rest...);
    table_.insert(hash, node);
    return node;
  }
  // Writes a node with the same key and another rest in its place.
  template <class... Rest>
  void replace(Slot slot, std::string_view key, Rest... rest) {
    Node* const old = slot.node();
    const size_t old_bytes = old->bytes();
    const size_t bytes = Node::bytesFor(key, rest...);
    if (MemberArena::capacity(bytes) == MemberArena::capacity(old_bytes)) {
      Node::place(old, key, rest...);
      return;
    }
    slot.replace(Node::place(arena_.allocate(bytes), key, rest...));
    arena_.deallocate(old, old_bytes);
  }
  // `slot` is that of a node with this hash.
  void erase(uint64_t hash, Slot slot) {
    Node* const node = slot.node();
    table_.erase(hash, slot);
    arena_.deallocate(node, node->bytes());
  }
  // Gives false if there is no such node. The key may be that of the node itself.
  bool erase(std::string_view key) {
    const uint64_t hash = hashOf(key);
    const Slot slot = find(hash, key);
    if (!slot) return false;
    erase(hash, slot);
    return true;
  }

  BrokenClaim checkStructure() const {
    if (const BrokenClaim broken = arena_.checkStructure()) return broken;
    return table_.checkStructure();
  }

  // Counts the bytes of everything that the table owns.
  size_t memoryBytes() const {
    return blockBytes(sizeof *this) + table_.memoryBytes() + arena_.memoryBytes();
  }
  // Pieces of memory to be given back in the end.
  size_t pieces() const { return 1 + table_.segmentCount() + arena_.pieces(); }

 private:
  void destroyLongNodes() {
    table_.forEach([this](Node* node) {
      const size_t bytes = node->bytes();
      if (MemberArena::isLong(bytes)) arena_.deallocate(node, bytes);
    });
  }

  const KeyHasher* hasher_;
  MemberArena arena_;
  Table table_;
};

using MemberSet = MemberTable<Member>;
using FieldTable = MemberTable<Field>;

}  // namespace inkstone
