// All databases of a server.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "storage/database.h"

namespace inkstone {

class Keyspace {
 public:
  Keyspace(size_t databases, const KeyHasher::Secret& secret) : hasher_(secret) {
    rules_.hasher = &hasher_;
    databases_.reserve(databases);
    for (size_t i = 0; i < databases; ++i) databases_.push_back(std::make_unique<Database>(rules_));
  }
  // Databases refer to the rules.
  Keyspace(const Keyspace&) = delete;
  Keyspace& operator=(const Keyspace&) = delete;

  size_t size() const { return databases_.size(); }
  Database& operator[](size_t index) { return *databases_[index]; }
  const Database& operator[](size_t index) const { return *databases_[index]; }
  const KeyHasher& hasher() const { return hasher_; }
  const EncodingRules& encodingRules() const { return rules_; }
  // All but the hasher is taken over.
  void setEncodingRules(const EncodingRules& rules) {
    rules_ = rules;
    rules_.hasher = &hasher_;
  }

  // Clients that selected one of the two see the other's keys from now on.
  void swapDatabases(size_t a, size_t b) { databases_[a].swap(databases_[b]); }

  size_t keyCount() const {
    size_t total = 0;
    for (const auto& database : databases_) total += database->size();
    return total;
  }

  // Off while a child process shares our memory, so that growing tables does not copy it.
  void allowResize(bool allowed) {
    for (const auto& database : databases_) database->table().allowResize(allowed);
  }

 private:
  KeyHasher hasher_;
  EncodingRules rules_;
  std::vector<std::unique_ptr<Database>> databases_;
};

}  // namespace inkstone
