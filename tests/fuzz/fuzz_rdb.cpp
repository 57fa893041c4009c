// Reads arbitrary bytes as an RDB file, or (first byte 'P') as a DUMP payload, without looking at
// checksums. Beyond not crashing: what is refused has a reason, and what is accepted can be written
// and read again as the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "persistence/rdb/keyspace_filler.h"
#include "persistence/rdb/rdb_encoder.h"
#include "persistence/rdb/rdb_payload.h"
#include "tests/fuzz/require.h"
#include "tests/support/describe_keyspace.h"
#include "tests/unit/storage/database_fixture.h"

using namespace inkstone;
using inkstone::testing::describeKeyspace;

namespace {

struct World {
  Keyspace keyspace{4, inkstone::testing::testSecret()};
  AccessClock clock;

  World() {
    // So low that small inputs reach every encoding.
    EncodingRules rules = keyspace.encodingRules();
    rules.hash_max_listpack_entries = rules.zset_max_listpack_entries = 4;
    rules.set_max_listpack_entries = rules.set_max_intset_entries = 4;
    rules.list_max_listpack_size = 4;
    rules.list_compress_depth = 1;
    keyspace.setEncodingRules(rules);
  }
};

bool loadAll(World& world, std::string_view bytes) {
  RdbLoadSettings settings;
  settings.verify_checksum = false;
  KeyspaceFiller loader(bytes, world.keyspace, world.clock, settings);
  KeyspaceFiller::Status status;
  do status = loader.step(3);
  while (status == KeyspaceFiller::Status::kMore);
  if (status == KeyspaceFiller::Status::kDone) {
    require(loader.offset() <= bytes.size(), "a file ends within its bytes");
    require(loader.keysLoaded() == world.keyspace.keyCount(), "all keys are counted");
    return true;
  }
  require(!loader.error().reason.empty(), "a refusal has a reason");
  require(loader.error().offset <= bytes.size(), "a refusal has a place");
  return false;
}

void tryFile(std::string_view bytes) {
  World world;
  if (!loadAll(world, bytes)) return;
  for (const uint32_t version : {10U, 11U}) {
    RdbSaveRequest request;
    request.settings.version = version;
    RdbStringSink sink;
    require(saveRdb(world.keyspace, request, sink).complete, "what was loaded can be saved");
    World again;
    require(loadAll(again, sink.text()), "what was saved can be loaded");
    require(describeKeyspace(again.keyspace) == describeKeyspace(world.keyspace), "it is the same");
  }
}

bool restore(World& world, std::string_view payload) {
  if (!isPayloadValid(payload, false)) return false;
  RdbPayloadReader reader(payload, world.keyspace.encodingRules());
  RdbValue value;
  if (!reader.read(value)) {
    require(!reader.error().reason.empty(), "a refusal has a reason");
    return false;
  }
  Database& database = world.keyspace[0];
  const uint64_t hash = database.hashOf("k");
  if (value.isString()) {
    database.setString(hash, "k", {}, value.string(), false, 0);
  } else {
    database.insertValue(hash, "k", value.release(), 0);
  }
  return true;
}

void tryPayload(std::string_view payload) {
  World world;
  if (!restore(world, payload)) return;
  Database& database = world.keyspace[0];
  const Entry* const entry = database.find(database.hashOf("k"), "k").node();
  const std::string dumped = dumpPayload(*entry, world.keyspace.encodingRules(), {});
  require(isPayloadValid(dumped, true), "a payload has the right checksum");
  World again;
  require(restore(again, dumped), "what was dumped can be restored");
  require(describeKeyspace(again.keyspace) == describeKeyspace(world.keyspace), "it is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (!input.empty() && input.front() == 'P') {
    tryPayload(input.substr(1));
  } else {
    tryFile(input);
  }
  return 0;
}
