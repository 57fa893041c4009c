#include "config/data_names.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace inkstone {
namespace {

struct Name {
  std::string_view directive;
  std::string text;
};

bool allDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Names that a save or a rewrite gives its file at first. A start removes such files.
bool isTempName(std::string_view name) {
  constexpr std::string_view kTemp = "temp-";
  constexpr std::string_view kRewrite = "temp-rewriteaof-";
  constexpr std::string_view kDump = ".rdb";
  if (name.starts_with(kRewrite)) return true;
  if (!name.starts_with(kTemp) || !name.ends_with(kDump)) return false;
  name.remove_prefix(kTemp.size());
  return name.size() > kDump.size() && allDigits(name.substr(0, name.size() - kDump.size()));
}

// Whether `name` is a file that the server keeps beside an AOF or dump called `log`.
bool standsBeside(std::string_view name, std::string_view log) {
  if (name == "." + std::string(log) + ".lock") return true;
  if (!name.starts_with(log)) return false;
  name.remove_prefix(log.size());
  constexpr std::array<std::string_view, 4> kEndings = {".ledger", ".ledger.unreadable",
                                                        ".manifest", ".imported"};
  if (std::find(kEndings.begin(), kEndings.end(), name) != kEndings.end()) return true;
  constexpr std::string_view kCut = ".cut-";
  return name.starts_with(kCut) && allDigits(name.substr(kCut.size()));
}

NameConflict conflict(std::string_view directive, std::string_view other, const std::string& text) {
  return {std::string(directive), std::string(other), text};
}

std::optional<NameConflict> compare(const Name& one, const Name& other) {
  if (one.text.empty() || other.text.empty()) return std::nullopt;
  if (one.text == other.text) {
    return conflict(one.directive, other.directive,
                    std::string(one.directive) + " and " + std::string(other.directive) +
                        " can't be the same name ('" + one.text + "')");
  }
  const bool beside = standsBeside(one.text, other.text);
  if (!beside && !standsBeside(other.text, one.text)) return std::nullopt;
  const Name& owner = beside ? other : one;
  const Name& taken = beside ? one : other;
  return conflict(taken.directive, owner.directive,
                  std::string(taken.directive) + " can't be '" + taken.text +
                      "', a name that the server uses for a file beside its " +
                      std::string(owner.directive) + " '" + owner.text + "'");
}

std::string absolute(const std::string& dir, const std::string& path) {
  return (std::filesystem::path(dir) / path).lexically_normal().string();
}

// The server removes a unix socket before it creates it, empties a pid file, and appends to the
// server log.
std::optional<NameConflict> compareOtherFiles(const ConfigValues& values,
                                              const std::array<Name, 3>& names) {
  const std::array<Name, 4> others = {{{"logfile", values.logfile},
                                       {"pidfile", values.pidfile},
                                       {"unixsocket", values.unixsocket},
                                       {"aclfile", values.aclfile}}};
  for (const Name& other : others) {
    if (other.text.empty()) continue;
    const std::string path = absolute(values.dir, other.text);
    for (const Name& name : names) {
      const Name here{other.directive, std::filesystem::path(path).filename().string()};
      const bool same_folder = path == absolute(values.dir, here.text);
      if (!same_folder || name.text.empty()) continue;
      if (auto found = compare(here, name)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<NameConflict> dataNameConflict(const ConfigValues& values) {
  const std::array<Name, 3> names = {{{"dbfilename", values.dbfilename},
                                      {"appendfilename", values.appendfilename},
                                      {"appenddirname", values.appenddirname}}};
  for (const Name& name : names) {
    if (!isTempName(name.text)) continue;
    return conflict(name.directive, "",
                    std::string(name.directive) + " can't be '" + name.text +
                        "', a name that the server gives to temporary files");
  }
  for (size_t i = 0; i < names.size(); ++i) {
    for (size_t j = i + 1; j < names.size(); ++j) {
      if (auto found = compare(names[i], names[j])) return found;
    }
  }
  return compareOtherFiles(values, names);
}

}  // namespace inkstone
