// Remembers, by checksum only, the bytes at the end of the log that no sync has confirmed.
//
// After a failed fdatasync the kernel may have marked the pages clean without having written them:
// a later success proves nothing about them. They are written again: read back from the page cache,
// compared with the checksum (some file systems drop the pages), and written over themselves, which
// makes the pages dirty again. Keeping the bytes instead would cost a second's worth of writes in
// memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

#include "persistence/files/file.h"

namespace inkstone {

class UnsyncedRange {
 public:
  UnsyncedRange();
  ~UnsyncedRange();
  UnsyncedRange(const UnsyncedRange&) = delete;
  UnsyncedRange& operator=(const UnsyncedRange&) = delete;

  // `data` was appended to the file.
  void add(std::string_view data);

  // A sync of everything added so far begins; the one before must have ended. When it fails nothing
  // need be called.
  void beginSync();
  // It succeeded: what it covered is forgotten.
  void syncSucceeded();
  // Nothing is unsynced.
  void clear();
  // Becomes what `other` is; that is then as if cleared. No sync of `other` may be under way.
  void takeFrom(UnsyncedRange& other);

  uint64_t size() const;

  enum class RewriteStatus : uint8_t { kRewritten, kLost, kIoError };
  struct RewriteResult {
    RewriteStatus status;
    std::error_code error;
  };
  // Writes the range, which starts at `offset` of `file`, over itself. kLost: reading gave other
  // bytes than were written, and nothing was changed. Complexity: the range is read twice and
  // written once.
  [[nodiscard]] RewriteResult rewrite(AppendFile& file, uint64_t offset) const;

 private:
  struct Segment;

  // Oldest first; never empty. The last one takes what is added, so that a sync under way covers
  // whole segments.
  std::vector<std::unique_ptr<Segment>> segments_;
  // Segments at the front that the sync under way covers.
  size_t covered_ = 0;
};

}  // namespace inkstone
