// What the two files of sorted-set rows share.
#pragma once

#include <string_view>
#include <vector>

#include "server/command_table/command.h"

namespace inkstone::zset_rows {

inline constexpr std::string_view kDiffComplexity =
    "O(L + (N-K)*log(N)) at worst, L being the number of members in all inputs, N the size of the "
    "first and K that of the result";
inline constexpr std::string_view kInterComplexity =
    "O(N*K + M*log(M)) at worst, N being the size of the smallest input, K the number of inputs "
    "and M the size of the result";
inline constexpr std::string_view kUnionComplexity =
    "O(N + M*log(M)), N being the number of members in all inputs and M the size of the result";

std::vector<CommandRow> reading();
// The rows of the commands that wait.
std::vector<CommandRow> blocking();

}  // namespace inkstone::zset_rows
