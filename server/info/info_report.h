// The text of INFO.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/info/info_field.h"

namespace inkstone {

// All sections, in the order they are shown.
std::span<const InfoSection> infoSections();

// The sections asked for, each once, in their order: names in any case, "default", "all",
// "everything"; those of no argument are the default ones. An unknown name gives nothing.
std::string infoReport(const ServerParts& parts, std::span<const std::string_view> names);

}  // namespace inkstone
