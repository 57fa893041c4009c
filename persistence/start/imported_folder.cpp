#include "persistence/start/imported_folder.h"

#include <fmt/format.h>

#include <memory>

namespace inkstone {
namespace {

constexpr uint64_t kNoteBytesMax = 16 * 1024 * 1024;

std::string notePath(const std::string& folder) {
  return folder + ".imported";
}

std::string noteOf(FileSystem& files, const std::string& folder,
                   const std::vector<std::string>& names) {
  std::string note = "# Inkstone has imported these files; they are of no use to it any more.\n";
  for (const std::string& name : names) {
    note += fmt::format("file {} bytes {}\n", name, files.size(folder + "/" + name).value);
  }
  return note;
}

std::string parentOf(const std::string& folder) {
  const size_t slash = folder.rfind('/');
  return slash == std::string::npos ? "." : folder.substr(0, slash);
}

std::error_code writeNote(FileSystem& files, const std::string& path, const std::string& note) {
  const IoResult<std::shared_ptr<AppendFile>> file = files.openAppend(path);
  if (!file.ok()) return file.error;
  if (const std::error_code error = file.value->truncate(0)) return error;
  if (const IoResult<size_t> written = file.value->append(note); !written.ok()) {
    return written.error;
  }
  return file.value->sync();
}

}  // namespace

ImportMark markImported(FileSystem& files, const MultiPartLog& log, int64_t unix_seconds) {
  ImportMark mark;
  std::string target = fmt::format("{}.imported-{}", log.directory, unix_seconds);
  for (int copy = 2; files.exists(target).value; ++copy) {
    target = fmt::format("{}.imported-{}-{}", log.directory, unix_seconds, copy);
  }
  mark.rename_error = files.rename(log.directory, target);
  if (!mark.rename_error) {
    mark.renamed_to = target;
  } else {
    mark.note_error =
        writeNote(files, notePath(log.directory), noteOf(files, log.directory, log.files));
  }
  // A mark that a power cut takes away is no worse than none.
  static_cast<void>(files.syncDirectory(parentOf(log.directory)));
  return mark;
}

bool importIsNoted(FileSystem& files, const std::string& folder,
                   const std::vector<std::string>& names) {
  const IoResult<std::unique_ptr<ReadFile>> file = files.openRead(notePath(folder));
  if (!file.ok()) return false;
  const IoResult<uint64_t> size = file.value->size();
  if (!size.ok() || size.value > kNoteBytesMax) return false;
  std::string note(static_cast<size_t>(size.value), '\0');
  const IoResult<size_t> read = file.value->readAt(0, note);
  return read.ok() && read.value == note.size() && note == noteOf(files, folder, names);
}

}  // namespace inkstone
