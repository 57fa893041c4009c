// Observes the writing of a data set, key by key.
#pragma once

#include <cstdint>

#include "config/config_values.h"
#include "persistence/rdb/rdb_encoder.h"
#include "server/durability/child_reporter.h"
#include "server/execution/key_delay.h"

namespace inkstone {

// Slows the writing down where a test asks for it, and reports the progress of a child to its
// parent.
class SaveObserver final : public RdbSaveObserver {
 public:
  // `reporter` is null when nobody needs reports.
  SaveObserver(const ConfigValues& settings, ChildReporter* reporter)
      : delay_directive_(settings.rdb_key_save_delay), reporter_(reporter) {}

  void keySaved(uint64_t keys, uint64_t bytes) override {
    static_cast<void>(bytes);
    if (delay_directive_ != 0) delay_.wait(delay_directive_);
    if (reporter_ != nullptr) reporter_->progress(keys);
  }

 private:
  const int64_t delay_directive_;
  ChildReporter* const reporter_;
  KeyDelay delay_;
};

}  // namespace inkstone
