#include "storage/memory_usage.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#ifdef INKSTONE_JEMALLOC
#include <jemalloc/jemalloc.h>
#endif

#include "tests/unit/seeded_random.h"

namespace inkstone::testing {
namespace {

TEST_CASE("what allocators report is added and taken away") {
  const int64_t before = usedMemory();
  addUsedMemory(1000);
  CHECK(usedMemory() == before + 1000);
  addUsedMemory(-1000);
  CHECK(usedMemory() == before);
}

// More threads than have a counter of their own.
TEST_CASE("the total is right when threads free what others took") {
  constexpr int kThreads = 40;
  constexpr int kRounds = 1000;
  const int64_t before = usedMemory();
  {
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([i] {
        for (int round = 0; round < kRounds; ++round) addUsedMemory(i % 2 == 0 ? 10 : -7);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  CHECK(usedMemory() == before + kThreads / 2 * kRounds * 3);
  addUsedMemory(-kThreads / 2 * kRounds * 3);
}

#ifdef INKSTONE_JEMALLOC

TEST_CASE("every way to allocate is counted, and nothing is left when it is given back") {
  const int64_t before = usedMemory();
  char* bytes = static_cast<char*>(::operator new(1000));
  std::memset(bytes, 1, 1000);
  // 1,024 is jemalloc's size class for it.
  CHECK(usedMemory() == before + 1024);
  ::operator delete(bytes);
  CHECK(usedMemory() == before);

  void* array = ::operator new[](5000);
  CHECK(usedMemory() == before + 5120);
  ::operator delete[](array);
  CHECK(usedMemory() == before);

  constexpr std::align_val_t kLine{64};
  void* aligned = ::operator new(100, kLine);
  CHECK(reinterpret_cast<uintptr_t>(aligned) % 64 == 0);
  CHECK(usedMemory() == before + 128);
  ::operator delete(aligned, kLine);
  CHECK(usedMemory() == before);
}

TEST_CASE("used memory is what the allocator says it handed out") {
  SeededRandom random("used memory is what the allocator says it handed out");
  CAPTURE(random.seed());
  // Memory that a thread caches counts as handed out until the cache is flushed.
  const auto allocated = [] {
    mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
    return static_cast<int64_t>(allocatorUsage().allocated_bytes);
  };
  std::vector<std::string> held(2000);
  const int64_t used_before = usedMemory();
  const int64_t allocated_before = allocated();
  for (std::string& text : held) text = random.bytes(random.mostlySmall(20000) + 100);
  const int64_t used_more = usedMemory() - used_before;
  const int64_t allocated_more = allocated() - allocated_before;
  for (std::string& text : held) std::string().swap(text);
  const int64_t used_after = usedMemory();
  CHECK(used_more > 2000 * 100);
  CHECK(allocated_more == used_more);
  CHECK(used_after == used_before);
}

TEST_CASE("pages that stay free go back to the system in seconds though nothing else happens") {
  constexpr size_t kBytes = 16 * 1024;
  constexpr size_t kBlocks = 2000;
  constexpr size_t kTotal = kBytes * kBlocks;
  std::vector<std::string> held(kBlocks);
  for (std::string& text : held) text.assign(kBytes, 'x');
  const size_t resident = allocatorUsage().resident_bytes;
  for (std::string& text : held) std::string().swap(text);
  // Ten times the second that free pages are kept.
  for (int i = 0; i < 200 && allocatorUsage().resident_bytes + kTotal / 2 > resident; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    decayFreeMemory();
  }
  CHECK(allocatorUsage().resident_bytes + kTotal / 2 <= resident);
}

TEST_CASE("the allocator is named with its version and tells what it holds") {
  CHECK(std::string(allocatorName()).rfind("jemalloc-5.", 0) == 0);
  const AllocatorUsage usage = allocatorUsage();
  CHECK(usage.allocated_bytes > 0);
  CHECK(usage.active_bytes >= usage.allocated_bytes);
  CHECK(usage.resident_bytes >= usage.active_bytes);
}

#else

TEST_CASE("without jemalloc the allocator tells nothing") {
  CHECK(std::string(allocatorName()) == "libc");
  CHECK(allocatorUsage().allocated_bytes == 0);
  decayFreeMemory();
}

#endif

}  // namespace
}  // namespace inkstone::testing
