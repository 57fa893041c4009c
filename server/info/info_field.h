// Rows of INFO. INFO shows a row as text; any other reader, such as an exporter of metrics, takes
// its kind, its help line and its value without parsing text.
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "server/info/info_snapshot.h"
#include "server/info/info_value.h"

namespace inkstone {

// How a value behaves. The types of InfoValue that it may have stand behind it.
enum class InfoKind : uint8_t {
  // A number of events or bytes, or time spent: it grows until CONFIG RESETSTAT or a restart sets
  // it back (uint64_t, InfoTime).
  kCounter,
  // A level: a number that rises and falls, a limit, a ratio, a flag (all but time and text).
  kGauge,
  // How long something takes, took or has lasted (InfoTime).
  kDuration,
  // A moment (InfoTime).
  kTimestamp,
  // Names, versions, identifiers, and numbers of other rows that are written for people (string).
  kText,
};

struct InfoField {
  // Whether INFO shows the row now.
  bool shown(const InfoSnapshot& snapshot) const {
    return condition == nullptr || condition(snapshot);
  }

  std::string_view name;
  InfoKind kind;
  // One sentence for operators: what the value tells, with its unit.
  std::string_view help;
  InfoValue (*value)(const InfoSnapshot&);
  // Null: the row is always shown.
  bool (*condition)(const InfoSnapshot&) = nullptr;
};

// Whether a row of the kind may have a value of the type, which is one of those of InfoValue.
template <class Type>
constexpr bool infoTypeFits(InfoKind kind) {
  constexpr bool kIsTime = std::same_as<Type, InfoTime>;
  constexpr bool kIsText = std::same_as<Type, std::string>;
  switch (kind) {
    case InfoKind::kCounter:
      return kIsTime || std::same_as<Type, uint64_t>;
    case InfoKind::kGauge:
      return !kIsTime && !kIsText;
    case InfoKind::kDuration:
    case InfoKind::kTimestamp:
      return kIsTime;
    case InfoKind::kText:
      return kIsText;
  }
  return false;
}

// What the tables of rows are written with. A row's value comes from a lambda that takes the
// snapshot; a kind that its type does not fit is refused by the compiler.
namespace info_rows {

using Snapshot = const InfoSnapshot&;
using Condition = bool (*)(Snapshot);

// The value as one of the types of InfoValue: numbers get 64 bits, other forms of text a string.
template <class Value>
auto typed(Value value) {
  constexpr bool kIsNumber = std::integral<Value> && !std::same_as<Value, bool>;
  if constexpr (kIsNumber && std::unsigned_integral<Value>) {
    return uint64_t{value};
  } else if constexpr (kIsNumber) {
    return int64_t{value};
  } else if constexpr (std::convertible_to<Value, std::string_view>) {
    return std::string(std::move(value));
  } else {
    return value;
  }
}

template <InfoKind kKind, class Get>
constexpr InfoField row(std::string_view name, std::string_view help, Condition condition) {
  using Type = decltype(typed(Get{}(std::declval<Snapshot>())));
  static_assert(infoTypeFits<Type>(kKind));
  return {name, kKind, help, [](Snapshot s) { return InfoValue(typed(Get{}(s))); }, condition};
}

template <class Get>
constexpr InfoField counter(std::string_view name, std::string_view help, Get,
                            Condition condition = nullptr) {
  return row<InfoKind::kCounter, Get>(name, help, condition);
}
template <class Get>
constexpr InfoField gauge(std::string_view name, std::string_view help, Get,
                          Condition condition = nullptr) {
  return row<InfoKind::kGauge, Get>(name, help, condition);
}
template <class Get>
constexpr InfoField duration(std::string_view name, std::string_view help, Get,
                             Condition condition = nullptr) {
  return row<InfoKind::kDuration, Get>(name, help, condition);
}
template <class Get>
constexpr InfoField timestamp(std::string_view name, std::string_view help, Get,
                              Condition condition = nullptr) {
  return row<InfoKind::kTimestamp, Get>(name, help, condition);
}
template <class Get>
constexpr InfoField text(std::string_view name, std::string_view help, Get,
                         Condition condition = nullptr) {
  return row<InfoKind::kText, Get>(name, help, condition);
}

// For rows whose part this server does not have: the value that Redis shows where nobody uses the
// part.
inline constexpr auto kZero = [](Snapshot) { return uint64_t{0}; };
inline constexpr auto kZeroReal = [](Snapshot) { return InfoReal{0}; };
inline constexpr auto kZeroTime = [](Snapshot) { return InfoTime::milliseconds(0); };
inline constexpr auto kZeroHuman = [](Snapshot) { return "0B"; };
inline constexpr auto kOff = [](Snapshot) { return false; };

}  // namespace info_rows

}  // namespace inkstone
