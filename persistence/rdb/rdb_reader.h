// Reads an RDB file key by key. Grammar: docs/rdb-format.md. Changes nothing; the loader and the
// tools share it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/rdb/rdb_input.h"
#include "persistence/rdb/rdb_value.h"

namespace inkstone {

// One key. Its views are valid until the next one is read.
struct RdbKey {
  size_t database = 0;
  std::string_view key;
  RdbValue value;
  // Unix milliseconds.
  std::optional<int64_t> deadline;
  std::optional<uint64_t> idle_seconds;
  std::optional<uint8_t> frequency;
  // Where it begins in the file.
  uint64_t offset = 0;
};

// What a file told about itself, as far as it did before the last key that was read.
struct RdbFacts {
  uint32_t version = 0;
  // The version is one of Valkey's.
  bool valkey = false;
  std::string redis_version;
  int64_t unix_seconds = 0;
  uint64_t used_memory = 0;
  bool aof_base = false;
  // See log_mark.h; empty: it has none.
  std::string log_mark;
  // RESIZEDB has announced so many, in all databases together; it is a hint.
  uint64_t keys_announced = 0;
  // Types of modules whose data besides keys were read over, each once; not more than kNamesMax.
  std::vector<std::string> module_aux_skipped;
  // Keys without elements, which were left out, and the names of the first kNamesMax.
  uint64_t empty_keys = 0;
  std::vector<std::string> empty_key_names;

  static constexpr size_t kNamesMax = 10;
};

struct RdbReadSettings {
  // SELECTDB with this number or more is an error.
  size_t databases = 16;
  bool verify_checksum = true;  // rdbchecksum
  // Data of modules that belong to no key are read over; else they are an error.
  bool skip_module_aux = false;  // rdb-skip-module-aux
};

class RdbReader {
 public:
  enum class Status : uint8_t { kKey, kEnd, kFailed };

  // Reads `file`, `file_size` bytes long, from its start. The references must outlive the reader;
  // the file must not change meanwhile.
  RdbReader(ReadFile& file, uint64_t file_size, const EncodingRules& rules,
            const RdbReadSettings& settings);
  // Reads a file that is in memory.
  RdbReader(std::string_view bytes, const EncodingRules& rules, const RdbReadSettings& settings);

  // Goes on to the next key that has elements, or behind the checksum at the end. After anything
  // but kKey it must not be called again. Complexity: linear in what it consumes. Memory: a buffer
  // of 256 KB, besides the value that is read, and twice the longest string.
  Status next(RdbKey& key);

  // It is behind what was read: after kEnd, where a log that follows begins.
  uint64_t offset() const { return input_.offset(); }
  const RdbFacts& facts() const { return facts_; }
  // How many keys the database of the last key has, as the file announced: a hint, but not more
  // than the rest of the file could hold if they were as short as keys mostly are.
  uint64_t keysAnnounced() const;
  // After kFailed.
  const RdbError& error() const { return input_.error(); }

 private:
  void begin(RdbKey& key);
  bool readHeader();
  bool refuseHeader();
  bool refuseVersion();
  bool isOpcode(uint8_t byte) const;
  bool readOpcode(RdbOpcode opcode, RdbKey& key);
  bool readAux();
  void takeAux(std::string_view name, std::string_view value);
  bool readModuleAux();
  bool readFunction(RdbOpcode opcode);
  bool readSlotInfo();
  bool readDatabase();
  bool readDeadline(RdbOpcode opcode, RdbKey& key);
  bool readKey(uint8_t type, RdbKey& key);
  bool refuseType(uint8_t type);
  bool restMatchesChecksum();
  void leaveOut(const RdbKey& key);
  bool readEnd();

  RdbInput input_;
  const RdbReadSettings settings_;
  RdbValueReader values_;
  RdbFacts facts_;
  size_t database_ = 0;
  // How many keys the file has announced for this database.
  uint64_t keys_announced_ = 0;
  bool header_read_ = false;
  std::string key_text_;
};

}  // namespace inkstone
