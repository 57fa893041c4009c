#include "persistence/files/bulk_writer.h"

#include <cstring>

#include "persistence/files/resp_header.h"

namespace inkstone {

BulkWriter::BulkWriter(AppendFile& file, bool incremental_sync)
    : file_(file),
      incremental_sync_(incremental_sync),
      piece_(std::make_unique_for_overwrite<char[]>(kPieceBytes)) {}

void BulkWriter::append(std::string_view text) {
  bytes_ += text.size();
  if (text.size() > kPieceBytes - gathered_) {
    flush();
    // What fills a piece alone is not worth a copy.
    if (text.size() >= kPieceBytes) return writeOut(text);
  }
  if (!text.empty()) std::memcpy(piece_.get() + gathered_, text.data(), text.size());
  gathered_ += text.size();
}

void BulkWriter::appendCommand(std::span<const std::string_view> args) {
  beginCommand(args.size());
  for (const std::string_view arg : args) appendArgument(arg);
}

void BulkWriter::beginCommand(size_t arguments) {
  append(RespHeader('*', arguments).view());
}

void BulkWriter::appendArgument(std::string_view arg) {
  append(RespHeader('$', arg.size()).view());
  append(arg);
  append("\r\n");
}

std::error_code BulkWriter::finish() {
  flush();
  if (!error_) error_ = file_.sync();
  return error_;
}

void BulkWriter::flush() {
  writeOut({piece_.get(), gathered_});
  gathered_ = 0;
}

void BulkWriter::writeOut(std::string_view text) {
  if (error_ || text.empty()) return;
  error_ = file_.append(text).error;
  unsynced_ += text.size();
  if (error_ || !incremental_sync_ || unsynced_ < kSyncBytes) return;
  unsynced_ = 0;
  error_ = file_.sync();
}

}  // namespace inkstone
