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

// Counts the bytes in use now. A thread that frees what another allocated makes single counters
// negative, never the total.
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

// Decides who gives free pages back: a thread of the allocator's own, or the threads that free
// them, while they free and in decayFreeMemory(). Giving back a megabyte takes a hundred system
// calls, which is a pause where it happens. This holds for the whole process, as the allocator
// does, and has no effect where there is no jemalloc. It must not be called before a fork whose
// child goes on, because a child has no such thread.
void returnPagesInBackground(bool enabled);

// The allocator's name and version, as in INFO's mem_allocator: "jemalloc-5.3.0".
const char* allocatorName();

}  // namespace inkstone
