// The text of INFO.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/info/info_field.h"

namespace inkstone {

class Server;

// All sections, in the order in which they are shown.
std::span<const InfoSection> infoSections();

// The text of the sections that are asked for, each once, in the order above. Names may be in any
// case, and "default", "all" and "everything" are understood. Without a name the default sections
// are given. An unknown name gives nothing.
std::string infoReport(Server& server, std::span<const std::string_view> names);

}  // namespace inkstone
