// The clients that have cached a key, from which invalidations are sent (CLIENT TRACKING without
// BCAST).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/clients/keyed_lists.h"
#include "server/process/random_engine.h"

namespace inkstone {

class TrackingTable {
 public:
  // The ids are ascending. Some of the clients may have gone, or stopped tracking, since.
  using ClientIds = std::vector<uint64_t>;

  // The hasher must outlive the table.
  explicit TrackingTable(const KeyHasher& hasher) : clients_(0, NameHash{&hasher}) {}

  // O(log clients) when the pair is known already, else O(clients of the key).
  void remember(std::string_view key, uint64_t client_id);
  // Removes a key and returns the clients that have cached it; empty if there are none.
  ClientIds take(std::string_view key);
  // A random key. The table must not be empty.
  std::string_view randomKey(RandomEngine& random) const;
  void clear();

  bool empty() const { return clients_.empty(); }
  size_t keys() const { return clients_.size(); }
  // The sum of the clients of all keys.
  size_t items() const { return items_; }

 private:
  std::unordered_map<std::string, ClientIds, NameHash, std::equal_to<>> clients_;
  size_t items_ = 0;
};

}  // namespace inkstone
