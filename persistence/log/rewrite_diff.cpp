#include "persistence/log/rewrite_diff.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace inkstone {

void RewriteDiff::append(std::string_view text) {
  size_ += text.size();
  while (!text.empty()) {
    if (blocks_.empty() || blocks_.back().end == kBlockBytes) addBlock();
    Block& block = blocks_.back();
    const size_t part = std::min(text.size(), kBlockBytes - block.end);
    std::memcpy(block.bytes.get() + block.end, text.data(), part);
    block.end += part;
    text.remove_prefix(part);
  }
}

void RewriteDiff::addBlock() {
  blocks_.push_back({std::make_unique_for_overwrite<char[]>(kBlockBytes)});
  const size_t count = blocks_.size();
  if (count % kNoticeBlocks != 0) return;
  const bool warning = count % kWarningBlocks == 0;
  sink_.write(warning ? LogSink::Level::kWarning : LogSink::Level::kNotice,
              fmt::format("Background AOF buffer size: {} MB", size_ / (1024 * 1024)));
}

std::string_view RewriteDiff::front() const {
  if (blocks_.empty()) return {};
  const Block& block = blocks_.front();
  return {block.bytes.get() + block.begin, block.end - block.begin};
}

void RewriteDiff::consume(size_t bytes) {
  size_ -= bytes;
  Block& block = blocks_.front();
  block.begin += bytes;
  if (block.begin < block.end) return;
  if (blocks_.size() > 1) {
    blocks_.pop_front();
  } else {
    // The block is used from its start again: memory that was never touched costs nothing.
    block.begin = block.end = 0;
  }
}

void RewriteDiff::clear() {
  blocks_.clear();
  size_ = 0;
}

RewriteDiff::SendStatus RewriteDiff::send(int fd) {
  while (!empty()) {
    const std::string_view text = front();
    const ssize_t sent = ::write(fd, text.data(), text.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == EAGAIN ? SendStatus::kBlocked : SendStatus::kClosed;
    consume(static_cast<size_t>(sent));
  }
  return SendStatus::kSent;
}

}  // namespace inkstone
