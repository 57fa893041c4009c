// Who gives free pages back to the system: the allocator in a thread of its own, or the threads
// that free them, while they free and in decayFreeMemory(). Giving back a megabyte takes a hundred
// system calls, which is a pause where it happens.
#pragma once

namespace inkstone {

// For the whole process, as the allocator is. Without effect where there is no jemalloc. Not before
// a fork whose child goes on: a child has no such thread.
void returnPagesInBackground(bool enabled);

}  // namespace inkstone
