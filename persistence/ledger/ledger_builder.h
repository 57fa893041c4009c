// The ledger of a log that is written as a whole: by the child of a rewrite, or as a base.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/ledger/ledger_format.h"
#include "persistence/ledger/range_hash.h"

namespace inkstone {

// Takes the text as it is appended, so that nothing is read back.
class LedgerBuilder {
 public:
  // From the log's first byte on.
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
class RecordedFile final : public AppendFile {
 public:
  RecordedFile(AppendFile& file, LedgerBuilder& builder) : file_(file), builder_(builder) {}

  IoResult<size_t> append(std::string_view data) override {
    const IoResult<size_t> result = file_.append(data);
    builder_.add(data.substr(0, result.value));
    return result;
  }
  std::error_code overwrite(uint64_t offset, std::string_view data) override {
    return file_.overwrite(offset, data);
  }
  IoResult<size_t> readAt(uint64_t offset, std::span<char> target) override {
    return file_.readAt(offset, target);
  }
  std::error_code sync() override { return file_.sync(); }
  std::error_code truncate(uint64_t size) override { return file_.truncate(size); }
  IoResult<uint64_t> size() override { return file_.size(); }
  FileIdentity identity() override { return file_.identity(); }
  std::error_code close() override { return file_.close(); }

 private:
  AppendFile& file_;
  LedgerBuilder& builder_;
};

}  // namespace inkstone
