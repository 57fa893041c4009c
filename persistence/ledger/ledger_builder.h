// The ledger of a log that is written as a whole: by the child of a rewrite, or as a base.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/files/forwarding_file.h"
#include "persistence/ledger/ledger_format.h"
#include "persistence/ledger/range_hash.h"

namespace inkstone {

// Takes the text as it is appended, so that nothing is read back.
class LedgerBuilder {
 public:
  // Takes the text that follows, from the log's first byte on.
  void add(std::string_view text);

  // The log is on the disk: writes the ledger at `path`, in place of what stands there, and syncs
  // it; the caller syncs the directory. All records tell the same moment, because a part of a data
  // set is no state to go back to. The ledger of an empty log is a header. `file_of_log` is the
  // log's. After an error the ledger is gone.
  [[nodiscard]] std::error_code write(FileSystem& files, const std::string& path, int64_t unix_ms,
                                      const FileIdentity& file_of_log = {});

 private:
  void closeRange();
  std::string encode(LedgerHeader header, int64_t unix_ms);

  std::string beginning_;
  RangeHash hash_;
  uint64_t bytes_ = 0;
  uint64_t range_begin_ = 0;
  std::vector<LedgerRecord> records_;
};

// Appends to `file` and tells the builder. Both must outlive it.
class RecordedFile final : public ForwardingFile {
 public:
  RecordedFile(AppendFile& file, LedgerBuilder& builder)
      : ForwardingFile(file), builder_(builder) {}

  IoResult<size_t> append(std::string_view data) override {
    const IoResult<size_t> result = inner().append(data);
    builder_.add(data.substr(0, result.value));
    return result;
  }

 private:
  LedgerBuilder& builder_;
};

}  // namespace inkstone
