#include "persistence/rdb/rdb_check_tool.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <memory>
#include <ostream>

#include "base/text.h"

namespace inkstone {

namespace {

// What is wrong with an image, or, where it is sound, what this server cannot load of it.
void describeRdbError(const RdbError& error, std::ostream& out) {
  switch (error.kind) {
    case RdbError::Kind::kForeign:
      fmt::print(out, "It is no RDB file: it is {}. It is not damaged\n", error.reason);
      return;
    case RdbError::Kind::kUnsupported:
      fmt::print(out, "[offset {}] This server cannot load it: {}\n", error.offset, error.reason);
      out << "It is sound as far as that\n";
      return;
    case RdbError::Kind::kTruncated:
      fmt::print(out,
                 "--- RDB ERROR DETECTED ---\n[offset {}] Unexpected EOF reading RDB file: {}\n",
                 error.offset, error.reason);
      return;
    default:
      fmt::print(out, "--- RDB ERROR DETECTED ---\n[offset {}] {}\n", error.offset, error.reason);
      return;
  }
}

// Who wrote it, and what was read of it.
void describeRdbContent(const RdbCheckResult& image, std::ostream& out) {
  const RdbFacts& facts = image.facts;
  if (!facts.redis_version.empty()) {
    fmt::print(out, "[info] version {} of the format, written by {}\n", facts.version,
               printableBytes(facts.redis_version));
  }
  fmt::print(out, "[info] {} keys read\n[info] {} expires\n[info] {} already expired\n", image.keys,
             image.deadlines, image.expired);
  if (facts.empty_keys > 0) {
    fmt::print(out,
               "[info] {} keys without elements, which a server leaves out:", facts.empty_keys);
    for (const std::string& name : facts.empty_key_names) {
      fmt::print(out, " \"{}\"", printableBytes(name));
    }
    out << (facts.empty_keys > facts.empty_key_names.size() ? " ...\n" : "\n");
  }
}

}  // namespace

bool describeRdbImage(const std::string& name, const RdbCheckResult& image, std::ostream& out) {
  fmt::print(out, "[offset 0] Checking RDB file {}\n", name);
  const bool sound = image.error.kind == RdbError::Kind::kNone;
  if (sound) {
    fmt::print(out, "[offset {0}] Checksum OK\n[offset {0}] \\o/ RDB looks OK! \\o/\n",
               image.end_offset);
  } else {
    describeRdbError(image.error, out);
  }
  describeRdbContent(image, out);
  return sound;
}

int RdbCheckTool::run(const std::string& path) {
  const IoResult<std::unique_ptr<ReadFile>> file = files_.openRead(path);
  std::error_code error = file.error;
  if (file.ok()) {
    const IoResult<uint64_t> size = file.value->size();
    if (size.ok()) return check(path, *file.value, size.value);
    error = size.error;
  }
  fmt::print(out_, "Cannot open file {}: {}\n", path, error.message());
  return kExitNotSound;
}

int RdbCheckTool::check(const std::string& path, ReadFile& file, uint64_t size) {
  const RdbCheckResult image = checkRdbImage(file, size, clock_.unixMs());
  if (image.error.kind == RdbError::Kind::kIo) {
    fmt::print(out_, "[offset 0] Checking RDB file {}\nCannot read file {}: {}\n", path, path,
               image.error.io.message());
    return kExitNotSound;
  }
  if (!describeRdbImage(path, image, out_)) return kExitNotSound;
  if (size > image.end_offset) {
    fmt::print(
        out_,
        "[info] {} bytes follow its end, which a server does not read; if the file is an AOF, "
        "look at it with inkstone-check-aof\n",
        size - image.end_offset);
  }
  if (image.left_out.empty()) return kExitSound;
  fmt::print(out_, "It holds {}\n", image.left_out);
  return kExitNotSound;
}

}  // namespace inkstone
