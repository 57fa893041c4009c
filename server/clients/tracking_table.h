// Which clients keep which keys: what invalidations are sent by (CLIENT TRACKING without BCAST).
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
  // Ascending. Some may have gone, or stopped tracking, since.
  using ClientIds = std::vector<uint64_t>;

  // The hasher must outlive the table.
  explicit TrackingTable(const KeyHasher& hasher) : clients_(0, NameHash{&hasher}) {}

  // O(log clients) to find that it is known already, else O(clients that keep the key).
  void remember(std::string_view key, uint64_t client_id);
  // Takes a key out: who was told to keep it. Empty if nobody.
  ClientIds take(std::string_view key);
  // A key by chance. The table must not be empty.
  std::string_view randomKey(RandomEngine& random) const;
  void clear();

  bool empty() const { return clients_.empty(); }
  size_t keys() const { return clients_.size(); }
  // Clients, each counted once for every key it keeps.
  size_t items() const { return items_; }

 private:
  std::unordered_map<std::string, ClientIds, NameHash, std::equal_to<>> clients_;
  size_t items_ = 0;
};

}  // namespace inkstone
