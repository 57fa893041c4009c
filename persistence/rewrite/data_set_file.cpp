#include "persistence/rewrite/data_set_file.h"

#include <fmt/format.h>

#include "persistence/rdb/rdb_sink.h"

namespace inkstone {

namespace {

uint64_t writeImage(const Keyspace& keyspace, const DataSetForm& form, BulkWriter& out) {
  RdbFileSink sink(out);
  const RdbSaveResult saved = saveRdb(keyspace, form.rdb, sink);
  if (form.annotation_unix_s) out.append(fmt::format("#TS:{}\r\n", *form.annotation_unix_s));
  return saved.keys;
}

DataSetResult writeTo(AppendFile& file, const Keyspace& keyspace, const DataSetForm& form,
                      bool incremental_fsync) {
  BulkWriter out(file, incremental_fsync);
  DataSetResult result;
  result.keys = writeDataSet(keyspace, form, out);
  result.bytes = out.bytes();
  result.take({out.finish(), "writing it"});
  return result;
}

}  // namespace

uint64_t writeDataSet(const Keyspace& keyspace, const DataSetForm& form, BulkWriter& out) {
  if (form.image) return writeImage(keyspace, form, out);
  return writeSnapshotCommands(keyspace, form.annotation_unix_s, out, form.rdb.observer);
}

DataSetResult writeDataSetFile(const Keyspace& keyspace, const DataSetForm& form,
                               bool incremental_fsync, NewFile& file, LedgerBuilder* ledger) {
  DataSetResult result;
  if (!result.take(file.open())) return result;
  if (ledger == nullptr) {
    result = writeTo(*file.file(), keyspace, form, incremental_fsync);
  } else {
    RecordedFile recorded(*file.file(), *ledger);
    result = writeTo(recorded, keyspace, form, incremental_fsync);
  }
  if (result.ok()) result.take(file.checkSize(result.bytes));
  return result;
}

}  // namespace inkstone
