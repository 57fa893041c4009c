// Replies made of elements of values.
#pragma once

#include "protocol/bulk_run.h"
#include "protocol/reply_builder.h"
#include "storage/types/element.h"

namespace inkstone {

inline void replyElement(ReplyBuilder& reply, const Element& element) {
  if (element.isInteger()) {
    reply.bulkInteger(element.integer());
  } else {
    reply.bulk(element.bytes());
  }
}

inline void addElement(BulkRun& run, const Element& element) {
  if (element.isInteger()) {
    run.add(element.integer());
  } else {
    run.add(element.bytes());
  }
}

}  // namespace inkstone
