// A database and what is asked of it most, by key alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/database.h"
#include "storage/string_value.h"

namespace inkstone::testing {

inline KeyHasher::Secret testSecret() {
  KeyHasher::Secret secret;
  for (size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<unsigned char>(i * 37 + 11);
  return secret;
}

struct TestDatabase {
  explicit TestDatabase(const KeyHasher& hasher) : rules{.hasher = &hasher}, db(rules) {}

  EncodingRules rules;

  Database db;

  uint64_t hashOf(std::string_view key) const { return db.hashOf(key); }
  Database::Slot find(std::string_view key) const { return db.find(db.hashOf(key), key); }
  bool has(std::string_view key) const { return static_cast<bool>(find(key)); }
  const Entry& entry(std::string_view key) const { return *find(key).node(); }
  std::string text(std::string_view key) const {
    const StringView view(entry(key));
    return std::string(view.view());
  }
  std::string encoding(std::string_view key) const { return encodingName(entry(key)); }

  Entry* set(std::string_view key, std::string_view value, bool keep_deadline = false,
             uint32_t access = 0) {
    return db.setString(hashOf(key), key, find(key), value, keep_deadline, access);
  }
  Entry* expire(std::string_view key, int64_t deadline) {
    return db.setDeadline(hashOf(key), find(key), deadline);
  }
  void erase(std::string_view key) { db.erase(hashOf(key), find(key)); }
};

}  // namespace inkstone::testing
