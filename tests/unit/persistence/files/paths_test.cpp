#include "persistence/files/paths.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

namespace fs = std::filesystem;

namespace inkstone::test {
namespace {

struct Folder {
  Folder() : path(fs::temp_directory_path() / ("inkstone-links-" + std::to_string(::getpid()))) {
    fs::create_directories(path / "far");
  }
  ~Folder() { fs::remove_all(path); }
  std::string operator()(const char* name) const { return (path / name).string(); }

  fs::path path;
};

}  // namespace

TEST_CASE("links are followed to the file, whether it is there or not") {
  const Folder folder;
  std::ofstream(folder("plain")) << "x";
  fs::create_symlink("plain", folder("one"));
  fs::create_symlink("one", folder("two"));
  fs::create_symlink(folder("far/none"), folder("absolute"));
  CHECK(linkTarget(folder("plain")) == folder("plain"));
  CHECK(linkTarget(folder("missing")) == folder("missing"));
  CHECK(linkTarget(folder("two")) == folder("plain"));
  CHECK(linkTarget(folder("absolute")) == folder("far/none"));
  const PathParts parts = linkTargetParts(folder("absolute"));
  CHECK(parts.directory == folder("far"));
  CHECK(parts.filename == "none");
  CHECK(linkTargetParts("name").directory == ".");
}

TEST_CASE("links in a circle stay what they are") {
  const Folder folder;
  fs::create_symlink("b", folder("a"));
  fs::create_symlink("a", folder("b"));
  CHECK(linkTarget(folder("a")) == folder("a"));
}

}  // namespace inkstone::test
