// Directives whose values have a grammar of their own, and checks of plain values beyond their
// type.
#pragma once

#include <string_view>

#include "config/directives.h"

namespace inkstone {

// At most this many addresses in `bind`.
inline constexpr size_t kBindAddressesMax = 16;

extern const SpecialField kBind;
extern const SpecialField kSave;
extern const SpecialField kOutputBufferLimit;
extern const SpecialField kOomScoreAdjValues;
extern const SpecialField kNotifyEvents;
extern const SpecialField kPercentiles;
extern const SpecialField kReplicaOf;
extern const SpecialField kDir;
extern const SpecialField kActiveDefrag;

ValueError checkDbFilename(std::string_view value);
ValueError checkAppendFilename(std::string_view value);
ValueError checkAppendDirName(std::string_view value);
ValueError checkProcTitleTemplate(std::string_view value);
// Accepts a locale that the system has, or an empty one.
ValueError checkLocale(std::string_view value);
ValueError checkHostname(std::string_view value);
ValueError checkNodename(std::string_view value);
ValueError checkShutdownFlags(int flags);

}  // namespace inkstone
