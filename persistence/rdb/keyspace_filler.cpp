#include "persistence/rdb/keyspace_filler.h"

namespace inkstone {

KeyspaceFiller::KeyspaceFiller(ReadFile& file, uint64_t file_size, Keyspace& keyspace,
                               const AccessClock& clock, const RdbLoadSettings& settings)
    : reader_(file, file_size, keyspace.encodingRules(),
              {keyspace.size(), settings.verify_checksum, settings.skip_module_aux}),
      keyspace_(keyspace),
      clock_(clock),
      settings_(settings) {}

KeyspaceFiller::KeyspaceFiller(std::string_view bytes, Keyspace& keyspace, const AccessClock& clock,
                               const RdbLoadSettings& settings)
    : reader_(bytes, keyspace.encodingRules(),
              {keyspace.size(), settings.verify_checksum, settings.skip_module_aux}),
      keyspace_(keyspace),
      clock_(clock),
      settings_(settings) {}

KeyspaceFiller::Status KeyspaceFiller::step(size_t keys) {
  for (size_t i = 0; i < keys; ++i) {
    switch (reader_.next(key_)) {
      case RdbReader::Status::kKey:
        if (!take()) return Status::kFailed;
        break;
      case RdbReader::Status::kEnd:
        return insertWaiting() ? Status::kDone : Status::kFailed;
      case RdbReader::Status::kFailed:
        // What is wrong with the keys before it comes first.
        if (insertWaiting()) error_ = reader_.error();
        return Status::kFailed;
    }
  }
  return insertWaiting() ? Status::kMore : Status::kFailed;
}

bool KeyspaceFiller::take() {
  const auto& drop_before = settings_.drop_expired_before_ms;
  if (drop_before && key_.deadline && *key_.deadline < *drop_before) {
    ++keys_expired_;
    return true;
  }
  if (key_.database != database_ || !database_entered_) {
    if (!insertWaiting()) return false;
    enterDatabase();
  }
  const Database& database = keyspace_[database_];
  const std::string_view string = key_.value.string();
  Waiting waiting = {database.hashOf(key_.key), key_.offset,   key_.deadline,       accessBits(),
                     key_.key.size(),           string.size(), key_.value.release()};
  if (string.size() > kWaitingStringMax) {
    return insertWaiting() && insert(waiting, key_.key, string);
  }
  database.prefetchBucket(waiting.hash);
  waiting_.push_back(waiting);
  bytes_.append(key_.key).append(string);
  return waiting_.size() < kWaitingMax || insertWaiting();
}

void KeyspaceFiller::enterDatabase() {
  database_ = key_.database;
  database_entered_ = true;
  Database& database = keyspace_[database_];
  if (database.empty()) database.table().reserve(static_cast<size_t>(reader_.keysAnnounced()));
}

bool KeyspaceFiller::insertWaiting() {
  const char* at = bytes_.data();
  for (Waiting& waiting : waiting_) {
    const std::string_view key(at, waiting.key_length);
    at += waiting.key_length;
    const std::string_view string(at, waiting.string_length);
    at += waiting.string_length;
    if (!insert(waiting, key, string)) return false;
  }
  waiting_.clear();
  bytes_.clear();
  return true;
}

bool KeyspaceFiller::insert(Waiting& waiting, std::string_view key, std::string_view string) {
  Database& database = keyspace_[database_];
  Database::Slot slot = database.find(waiting.hash, key);
  if (slot && settings_.replace_existing) {
    database.erase(waiting.hash, slot);
    slot = {};
  }
  if (slot) {
    error_ = {RdbError::Kind::kDamaged, waiting.offset, "a key that was there before", {}};
    return false;
  }
  ++keys_loaded_;
  if (waiting.value.object == nullptr) {
    if (waiting.deadline) {
      database.setStringUntil(waiting.hash, key, slot, string, *waiting.deadline, waiting.access);
    } else {
      database.setString(waiting.hash, key, slot, string, false, waiting.access);
    }
    return true;
  }
  database.insertValue(waiting.hash, key, waiting.value, waiting.access);
  waiting.value.object = nullptr;
  if (waiting.deadline) {
    database.setDeadline(waiting.hash, database.find(waiting.hash, key), *waiting.deadline);
  }
  return true;
}

void KeyspaceFiller::dropWaiting() {
  for (const Waiting& waiting : waiting_) {
    if (waiting.value.object != nullptr) destroyValue(waiting.value);
  }
  waiting_.clear();
}

uint32_t KeyspaceFiller::accessBits() const {
  if (clock_.lfu()) {
    return key_.frequency ? clock_.fromFrequency(*key_.frequency) : clock_.initial();
  }
  return key_.idle_seconds ? clock_.fromIdleSeconds(*key_.idle_seconds) : clock_.initial();
}

}  // namespace inkstone
