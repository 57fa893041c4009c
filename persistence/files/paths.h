// Paths of data files taken apart, and symbolic links that stand for one: whoever puts another file
// in its place has to do that where the link leads to, or the file leaves the disk it was meant to
// be on.
#pragma once

#include <string>

namespace inkstone {

// The folder of what `path` names: "." for "a", "/" for "/a".
std::string directoryOf(const std::string& path);
// The last word of `path`.
std::string filenameOf(const std::string& path);

// Where `path` leads to when the links that it names are followed; the file need not exist. `path`
// itself when it is no link, or one that cannot be read or leads in a circle. Folders on the way
// may be links, and stay in the path.
std::string linkTarget(const std::string& path);

// The folder of what `path` leads to and its name in it: "/" and "a" of "/a", "." and "a" of "a".
struct PathParts {
  std::string directory;
  std::string filename;
};
PathParts linkTargetParts(const std::string& path);

}  // namespace inkstone
