// How large a node of a list may be, and a list that is one listpack: list-max-listpack-size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace inkstone {

class NodeLimit {
 public:
  // A positive number allows that many elements, and 8 KB at most; 0 counts as 1. Of the negative
  // ones -1 allows 4 KB, doubled with each step to 64 KB at -5 and beyond. `packed_threshold` is
  // EncodingRules::list_packed_threshold.
  explicit NodeLimit(int64_t directive, size_t packed_threshold = 0)
      : packed_threshold_(packed_threshold) {
    if (directive < 0) {
      bytes_max_ = kSmallestBytes << (std::min(-(directive + 1), kStepsMax));
      count_max_ = std::numeric_limits<size_t>::max();
    } else {
      count_max_ = directive == 0 ? 1 : static_cast<size_t>(directive);
      by_count_ = true;
    }
  }

  size_t bytesMax() const { return bytes_max_; }
  bool allows(size_t bytes, size_t count) const {
    return bytes <= bytes_max_ && count <= count_max_;
  }
  // Tells whether a node of so many bytes has room for another text. Its encoding is not known yet
  // and counted as 8 bytes, which Redis does: so nodes end where they do there.
  bool hasRoom(size_t bytes, size_t count, size_t text_bytes) const {
    return allows(bytes + text_bytes + kEncodingEstimate, count + 1);
  }
  // A text that gets a node of its own.
  bool isLarge(size_t text_bytes) const {
    return text_bytes > bytes_max_ || (packed_threshold_ != 0 && text_bytes >= packed_threshold_);
  }
  // Small enough for a list to become one listpack again; half, so that it does not change to and
  // fro.
  bool allowsReturn(size_t bytes, size_t count) const {
    return by_count_ ? count <= count_max_ / 2 : bytes <= bytes_max_ / 2;
  }
  // Small enough for two neighbours to become one node that can still grow.
  bool allowsJoin(size_t bytes, size_t count) const {
    return bytes <= bytes_max_ / 4 * 3 && (count <= count_max_ / 4 * 3);
  }

 private:
  static constexpr size_t kSmallestBytes = 4096;
  static constexpr int64_t kStepsMax = 4;
  static constexpr size_t kEncodingEstimate = 8;

  size_t packed_threshold_;
  size_t bytes_max_ = 2 * kSmallestBytes;
  size_t count_max_;
  bool by_count_ = false;
};

}  // namespace inkstone
