// Puts what an RDB file holds into a keyspace, a few keys at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "persistence/rdb/rdb_reader.h"
#include "storage/access_clock.h"
#include "storage/keyspace.h"

namespace inkstone {

struct RdbLoadSettings {
  // Keys whose deadline is before this moment (Unix milliseconds) are left out: what a primary does
  // with a dump. Not for a preamble: the log that follows deletes them itself.
  std::optional<int64_t> drop_expired_before_ms;
  bool verify_checksum = true;   // rdbchecksum
  bool skip_module_aux = false;  // rdb-skip-module-aux
  // A key that is there gives way. Else it is an error: a file has each key once, and is loaded
  // into an empty keyspace.
  bool replace_existing = false;
};

class KeyspaceFiller {
 public:
  enum class Status : uint8_t {
    kMore,
    // The file has ended; offset() is behind it.
    kDone,
    // error() tells why. What was loaded before stays where it is.
    kFailed,
  };

  // The references must outlive the object, and the file must not change meanwhile. Nobody else may
  // insert keys between steps.
  KeyspaceFiller(ReadFile& file, uint64_t file_size, Keyspace& keyspace, const AccessClock& clock,
                 const RdbLoadSettings& settings);
  // The same from memory.
  KeyspaceFiller(std::string_view bytes, Keyspace& keyspace, const AccessClock& clock,
                 const RdbLoadSettings& settings);
  ~KeyspaceFiller() { dropWaiting(); }
  KeyspaceFiller(const KeyspaceFiller&) = delete;
  KeyspaceFiller& operator=(const KeyspaceFiller&) = delete;

  // Loads about `keys` more. After anything but kMore it must not be called again. Between steps
  // every key that was counted can be seen. Never throws on what the file holds, but for
  // std::bad_alloc when a sound value does not fit into memory.
  Status step(size_t keys);

  // Bytes read so far.
  uint64_t offset() const { return reader_.offset(); }
  const RdbFacts& facts() const { return reader_.facts(); }
  uint64_t keysLoaded() const { return keys_loaded_; }
  uint64_t keysExpired() const { return keys_expired_; }
  const RdbError& error() const { return error_; }

 private:
  // A key that was read and is not in its database yet: so that the places of several keys come
  // into the cache at once.
  struct Waiting {
    uint64_t hash;
    uint64_t offset;
    std::optional<int64_t> deadline;
    uint32_t access;
    size_t key_length;
    // The string stands behind the key in bytes_; only a string has one.
    size_t string_length;
    // Its object is null for a string.
    Value value;
  };

  static constexpr size_t kWaitingMax = 32;
  // A longer string is not worth a copy.
  static constexpr size_t kWaitingStringMax = 16 * 1024;

  bool take();
  void enterDatabase();
  bool insertWaiting();
  bool insert(Waiting& waiting, std::string_view key, std::string_view string);
  void dropWaiting();
  uint32_t accessBits() const;

  RdbReader reader_;
  Keyspace& keyspace_;
  const AccessClock& clock_;
  const RdbLoadSettings settings_;
  RdbKey key_;
  // The database of the keys that wait.
  size_t database_ = 0;
  bool database_entered_ = false;
  std::vector<Waiting> waiting_;
  // Their keys and strings, by turns.
  std::string bytes_;
  uint64_t keys_loaded_ = 0;
  uint64_t keys_expired_ = 0;
  RdbError error_;
};

}  // namespace inkstone
