// When a value changes from its compact form to the one for many elements: the *-max-* directives.
#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/key_hash.h"

namespace inkstone {

// There is one for all databases, which Keyspace owns. A new limit is applied to a value when that
// value is changed the next time. A value that has left the compact form never returns to it,
// except a list.
struct EncodingRules {
  // Hashes the members of tables.
  const KeyHasher* hasher = nullptr;

  size_t hash_max_listpack_entries = 512;
  size_t hash_max_listpack_value = 64;
  // A positive number says how many elements a node holds; -1 to -5 stand for 4, 8, 16, 32 and 64
  // KB a node.
  int64_t list_max_listpack_size = -2;
  // Nodes at each end that are not compressed; 0: none is.
  int64_t list_compress_depth = 0;
  // Texts of this size or more get a node of their own, not only those no node has room for; 0 for
  // the latter. Tests set it.
  size_t list_packed_threshold = 0;
  size_t set_max_intset_entries = 512;
  size_t set_max_listpack_entries = 128;
  size_t set_max_listpack_value = 64;
  size_t zset_max_listpack_entries = 128;
  size_t zset_max_listpack_value = 64;
};

}  // namespace inkstone
