#include "persistence/log/multi_part_log.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/ascii.h"
#include "base/text.h"
#include "persistence/files/whole_file.h"

namespace inkstone {
namespace {

// A line a rewrite: a manifest of this size is none.
constexpr uint64_t kManifestBytesMax = 16 * 1024 * 1024;
constexpr size_t kLineBytesMax = 1024;

struct ManifestLine {
  std::string file;
  int64_t sequence = 0;
  char type = '\0';
};

// Null and a reason, or the line.
std::optional<ManifestLine> parseLine(std::string_view text, std::string& reason) {
  reason = "it is not of the form: file <name> seq <number> type <b|i|h>";
  const auto words = splitArguments(text);
  if (!words || words->size() < 6 || words->size() % 2 != 0) return std::nullopt;
  ManifestLine line;
  for (size_t i = 0; i < words->size(); i += 2) {
    const std::string& name = (*words)[i];
    const std::string& value = (*words)[i + 1];
    if (equalsIgnoreCase(name, "file")) {
      line.file = value;
    } else if (equalsIgnoreCase(name, "seq")) {
      std::from_chars(value.data(), value.data() + value.size(), line.sequence);
    } else if (equalsIgnoreCase(name, "type") && !value.empty()) {
      line.type = value[0];
    }
  }
  if (line.file.empty() || line.sequence <= 0 || line.type == '\0') return std::nullopt;
  if (line.file.find('/') != std::string::npos) {
    reason = "the name of the file is a path";
    return std::nullopt;
  }
  return line;
}

class ManifestReader {
 public:
  // False: reason() tells why the line cannot be taken.
  bool take(std::string_view text) {
    if (text.size() > kLineBytesMax) return fail("it is too long");
    const std::optional<ManifestLine> line = parseLine(text, reason_);
    if (!line) return false;
    switch (line->type) {
      case 'b':
        if (!base_.empty()) return fail("there is more than one base");
        base_ = line->file;
        return true;
      case 'i':
        if (line->sequence <= last_sequence_) return fail("the increments are out of order");
        last_sequence_ = line->sequence;
        increments_.push_back(line->file);
        return true;
      case 'h':
        return true;
      default:
        return fail("the type of the file is unknown");
    }
  }

  const std::string& reason() const { return reason_; }
  bool hasBase() const { return !base_.empty(); }
  std::vector<std::string> takeFiles() {
    if (!base_.empty()) increments_.insert(increments_.begin(), base_);
    return std::move(increments_);
  }

 private:
  bool fail(std::string_view reason) {
    reason_ = reason;
    return false;
  }

  std::string base_;
  std::vector<std::string> increments_;
  int64_t last_sequence_ = 0;
  std::string reason_;
};

MultiPartLog unusable(std::string error) {
  MultiPartLog log;
  log.found = true;
  log.error = std::move(error);
  return log;
}

}  // namespace

MultiPartLog parseManifest(std::string_view text, const std::string& path) {
  ManifestReader reader;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    const auto bad = [&](std::string_view reason) {
      return unusable(fmt::format("Bad manifest {}, line {}: {}", path, number, reason));
    };
    if (end == std::string_view::npos) return bad("it has no end");
    const std::string_view line = trimBlanks(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (line.starts_with('#')) continue;
    if (!reader.take(line)) return bad(reader.reason());
  }
  MultiPartLog log;
  log.found = true;
  log.has_base = reader.hasBase();
  log.files = reader.takeFiles();
  if (log.files.empty()) return unusable(fmt::format("Bad manifest {}: it names no file", path));
  return log;
}

MultiPartLog readMultiPartLog(FileSystem& files, const std::string& directory,
                              const std::string& log_directory, const std::string& filename) {
  const std::string folder = directory + "/" + log_directory;
  const std::string path = folder + "/" + filename + ".manifest";
  const IoResult<std::string> text = readWhole(files, path, kManifestBytesMax);
  if (text.error == std::errc::no_such_file_or_directory ||
      text.error == std::errc::not_a_directory) {
    return {};
  }
  if (!text.ok()) {
    return unusable(fmt::format("Can't read the manifest {}: {}", path, text.error.message()));
  }
  MultiPartLog log = parseManifest(text.value, path);
  log.directory = folder;
  return log;
}

}  // namespace inkstone
