// What INFO persistence shows of the log.
#pragma once

#include <cstdint>

namespace inkstone {

// What was written in one piece, by the writer thread or the loop, and syncs of the log by
// whichever thread.
struct GroupCounters {
  uint64_t count = 0;
  uint64_t bytes = 0;
  uint64_t last_bytes = 0;
  uint64_t syncs = 0;
  int64_t last_sync_us = 0;
  int64_t max_sync_us = 0;
};

struct AppendOnlyCounters {
  uint64_t current_size = 0;   // aof_current_size
  uint64_t base_size = 0;      // aof_base_size: size after the last rewrite, or when opened
  uint64_t buffer_length = 0;  // aof_buffer_length
  uint64_t buffer_memory = 0;  // mem_aof_buffer: bytes allocated for the buffer
  uint64_t pending_bio_fsync = 0;
  uint64_t delayed_fsync = 0;
  bool last_write_ok = true;  // aof_last_write_status
  GroupCounters groups;
  // Fed and not yet durable.
  uint64_t undurable_bytes = 0;
  // The reserve of disk space: bytes held, and how often they were given up.
  uint64_t reserve_bytes = 0;
  uint64_t reserve_given_up = 0;
  // What the ledger tells of: records, and bytes of the file.
  uint64_t ledger_records = 0;
  uint64_t ledger_offset = 0;
};

}  // namespace inkstone
