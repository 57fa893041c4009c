#include "storage/memory_usage.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <new>

#ifdef INKSTONE_JEMALLOC
#include <jemalloc/jemalloc.h>

// Read by jemalloc at its start. The segments of a growing hash table leave freed pages of many
// sizes behind, an eighth of the memory of 1.5 million keys: they are kept for a quarter of a
// second, not for ten, and then really given back. Each slab costs 128 bytes elsewhere, and slabs
// of sizes that are powers of two are a page or two short by default: nodes of lists and the pages
// and leaves of big values are many such blocks, so their slabs are eight pages long. MALLOC_CONF
// in the environment has the last word.
const char* malloc_conf =
    "dirty_decay_ms:250,muzzy_decay_ms:0,"
    "slab_sizes:512-512:8|1024-1024:8|2048-2048:8|4096-4096:8|8192-8192:8";
#endif

namespace inkstone {
namespace {

struct alignas(64) Counter {
  std::atomic<int64_t> bytes{0};
};

// The first threads have a counter each; all later ones share the last and must add atomically.
constexpr size_t kCounters = 16;

// An allocation count belongs to the process, as the allocator does: this is the one place with
// global state.
std::array<Counter, kCounters> g_counters;
std::atomic<size_t> g_threads{0};
constexpr size_t kUnassigned = kCounters;
thread_local size_t t_counter = kUnassigned;

}  // namespace

void addUsedMemory(int64_t bytes) {
  if (t_counter == kUnassigned) [[unlikely]] {
    t_counter = std::min(g_threads.fetch_add(1, std::memory_order_relaxed), kCounters - 1);
  }
  std::atomic<int64_t>& counter = g_counters[t_counter].bytes;
  if (t_counter == kCounters - 1) [[unlikely]] {
    counter.fetch_add(bytes, std::memory_order_relaxed);
  } else {
    counter.store(counter.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
  }
}

int64_t usedMemory() {
  // Counters of threads that there never were hold nothing.
  const size_t counters = std::min(g_threads.load(std::memory_order_relaxed), kCounters);
  int64_t total = 0;
  for (size_t i = 0; i < counters; ++i) {
    total += g_counters[i].bytes.load(std::memory_order_relaxed);
  }
  return total;
}

#ifdef INKSTONE_JEMALLOC

#define INKSTONE_TEXT_OF(x) #x
#define INKSTONE_TEXT(x) INKSTONE_TEXT_OF(x)

AllocatorUsage allocatorUsage() {
  uint64_t epoch = 1;
  size_t size = sizeof epoch;
  mallctl("epoch", &epoch, &size, &epoch, size);
  AllocatorUsage usage;
  size = sizeof(size_t);
  mallctl("stats.allocated", &usage.allocated_bytes, &size, nullptr, 0);
  mallctl("stats.active", &usage.active_bytes, &size, nullptr, 0);
  mallctl("stats.resident", &usage.resident_bytes, &size, nullptr, 0);
  return usage;
}

void decayFreeMemory() {
  mallctl("arena." INKSTONE_TEXT(MALLCTL_ARENAS_ALL) ".decay", nullptr, nullptr, nullptr, 0);
}

void returnPagesInBackground(bool enabled) {
  mallctl("background_thread", nullptr, nullptr, &enabled, sizeof enabled);
}

const char* allocatorName() {
  return "jemalloc-" INKSTONE_TEXT(JEMALLOC_VERSION_MAJOR) "." INKSTONE_TEXT(
      JEMALLOC_VERSION_MINOR) "." INKSTONE_TEXT(JEMALLOC_VERSION_BUGFIX);
}

#undef INKSTONE_TEXT
#undef INKSTONE_TEXT_OF

#else

AllocatorUsage allocatorUsage() {
  return {};
}
void decayFreeMemory() {}
void returnPagesInBackground(bool) {}
const char* allocatorName() {
  return "libc";
}

#endif

}  // namespace inkstone

#ifdef INKSTONE_JEMALLOC

namespace {

void* countedAllocateOrNull(std::size_t bytes) {
  void* const p = std::malloc(bytes);
  if (p != nullptr) inkstone::addUsedMemory(static_cast<int64_t>(malloc_usable_size(p)));
  return p;
}

void* countedAllocate(std::size_t bytes) {
  void* const p = countedAllocateOrNull(bytes);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

void* countedAllocate(std::size_t bytes, std::align_val_t alignment) {
  const std::size_t align = static_cast<std::size_t>(alignment);
  void* const p = std::aligned_alloc(align, (bytes + align - 1) / align * align);
  if (p == nullptr) throw std::bad_alloc();
  inkstone::addUsedMemory(static_cast<int64_t>(malloc_usable_size(p)));
  return p;
}

void countedFree(void* p) {
  if (p == nullptr) return;
  inkstone::addUsedMemory(-static_cast<int64_t>(malloc_usable_size(p)));
  std::free(p);
}

}  // namespace

void* operator new(std::size_t bytes) {
  return countedAllocate(bytes);
}
void* operator new[](std::size_t bytes) {
  return countedAllocate(bytes);
}
// The library's own would not count, and what they gave would be counted when it is freed.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return countedAllocateOrNull(bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return countedAllocateOrNull(bytes);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return countedAllocate(bytes, alignment);
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return countedAllocate(bytes, alignment);
}
void operator delete(void* p) noexcept {
  countedFree(p);
}
void operator delete[](void* p) noexcept {
  countedFree(p);
}
void operator delete(void* p, std::size_t) noexcept {
  countedFree(p);
}
void operator delete[](void* p, std::size_t) noexcept {
  countedFree(p);
}
void operator delete(void* p, std::align_val_t) noexcept {
  countedFree(p);
}
void operator delete[](void* p, std::align_val_t) noexcept {
  countedFree(p);
}
void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  countedFree(p);
}
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept {
  countedFree(p);
}

#endif
