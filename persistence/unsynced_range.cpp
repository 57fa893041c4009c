#include "persistence/unsynced_range.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace inkstone {

namespace {
constexpr size_t kChunkBytes = 1024 * 1024;
}

struct UnsyncedRange::Segment {
  Segment() { clear(); }

  void clear() {
    size = 0;
    XXH3_64bits_reset(&state);
  }

  uint64_t size = 0;
  XXH3_state_t state;
};

UnsyncedRange::UnsyncedRange() {
  segments_.push_back(std::make_unique<Segment>());
}

UnsyncedRange::~UnsyncedRange() = default;

void UnsyncedRange::add(std::string_view data) {
  Segment& last = *segments_.back();
  last.size += data.size();
  XXH3_64bits_update(&last.state, data.data(), data.size());
}

void UnsyncedRange::beginSync() {
  if (segments_.back()->size > 0) segments_.push_back(std::make_unique<Segment>());
  covered_ = segments_.size() - 1;
}

void UnsyncedRange::syncSucceeded() {
  segments_.erase(segments_.begin(), segments_.begin() + static_cast<ptrdiff_t>(covered_));
  covered_ = 0;
}

void UnsyncedRange::clear() {
  segments_.erase(segments_.begin(), segments_.end() - 1);
  segments_.back()->clear();
  covered_ = 0;
}

void UnsyncedRange::takeFrom(UnsyncedRange& other) {
  segments_ = std::move(other.segments_);
  covered_ = 0;
  other.segments_.clear();
  other.segments_.push_back(std::make_unique<Segment>());
  other.covered_ = 0;
}

uint64_t UnsyncedRange::size() const {
  uint64_t total = 0;
  for (const auto& segment : segments_) total += segment->size;
  return total;
}

namespace {

// Hands `size` bytes from `offset` to `use`, piece by piece, until it returns an error.
template <typename Use>
UnsyncedRange::RewriteResult readPieces(AppendFile& file, uint64_t offset, uint64_t size, Use use) {
  using Status = UnsyncedRange::RewriteStatus;
  std::vector<char> chunk(std::min<uint64_t>(kChunkBytes, size));
  for (uint64_t done = 0; done < size;) {
    const std::span<char> target(chunk.data(), std::min<uint64_t>(chunk.size(), size - done));
    const IoResult<size_t> read = file.readAt(offset + done, target);
    if (!read.ok()) return {Status::kIoError, read.error};
    if (read.value < target.size()) return {Status::kLost, {}};
    const std::error_code error = use(offset + done, std::string_view(target.data(), read.value));
    if (error) return {Status::kIoError, error};
    done += read.value;
  }
  return {Status::kRewritten, {}};
}

}  // namespace

UnsyncedRange::RewriteResult UnsyncedRange::rewrite(AppendFile& file, uint64_t offset) const {
  uint64_t position = offset;
  for (const auto& segment : segments_) {
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    const RewriteResult read =
        readPieces(file, position, segment->size, [&](uint64_t, std::string_view piece) {
          XXH3_64bits_update(&state, piece.data(), piece.size());
          return std::error_code{};
        });
    if (read.status != RewriteStatus::kRewritten) return read;
    if (XXH3_64bits_digest(&state) != XXH3_64bits_digest(&segment->state)) {
      return {RewriteStatus::kLost, {}};
    }
    position += segment->size;
  }
  return readPieces(file, offset, size(), [&file](uint64_t at, std::string_view piece) {
    return file.overwrite(at, piece);
  });
}

}  // namespace inkstone
