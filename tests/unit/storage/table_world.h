// A hash table with nodes of its own, beside the model it has to agree with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "storage/hash_table.h"
#include "tests/unit/seeded_random.h"

namespace inkstone::testing {

struct Node {
  uint64_t number;
  uint64_t hash;
  std::string key;
  int64_t deadline = kNever;
  size_t place = 0;  // in TableWorld::alive
};

struct NodeTraits {
  bool equals(const Node* node, std::string_view key) const { return node->key == key; }
  uint64_t hash(const Node* node) const { return node->hash; }
  int64_t deadline(const Node* node) const { return node->deadline; }
};

using TestTable = HashTable<Node, NodeTraits>;
using HashFunction = uint64_t (*)(uint64_t number);

// splitmix64: every bit depends on every bit.
inline uint64_t goodHash(uint64_t number) {
  uint64_t x = number + 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}
// 64 values in all: whole runs of buckets hold nothing but one tag.
inline uint64_t fewValuesHash(uint64_t number) {
  return goodHash(number % 64);
}
// The low 48 bits say nothing: tags of a segment cluster.
inline uint64_t clusteredHash(uint64_t number) {
  return goodHash(number) & 0xFFF0000000000000;
}
// Everything begins in the last bucket and has to go round to the first.
inline uint64_t lastBucketHash(uint64_t) {
  return ~uint64_t{0};
}
// Slots of empty and of tag 0 look alike in all but the pointer.
inline uint64_t zeroTagHash(uint64_t) {
  return 0;
}

class TableWorld {
 public:
  explicit TableWorld(HashFunction hash) : hash_(hash) {}

  TestTable table{NodeTraits{}};
  std::unordered_map<uint64_t, std::unique_ptr<Node>> model;
  std::vector<Node*> alive;

  static std::string keyOf(uint64_t number) { return "key:" + std::to_string(number); }
  TestTable::Slot find(uint64_t number) const { return table.find(hash_(number), keyOf(number)); }

  Node* insert(uint64_t number) {
    auto node = std::make_unique<Node>(Node{number, hash_(number), keyOf(number)});
    Node* const raw = node.get();
    raw->place = alive.size();
    alive.push_back(raw);
    model[number] = std::move(node);
    table.insert(raw->hash, raw);
    return raw;
  }

  void erase(Node* node) {
    table.erase(node->hash, find(node->number));
    forget(node);
    lost_.pop_back();
  }

  // Takes a node out of the model alone: the fault that canaries make.
  void forget(Node* node) {
    alive.back()->place = node->place;
    alive[node->place] = alive.back();
    alive.pop_back();
    lost_.push_back(std::move(model.at(node->number)));
    model.erase(node->number);
  }

  void setDeadline(Node* node, int64_t deadline) {
    node->deadline = deadline;
    table.noteDeadline(node->hash, deadline);
  }

  // What is wrong with the table, or an empty text: each node of the model must be found, and the
  // table must hold nothing else and nothing twice.
  std::string disagreement() const {
    if (const BrokenClaim broken = table.checkStructure()) return std::string(broken->text());
    if (table.size() != model.size()) return "size differs";
    for (const auto& [number, node] : model) {
      const TestTable::Slot slot = find(number);
      if (!slot || slot.node() != node.get()) return "not found: " + node->key;
    }
    std::unordered_set<const Node*> seen;
    std::string wrong;
    table.forEach([&](const Node* node) {
      if (!seen.insert(node).second) wrong = "twice in the table";
      const auto found = model.find(node->number);
      if (found == model.end() || found->second.get() != node) wrong = "a node not in the model";
    });
    if (!wrong.empty()) return wrong;
    if (seen.size() != model.size()) return "forEach does not visit all";
    if (!model.empty() && table.slotCount() <= model.size()) return "no slot is left empty";
    return {};
  }

 private:
  HashFunction hash_;
  std::vector<std::unique_ptr<Node>> lost_;
};

}  // namespace inkstone::testing
