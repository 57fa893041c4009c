// Frees big values away from the thread that executes commands.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "storage/database.h"
#include "storage/value.h"

namespace inkstone {

class LazyFree {
 public:
  LazyFree() = default;
  // Frees the values that are still waiting.
  ~LazyFree();
  LazyFree(const LazyFree&) = delete;
  LazyFree& operator=(const LazyFree&) = delete;

  // Takes ownership. The thread starts with the first call.
  void submit(std::unique_ptr<Database::Contents> contents);
  void submit(const Value& value);

  // The number of keys or values that were handed over and are not freed yet, and of those that
  // were freed.
  uint64_t pending() const { return pending_.load(std::memory_order_relaxed); }
  uint64_t freed() const { return freed_.load(std::memory_order_relaxed) - freed_base_; }
  void resetStats() { freed_base_ = freed_.load(std::memory_order_relaxed); }

 private:
  // A value and the duty to destroy it.
  class OwnedValue {
   public:
    explicit OwnedValue(const Value& value) : value_(value) {}
    OwnedValue(OwnedValue&& other) noexcept : value_(other.value_) {
      other.value_.object = nullptr;
    }
    OwnedValue& operator=(OwnedValue&&) = delete;
    ~OwnedValue() {
      if (value_.object != nullptr) destroyValue(value_);
    }

   private:
    Value value_;
  };
  using Garbage = std::variant<std::unique_ptr<Database::Contents>, OwnedValue>;
  struct Job {
    Garbage garbage;
    uint64_t objects;
  };

  void submitJob(Garbage garbage, uint64_t objects);
  void run();

  std::mutex mutex_;
  std::condition_variable work_;
  std::vector<Job> jobs_;
  bool stopping_ = false;
  std::atomic<uint64_t> pending_{0};
  std::atomic<uint64_t> freed_{0};
  uint64_t freed_base_ = 0;
  std::thread thread_;
};

}  // namespace inkstone
