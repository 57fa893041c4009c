#include "config/environment.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "config/directives.h"

namespace inkstone {
namespace {

constexpr std::string_view kVariablePrefix = "INKSTONE_";
constexpr std::array<std::string_view, 2> kOwnPrefixes = {"INKSTONE_IMAGE_", "INKSTONE_TEST_"};
constexpr std::array<std::string_view, 3> kProtocols = {"TCP", "UDP", "SCTP"};
constexpr std::array<std::string_view, 3> kAddressSchemes = {"tcp://", "udp://", "sctp://"};

// Takes `word` off the front.
bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

bool isAddress(std::string_view value) {
  return std::any_of(kAddressSchemes.begin(), kAddressSchemes.end(),
                     [value](std::string_view scheme) { return value.starts_with(scheme); });
}

// Whether the text is "<number>_<PROTOCOL>", possibly followed by the part of the address that the
// variable gives.
bool isPortDetail(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0) return false;
  text.remove_prefix(digits);
  if (!take(text, "_")) return false;
  const bool has_protocol =
      std::any_of(kProtocols.begin(), kProtocols.end(),
                  [&text](std::string_view protocol) { return take(text, protocol); });
  return has_protocol && (text.empty() || text == "_PROTO" || text == "_PORT" || text == "_ADDR");
}

bool isServiceVariable(std::string_view name, std::string_view value) {
  constexpr std::string_view kPort = "_PORT_";
  if (name.ends_with("_SERVICE_HOST") || name.ends_with("_SERVICE_PORT")) return true;
  if (name.find("_SERVICE_PORT_") != std::string_view::npos) return true;
  if (name.ends_with("_PORT") && isAddress(value)) return true;
  for (size_t at = name.find(kPort); at != std::string_view::npos; at = name.find(kPort, at + 1)) {
    if (isPortDetail(name.substr(at + kPort.size()))) return true;
  }
  return false;
}

std::string dashed(std::string_view text) {
  std::string out = lowerCase(text);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

}  // namespace

bool isConfigVariable(std::string_view name, std::string_view value) {
  if (!name.starts_with(kVariablePrefix)) return false;
  const bool is_ours = std::any_of(kOwnPrefixes.begin(), kOwnPrefixes.end(),
                                   [name](std::string_view own) { return name.starts_with(own); });
  return !is_ours && !isServiceVariable(name, value);
}

std::optional<std::string> directiveOfVariable(std::string_view name) {
  const std::string wanted = dashed(name.substr(kVariablePrefix.size()));
  for (const std::string_view known : {"include", "user", "rename-command", "loadmodule"}) {
    if (wanted == known) return wanted;
  }
  for (const Directive& directive : directives()) {
    for (const std::string_view known : {directive.name, directive.alias}) {
      if (!known.empty() && dashed(known) == wanted) return std::string(known);
    }
  }
  return std::nullopt;
}

}  // namespace inkstone
