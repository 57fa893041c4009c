// A keyspace to be saved and loaded, and what is put into it most.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "persistence/rdb/keyspace_filler.h"
#include "persistence/rdb/rdb_encoder.h"
#include "storage/types/hash_value.h"
#include "storage/types/list_value.h"
#include "storage/types/set_value.h"
#include "storage/types/sorted_set_value.h"
#include "tests/support/describe_keyspace.h"
#include "tests/unit/storage/database_fixture.h"

namespace inkstone::test {

class RdbWorld {
 public:
  using Texts = std::vector<std::string>;
  using Scored = std::pair<std::string, double>;

  Keyspace keyspace{16, inkstone::testing::testSecret()};
  AccessClock clock;
  // The database in which the functions below put their keys.
  size_t database = 0;

  // Why the last load failed.
  RdbError error;
  RdbFacts facts;
  uint64_t keys_loaded = 0;
  uint64_t keys_expired = 0;
  uint64_t end_offset = 0;

  Database& db() { return keyspace[database]; }
  const EncodingRules& rules() const { return keyspace.encodingRules(); }

  void string(std::string_view key, std::string_view value) {
    db().setString(db().hashOf(key), key, {}, value, false, 0);
  }
  void list(std::string_view key, const Texts& elements) {
    ListValue list(ListValue::create(), rules());
    for (const std::string& element : elements) {
      list.expect(1, element.size());
      list.pushBack(element);
    }
    put(key, list.value());
  }
  void set(std::string_view key, const Texts& members) {
    SetValue set(SetValue::create(rules(), members.front(), members.size()), rules());
    for (const std::string& member : members) set.insert(member);
    put(key, set.value());
  }
  void hash(std::string_view key, const std::vector<std::pair<std::string, std::string>>& fields) {
    HashValue hash(HashValue::create(), rules());
    for (const auto& [field, value] : fields) hash.set(field, value);
    put(key, hash.value());
  }
  void zset(std::string_view key, const std::vector<Scored>& members) {
    SortedSetValue zset(SortedSetValue::create(rules(), members.size(), 0), rules());
    for (const auto& [member, score] : members) zset.set(member, score);
    put(key, zset.value());
  }
  void expire(std::string_view key, int64_t deadline) {
    const uint64_t hash = db().hashOf(key);
    db().setDeadline(hash, db().find(hash, key), deadline);
  }
  const Entry* entry(std::string_view key) {
    const Database::Slot slot = db().find(db().hashOf(key), key);
    return slot ? slot.node() : nullptr;
  }
  std::string encoding(std::string_view key) {
    return entry(key) == nullptr ? "none" : encodingName(*entry(key));
  }

  std::string describe() const { return inkstone::testing::describeKeyspace(keyspace); }
  // Type and content of one key.
  std::string describe(std::string_view key) {
    return entry(key) == nullptr ? "none" : inkstone::testing::describeEntry(*entry(key), rules());
  }

  std::string save(const RdbWriteSettings& settings = {}, RdbAccess access = RdbAccess::kNone) {
    RdbSaveRequest request;
    request.info = {"7.2.5", 1700000000, 1048576, false};
    request.settings = settings;
    request.access = access;
    request.clock = &clock;
    RdbStringSink sink;
    (void)saveRdb(keyspace, request, sink);
    return sink.take();
  }
  bool load(std::string_view bytes, const RdbLoadSettings& settings = {}) {
    KeyspaceFiller loader(bytes, keyspace, clock, settings);
    return run(loader);
  }
  bool load(ReadFile& file, uint64_t size, const RdbLoadSettings& settings = {}) {
    KeyspaceFiller loader(file, size, keyspace, clock, settings);
    return run(loader);
  }

 private:
  void put(std::string_view key, const Value& value) {
    db().insertValue(db().hashOf(key), key, value, 0);
  }
  bool run(KeyspaceFiller& loader) {
    KeyspaceFiller::Status status;
    do status = loader.step(7);
    while (status == KeyspaceFiller::Status::kMore);
    error = loader.error();
    facts = loader.facts();
    keys_loaded = loader.keysLoaded();
    keys_expired = loader.keysExpired();
    end_offset = loader.offset();
    return status == KeyspaceFiller::Status::kDone;
  }
};

}  // namespace inkstone::test
