#include "persistence/start/imported_folder.h"

#include <fmt/format.h>

#include "persistence/files/paths.h"
#include "persistence/files/whole_file.h"

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

std::error_code writeNote(FileSystem& files, const std::string& path, const std::string& note) {
  NewFile file(files, path);
  WriteOutcome outcome = file.open();
  if (outcome.ok()) outcome = file.write(note);
  if (outcome.ok()) file.keep();
  return outcome.error;
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
  static_cast<void>(files.syncDirectory(directoryOf(log.directory)));
  return mark;
}

bool importIsNoted(FileSystem& files, const std::string& folder,
                   const std::vector<std::string>& names) {
  const IoResult<std::string> note = readWhole(files, notePath(folder), kNoteBytesMax);
  return note.ok() && note.value == noteOf(files, folder, names);
}

}  // namespace inkstone
