#include "server/data/data_set.h"

#include "server/process/random_bytes.h"

namespace inkstone {
namespace {

// A value of no more pieces than this is freed at once, because handing it to another thread costs
// more.
constexpr size_t kLazyEffortMin = 64;

KeyHasher::Secret randomSecret() {
  KeyHasher::Secret secret;
  fillRandom(secret);
  return secret;
}

EncodingRules encodingRules(const ConfigValues& settings) {
  EncodingRules rules;
  rules.hash_max_listpack_entries = static_cast<size_t>(settings.hash_max_listpack_entries);
  rules.hash_max_listpack_value = settings.hash_max_listpack_value;
  rules.list_max_listpack_size = settings.list_max_listpack_size;
  rules.list_compress_depth = settings.list_compress_depth;
  rules.set_max_intset_entries = static_cast<size_t>(settings.set_max_intset_entries);
  rules.set_max_listpack_entries = static_cast<size_t>(settings.set_max_listpack_entries);
  rules.set_max_listpack_value = settings.set_max_listpack_value;
  rules.zset_max_listpack_entries = static_cast<size_t>(settings.zset_max_listpack_entries);
  rules.zset_max_listpack_value = settings.zset_max_listpack_value;
  return rules;
}

}  // namespace

DataSet::DataSet(const ConfigValues& settings)
    : keyspace(static_cast<size_t>(settings.databases), randomSecret()) {}

void DataSet::applySettings(const ConfigValues& settings) {
  const bool lfu = settings.maxmemory_policy == MaxmemoryPolicy::kAllkeysLfu ||
                   settings.maxmemory_policy == MaxmemoryPolicy::kVolatileLfu;
  access_clock.setPolicy(lfu, {static_cast<uint32_t>(settings.lfu_log_factor),
                               static_cast<uint32_t>(settings.lfu_decay_time)});
  EncodingRules rules = encodingRules(settings);
  // DEBUG sets this value; there is no directive for it.
  rules.list_packed_threshold = keyspace.encodingRules().list_packed_threshold;
  keyspace.setEncodingRules(rules);
}

void DataSet::freeLazily(Database& database, Entry* entry) {
  if (hasObject(entry->encoding()) && freeEffort(valueOf(*entry)) > kLazyEffortMin) {
    return lazy_free.submit(database.takeValue(entry));
  }
  database.destroyEntry(entry);
}

void DataSet::destroy(const Value& value, bool lazy) {
  if (lazy && freeEffort(value) > kLazyEffortMin) return lazy_free.submit(value);
  destroyValue(value);
}

}  // namespace inkstone
