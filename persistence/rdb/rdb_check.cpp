#include "persistence/rdb/rdb_check.h"

#include <algorithm>
#include <climits>
#include <random>
#include <vector>

#include "storage/key_hash.h"

namespace inkstone {
namespace {

// Stands for a key: two different ones of a file are not alike in 128 bits.
struct KeyMark {
  uint64_t low;
  uint64_t high;
  uint64_t offset;

  bool sameKey(const KeyMark& other) const { return low == other.low && high == other.high; }
};

KeyHasher::Secret randomSecret() {
  std::random_device random;
  KeyHasher::Secret secret;
  for (unsigned char& byte : secret) byte = static_cast<unsigned char>(random());
  return secret;
}

KeyMark markOf(const RdbKey& key, const KeyHasher::Secret& secret) {
  XXH3_state_t state;
  XXH3_128bits_reset_withSecret(&state, secret.data(), secret.size());
  XXH3_128bits_update(&state, &key.database, sizeof key.database);
  XXH3_128bits_update(&state, key.key.data(), key.key.size());
  const XXH128_hash_t hash = XXH3_128bits_digest(&state);
  return {hash.low64, hash.high64, key.offset};
}

// The place of the first key that was there before, or UINT64_MAX.
uint64_t firstRepeated(std::vector<KeyMark>& marks) {
  std::sort(marks.begin(), marks.end(), [](const KeyMark& a, const KeyMark& b) {
    if (a.high != b.high) return a.high < b.high;
    return a.low != b.low ? a.low < b.low : a.offset < b.offset;
  });
  uint64_t offset = UINT64_MAX;
  for (size_t i = 1; i < marks.size(); ++i) {
    if (marks[i].sameKey(marks[i - 1])) offset = std::min(offset, marks[i].offset);
  }
  return offset;
}

}  // namespace

RdbCheckResult checkRdbImage(ReadFile& file, uint64_t file_size, int64_t now_ms) {
  const KeyHasher::Secret secret = randomSecret();
  const KeyHasher hasher(secret);
  EncodingRules rules;
  rules.hasher = &hasher;
  // How many databases the server has that will load it is not known here.
  RdbReader reader(file, file_size, rules, {INT_MAX, true, true});
  RdbCheckResult result;
  std::vector<KeyMark> marks;
  RdbKey key;
  RdbReader::Status status;
  while ((status = reader.next(key)) == RdbReader::Status::kKey) {
    ++result.keys;
    marks.push_back(markOf(key, secret));
    if (!key.deadline) continue;
    ++result.deadlines;
    if (*key.deadline < now_ms) ++result.expired;
  }
  result.end_offset = reader.offset();
  result.facts = reader.facts();
  for (const std::string& name : result.facts.module_aux_skipped) {
    result.left_out += result.left_out.empty() ? "AUX data of the module types '" : "', '";
    result.left_out += name;
  }
  if (!result.left_out.empty()) {
    result.left_out += "', which a server loads only with rdb-skip-module-aux yes, without them";
  }
  if (status == RdbReader::Status::kFailed) result.error = reader.error();
  // A key that comes twice stops the KeyspaceFiller before damage behind it does.
  const uint64_t repeated = firstRepeated(marks);
  if (repeated != UINT64_MAX) {
    result.error = {RdbError::Kind::kDamaged, repeated, "a key that was there before", {}};
  }
  return result;
}

}  // namespace inkstone
