// How many bytes this process has allocated: exact, and cheap enough to ask before every write
// (maxmemory depends on it).
//
// Counted: everything that goes through operator new (replaced in memory_usage.cpp, but not in
// sanitizer builds), and what allocators of our own report with addUsedMemory(). Each thread counts
// for itself, so that counting costs no locked instruction; the total is the sum and may be read by
// any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace inkstone {

void addUsedMemory(int64_t bytes);

// Bytes in use now. A thread that frees what another allocated makes single counters negative,
// never the total.
int64_t usedMemory();

// What the allocator has beyond used memory, for INFO memory; zeros where it does not tell.
struct AllocatorUsage {
  size_t allocated_bytes = 0;  // handed out
  size_t active_bytes = 0;     // in pages that hold something
  size_t resident_bytes = 0;   // in physical memory
};
AllocatorUsage allocatorUsage();

// Gives pages back to the system that have been free for a while. The allocator does so by itself
// only while it is being used, so a server that may fall idle calls this several times a second.
// Cheap when there is nothing to give.
void decayFreeMemory();

// "jemalloc-5.3.0", as in INFO's mem_allocator.
const char* allocatorName();

}  // namespace inkstone
