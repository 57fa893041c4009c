// Replies made of elements of values.
#pragma once

#include <algorithm>
#include <cstdint>

#include "protocol/bulk_run.h"
#include "protocol/reply_builder.h"
#include "storage/types/element.h"
#include "storage/types/score_text.h"

namespace inkstone {

// At least so many bulk strings follow: a reply that is too long to be sent is not made.
inline void expectElements(ReplyBuilder& reply, uint64_t count) {
  // Of an empty one.
  constexpr uint64_t kLeastBytes = 6;
  if (!reply.muted()) reply.buffer().expect(std::min(count, SIZE_MAX / kLeastBytes) * kLeastBytes);
}

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
