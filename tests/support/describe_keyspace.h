// A data set as text that tells content and nothing else: equal for equal data sets, whatever their
// encodings and the order in which tables give their keys.
#pragma once

#include <string>
#include <string_view>

#include "storage/keyspace.h"

namespace inkstone::testing {

// A line a key, sorted: database, key, deadline ("-" without one), type, elements. Bytes that are
// not printable are written \xNN.
std::string describeKeyspace(const Keyspace& keyspace);

// Type and elements, sorted where they have no order.
std::string describeEntry(const Entry& entry, const EncodingRules& rules);

std::string printable(std::string_view bytes);

}  // namespace inkstone::testing
