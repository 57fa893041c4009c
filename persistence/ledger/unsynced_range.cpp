#include "persistence/ledger/unsynced_range.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "persistence/ledger/range_hash.h"

namespace inkstone {

namespace {
constexpr size_t kChunkBytes = 1024 * 1024;
}

struct UnsyncedRange::Segment {
  void clear() {
    size = 0;
    hash.reset();
  }

  uint64_t size = 0;
  RangeHash hash;
};

UnsyncedRange::UnsyncedRange() {
  segments_.push_back(std::make_unique<Segment>());
}

UnsyncedRange::~UnsyncedRange() = default;

void UnsyncedRange::add(std::string_view data) {
  Segment& last = *segments_.back();
  last.size += data.size();
  last.hash.add(data);
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

UnsyncedRange::RewriteResult UnsyncedRange::rewrite(AppendFile& file, uint64_t offset) const {
  uint64_t position = offset;
  for (const auto& segment : segments_) {
    const IoResult<std::optional<uint64_t>> found =
        hashRange(file, position, position + segment->size);
    if (!found.ok()) return {RewriteStatus::kIoError, found.error};
    if (found.value != segment->hash.value()) return {RewriteStatus::kLost, {}};
    position += segment->size;
  }
  std::vector<char> chunk(std::min<uint64_t>(kChunkBytes, position - offset));
  while (offset < position) {
    const std::span<char> target(chunk.data(), std::min<uint64_t>(chunk.size(), position - offset));
    const IoResult<size_t> read = file.readAt(offset, target);
    if (!read.ok()) return {RewriteStatus::kIoError, read.error};
    if (read.value < target.size()) return {RewriteStatus::kLost, {}};
    const std::error_code error = file.overwrite(offset, {target.data(), target.size()});
    if (error) return {RewriteStatus::kIoError, error};
    offset += target.size();
  }
  return {RewriteStatus::kRewritten, {}};
}

}  // namespace inkstone
