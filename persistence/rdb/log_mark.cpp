#include "persistence/rdb/log_mark.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <vector>

#include "base/text.h"
#include "persistence/files/whole_file.h"
#include "persistence/ledger/ledger_choice.h"
#include "persistence/ledger/range_hash.h"

namespace inkstone {
namespace {

constexpr uint64_t kShortest = 32;
constexpr uint64_t kLongest = 4096;
constexpr int kHexadecimal = 16;
constexpr std::string_view kFile = "file:";

// The beginning of a log, its length, and which file it is.
struct Beginning {
  std::string text;
  uint64_t log_bytes = 0;
  FileIdentity file;
};

IoResult<Beginning> readBeginning(FileSystem& files, const std::string& path) {
  IoResult<Beginning> result;
  const IoResult<std::unique_ptr<ReadFile>> file = files.openRead(path);
  if (!file.ok()) return {{}, file.error};
  const IoResult<uint64_t> size = file.value->size();
  if (!size.ok()) return {{}, size.error};
  result.value.log_bytes = size.value;
  result.value.file = file.value->identity();
  IoResult<std::string> text = readPiece(*file.value, 0, kLongest);
  result.value.text = std::move(text.value);
  result.error = text.error;
  return result;
}

template <class Number>
bool parse(std::string_view text, Number& number, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size();
}

// How long the beginnings are that are hashed, shortest first: all that is looked at, and shorter
// ones for a log that is cut later.
std::vector<uint64_t> hashedLengths(uint64_t log_bytes) {
  const uint64_t whole = std::min(log_bytes, kLongest);
  std::vector<uint64_t> lengths;
  for (uint64_t length = kShortest; length < whole; length *= 2) lengths.push_back(length);
  if (whole > 0) lengths.push_back(whole);
  return lengths;
}

// The longest stretch that both know decides.
bool beginsAsMarked(const std::vector<std::string>& words, uint64_t marked_bytes,
                    std::string_view log) {
  const std::vector<uint64_t> lengths = hashedLengths(marked_bytes);
  bool same = true;
  for (size_t i = 0; i < lengths.size() && lengths[i] <= log.size(); ++i) {
    uint64_t hash = 0;
    same = i + 1 < words.size() && parse(words[i + 1], hash, kHexadecimal) &&
           hash == RangeHash::of(log.substr(0, lengths[i]));
  }
  return same;
}

// An inode alone says little: it is given to another file when its own is gone.
bool tellsFile(const FileIdentity& file) {
  return file.inode != 0 && file.birth_ns != 0;
}

bool isMarkedFile(const std::vector<std::string>& words, const FileIdentity& now) {
  std::string_view word = words.back();
  if (!word.starts_with(kFile)) return false;
  word.remove_prefix(kFile.size());
  const size_t colon = std::min(word.find(':'), word.size());
  FileIdentity then;
  if (!parse(word.substr(0, colon), then.inode, 10) ||
      !parse(word.substr(std::min(colon + 1, word.size())), then.birth_ns, 10)) {
    return false;
  }
  return tellsFile(then) && tellsFile(now) && sameFile(then, now, false) == true;
}

}  // namespace

std::string logMarkOf(FileSystem& files, const std::string& path) {
  const IoResult<Beginning> log = readBeginning(files, path);
  if (!log.ok()) return std::string(kLogMarkAny);
  std::string mark = std::to_string(log.value.log_bytes);
  for (const uint64_t length : hashedLengths(log.value.text.size())) {
    const std::string_view stretch = std::string_view(log.value.text).substr(0, length);
    mark += fmt::format(" {:016x}", RangeHash::of(stretch));
  }
  const FileIdentity& file = log.value.file;
  if (tellsFile(file)) mark += fmt::format(" {}{}:{}", kFile, file.inode, file.birth_ns);
  return mark;
}

IoResult<LogMarkMatch> matchLogMark(FileSystem& files, std::string_view mark,
                                    const std::string& path) {
  using Answer = LogMarkAnswer;
  if (mark.empty()) return {};
  if (mark == kLogMarkOff) return {{Answer::kLogWasOff}, {}};
  if (mark == kLogMarkAny) return {{Answer::kThisLog}, {}};
  const std::vector<std::string> words = splitAtSpaces(mark);
  uint64_t marked_bytes = 0;
  // What nobody of ours wrote proves nothing.
  if (words.empty() || !parse(words[0], marked_bytes, 10)) return {};
  const IoResult<Beginning> log = readBeginning(files, path);
  if (!log.ok() && log.error != std::errc::no_such_file_or_directory) return {{}, log.error};
  if (!beginsAsMarked(words, marked_bytes, log.value.text)) return {{Answer::kOtherLog}, {}};
  return {{Answer::kThisLog, marked_bytes, isMarkedFile(words, log.value.file)}, {}};
}

}  // namespace inkstone
