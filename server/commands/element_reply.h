// Replies made of elements of values.
#pragma once

#include "protocol/bulk_run.h"
#include "protocol/reply_builder.h"
#include "storage/types/element.h"
#include "storage/types/score_text.h"

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

inline void replyScore(ReplyBuilder& reply, double score) {
  ScoreText room;
  reply.doubleText(scoreText(score, room));
}

}  // namespace inkstone
