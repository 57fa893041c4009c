#include "persistence/rdb/rdb_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "persistence/rdb/log_mark.h"
#include "persistence/rdb/rdb_value.h"

namespace inkstone {
namespace {

// Entries lie scattered over memory: so many are on their way to the cache at once.
constexpr size_t kEntriesAhead = 32;

class Encoder {
 public:
  Encoder(const RdbSaveRequest& request, RdbSink& sink)
      : request_(request), out_(sink, request.settings) {}

  RdbSaveResult run(const Keyspace& keyspace) {
    writeHeader();
    for (size_t index = 0; index < keyspace.size() && !out_.failed(); ++index) {
      if (!keyspace[index].empty()) writeDatabase(index, keyspace[index]);
    }
    out_.putOpcode(RdbOpcode::kEof);
    out_.putChecksum();
    return {keys_, out_.bytes(), !out_.failed()};
  }

 private:
  void writeHeader() {
    out_.putBytes(fmt::format("{}{:04}", kRdbMagic, out_.version()));
    const RdbFileInfo& info = request_.info;
    writeAux("redis-ver", info.redis_version);
    writeAux("redis-bits", "64");
    writeAux("ctime", std::to_string(info.unix_seconds));
    writeAux("used-mem", std::to_string(info.used_memory));
    writeAux("aof-base", info.aof_base ? "1" : "0");
    if (!info.log_mark.empty()) writeAux(kLogMarkField, info.log_mark);
  }

  void writeAux(std::string_view name, std::string_view value) {
    out_.putOpcode(RdbOpcode::kAux);
    out_.putString(name);
    out_.putString(value);
  }

  void writeDatabase(size_t index, const Database& database) {
    out_.putOpcode(RdbOpcode::kSelectDb);
    out_.putLength(index);
    out_.putOpcode(RdbOpcode::kResizeDb);
    out_.putLength(database.size());
    out_.putLength(database.volatileCount());
    uint64_t cursor = 0;
    do {
      cursor = database.table().scan(cursor, [&](const Entry* entry) {
        __builtin_prefetch(entry);
        ahead_.push_back(entry);
      });
      if (ahead_.size() >= kEntriesAhead) writeAhead(database.encodingRules());
    } while (cursor != 0 && !out_.failed());
    writeAhead(database.encodingRules());
  }

  void writeAhead(const EncodingRules& rules) {
    for (const Entry* entry : ahead_) {
      if (hasObject(entry->encoding())) __builtin_prefetch(entry->object());
    }
    for (const Entry* entry : ahead_) {
      if (out_.failed()) break;
      writeEntry(*entry, rules);
    }
    ahead_.clear();
  }

  void writeEntry(const Entry& entry, const EncodingRules& rules) {
    if (entry.hasDeadline()) {
      out_.putOpcode(RdbOpcode::kExpireTimeMs);
      out_.putFixed(entry.deadline());
    }
    writeAccess(entry);
    out_.putByte(static_cast<uint8_t>(rdbTypeOf(entry, out_.version())));
    out_.putString(entry.key());
    writeRdbValue(entry, rules, out_);
    ++keys_;
    if (request_.observer != nullptr) request_.observer->keySaved(keys_, out_.bytes());
  }

  void writeAccess(const Entry& entry) {
    switch (request_.access) {
      case RdbAccess::kNone:
        return;
      case RdbAccess::kIdleSeconds:
        out_.putOpcode(RdbOpcode::kIdle);
        return out_.putLength(request_.clock->idleSeconds(entry));
      case RdbAccess::kFrequency:
        out_.putOpcode(RdbOpcode::kFreq);
        return out_.putByte(static_cast<uint8_t>(request_.clock->frequency(entry)));
    }
  }

  const RdbSaveRequest& request_;
  RdbWriter out_;
  std::vector<const Entry*> ahead_;
  uint64_t keys_ = 0;
};

}  // namespace

RdbSaveResult saveRdb(const Keyspace& keyspace, const RdbSaveRequest& request, RdbSink& sink) {
  return Encoder(request, sink).run(keyspace);
}

}  // namespace inkstone
