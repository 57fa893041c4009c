// Buffers that are kept between uses: their memory is used again as long as it is little, so that
// what one huge command took does not stay.
#pragma once

#include <cstddef>

namespace inkstone {

// Empties a vector or string; its memory stays if it is for at most `elements_max`.
template <class Buffer>
void clearKept(Buffer& buffer, size_t elements_max) {
  if (buffer.capacity() > elements_max) {
    Buffer().swap(buffer);
  } else {
    buffer.clear();
  }
}

// Does the same for a hash table that has run empty.
template <class Table>
void shrinkIfEmpty(Table& table, size_t buckets_max) {
  if (table.empty() && table.bucket_count() > buckets_max) table.rehash(0);
}

}  // namespace inkstone
