// Parts of replies that several commands share: elements of values, and fields of maps.
#pragma once

#include <algorithm>
#include <cstdint>

#include "protocol/bulk_run.h"
#include "protocol/reply_builder.h"
#include "storage/types/element.h"
#include "storage/types/score_text.h"
#include "storage/types/set_value.h"

namespace inkstone {

// Replies a name and what it stands for, within a map.
inline void replyField(ReplyBuilder& reply, std::string_view name, std::string_view value) {
  reply.bulk(name);
  reply.bulk(value);
}
inline void replyField(ReplyBuilder& reply, std::string_view name, int64_t value) {
  reply.bulk(name);
  reply.integer(value);
}

// At least so many bulk strings follow: a reply that is too long to be sent is not made.
inline void expectElements(ReplyBuilder& reply, uint64_t count) {
  // An empty string has so many.
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

// Replies all elements of a set.
inline void replyMembers(ReplyBuilder& reply, const SetValue& set) {
  reply.set(set.size());
  BulkRun run(reply);
  set.forEach([&](const Element& member) { addElement(run, member); });
}

inline void replyScore(ReplyBuilder& reply, double score) {
  ScoreText room;
  reply.doubleText(scoreText(score, room));
}

}  // namespace inkstone
