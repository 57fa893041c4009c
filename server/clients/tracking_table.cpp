#include "server/clients/tracking_table.h"

#include <algorithm>

#include "base/kept_buffer.h"

namespace inkstone {

namespace {
constexpr size_t kBucketsKept = 1024;
}  // namespace

void TrackingTable::remember(std::string_view key, uint64_t client_id) {
  auto found = clients_.find(key);
  if (found == clients_.end()) found = clients_.emplace(std::string(key), ClientIds()).first;
  ClientIds& ids = found->second;
  const auto place = std::lower_bound(ids.begin(), ids.end(), client_id);
  if (place != ids.end() && *place == client_id) return;
  ids.insert(place, client_id);
  ++items_;
}

TrackingTable::ClientIds TrackingTable::take(std::string_view key) {
  const auto found = clients_.find(key);
  if (found == clients_.end()) return {};
  ClientIds ids = std::move(found->second);
  clients_.erase(found);
  shrinkIfEmpty(clients_, kBucketsKept);
  items_ -= ids.size();
  return ids;
}

std::string_view TrackingTable::randomKey(RandomEngine& random) const {
  // Mostly a bucket has a key. After many keys were taken out few buckets have one, and then the
  // first key is good enough.
  constexpr int kTries = 64;
  for (int i = 0; i < kTries; ++i) {
    const size_t bucket = random() % clients_.bucket_count();
    if (clients_.bucket_size(bucket) > 0) return clients_.begin(bucket)->first;
  }
  return clients_.begin()->first;
}

void TrackingTable::clear() {
  clients_.clear();
  shrinkIfEmpty(clients_, kBucketsKept);
  items_ = 0;
}

}  // namespace inkstone
