// The places of log and dump and the way in which they are written, as the configuration says now.
#pragma once

#include "persistence/files/append_only_settings.h"
#include "persistence/rdb/rdb_writer.h"
#include "persistence/rewrite/snapshot_file.h"

namespace inkstone {

class DataSet;
class Runtime;

AppendOnlySettings logSettings(const Runtime& runtime);
SnapshotSettings snapshotSettings(const Runtime& runtime);

// What an image of the data set tells about itself, and how it is written. `data` must outlive the
// request.
RdbSaveRequest imageRequest(const Runtime& runtime, const DataSet& data);

}  // namespace inkstone
