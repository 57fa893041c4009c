// How the plain types of directives are read, shown and written.
#include <limits>

#include "base/ascii.h"
#include "base/text.h"
#include "config/directives.h"
#include "config/units.h"

namespace inkstone {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

constexpr const char* kWrongCount = "wrong number of arguments";

std::string rangeError(const std::string& min, const std::string& max) {
  return "argument must be between " + min + " and " + max + " inclusive";
}

ValueError assign(const BoolField& field, ConfigValues& values, const std::string& text) {
  if (equalsIgnoreCase(text, "yes")) {
    values.*field.member = true;
  } else if (equalsIgnoreCase(text, "no")) {
    values.*field.member = false;
  } else {
    return "argument must be 'yes' or 'no'";
  }
  return std::nullopt;
}

ValueError assign(const IntegerField& field, ConfigValues& values, const std::string& text) {
  const auto value = parseInteger(text);
  if (!value) return "argument couldn't be parsed into an integer";
  if (*value < field.min || *value > field.max) {
    return rangeError(std::to_string(field.min), std::to_string(field.max));
  }
  values.*field.member = *value;
  return std::nullopt;
}

ValueError assign(const OctalField& field, ConfigValues& values, const std::string& text) {
  const auto value = parseOctal(text);
  if (!value) return "argument couldn't be parsed as an octal number";
  if (*value < field.min || *value > field.max) {
    return rangeError(formatOctal(field.min), formatOctal(field.max));
  }
  values.*field.member = *value;
  return std::nullopt;
}

ValueError assign(const MemoryField& field, ConfigValues& values, const std::string& text) {
  const auto value = parseMemory(text);
  if (!value) return "argument must be a memory value";
  if (*value < field.min || *value > field.max) {
    return rangeError(std::to_string(field.min), std::to_string(field.max));
  }
  values.*field.member = *value;
  return std::nullopt;
}

ValueError assign(const MemoryOrPercentField& field, ConfigValues& values,
                  const std::string& text) {
  constexpr const char* kInvalid = "argument must be a memory or percent value";
  const std::string too_much =
      "percentage argument must be less or equal to " + std::to_string(field.percent_max);
  if (!text.empty() && text.back() == '%') {
    const auto percent = parseInteger(std::string_view(text).substr(0, text.size() - 1));
    if (!percent || *percent < 0) return kInvalid;
    if (*percent > field.percent_max) return too_much;
    values.*field.member = -*percent;
    return std::nullopt;
  }
  const auto bytes = parseMemory(text);
  if (!bytes) return kInvalid;
  if (*bytes > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return too_much;
  values.*field.member = static_cast<int64_t>(*bytes);
  return std::nullopt;
}

ValueError assign(const StringField& field, ConfigValues& values, const std::string& text) {
  if (field.check != nullptr) {
    if (ValueError error = field.check(text)) return error;
  }
  values.*field.member = text;
  return std::nullopt;
}

const EnumName* findName(const EnumField& field, std::string_view name) {
  for (const EnumName& known : field.names) {
    if (equalsIgnoreCase(known.name, name)) return &known;
  }
  return nullptr;
}

std::string namesError(const EnumField& field) {
  std::string error = "argument(s) must be one of the following: ";
  for (const EnumName& known : field.names) {
    if (&known != field.names.data()) error += ", ";
    error += known.name;
  }
  return error;
}

ValueError assignNames(const EnumField& field, ConfigValues& values, Arguments arguments) {
  if (arguments.empty()) return namesError(field);
  int value = 0;
  for (const std::string& argument : arguments) {
    const EnumName* known = findName(field, argument);
    if (known == nullptr) return namesError(field);
    value |= known->value;
  }
  if (field.check != nullptr) {
    if (ValueError error = field.check(value)) return error;
  }
  field.set(values, value);
  return std::nullopt;
}

std::string formatEnum(const EnumField& field, int value) {
  std::string out;
  for (const EnumName& known : field.names) {
    if (known.value == value && !(field.is_set && value != 0)) return std::string(known.name);
    if (!field.is_set || known.value == 0 || (known.value & value) == 0) continue;
    if (!out.empty()) out += ' ';
    out += known.name;
  }
  return out;
}

std::string formatMemoryOrPercent(int64_t value, std::string (*bytes)(uint64_t)) {
  if (value < 0) return std::to_string(-value) + '%';
  return bytes(static_cast<uint64_t>(value));
}

}  // namespace

ValueError assignDirective(const Directive& directive, ConfigValues& values, Arguments arguments,
                           bool adding) {
  std::vector<std::string> parts;
  if (directive.has(kMultiArgs) && arguments.size() == 1) {
    parts = splitAtSpaces(arguments[0]);
    arguments = parts;
  }
  const auto one = [&](const auto& field) -> ValueError {
    if (arguments.size() != 1) return kWrongCount;
    return assign(field, values, arguments[0]);
  };
  return std::visit(Overloaded{one,
                               [&](const EnumField& field) -> ValueError {
                                 if (!field.is_set && arguments.size() != 1) return kWrongCount;
                                 return assignNames(field, values, arguments);
                               },
                               [&](const SpecialField& field) -> ValueError {
                                 return field.assign(values, arguments, adding);
                               }},
                    directive.field);
}

std::string formatDirective(const Directive& directive, const ConfigValues& values) {
  return std::visit(
      Overloaded{[&](const BoolField& field) -> std::string {
                   return values.*field.member ? "yes" : "no";
                 },
                 [&](const IntegerField& field) { return std::to_string(values.*field.member); },
                 [&](const OctalField& field) { return formatOctal(values.*field.member); },
                 [&](const MemoryField& field) { return std::to_string(values.*field.member); },
                 [&](const MemoryOrPercentField& field) {
                   return formatMemoryOrPercent(
                       values.*field.member, [](uint64_t bytes) { return std::to_string(bytes); });
                 },
                 [&](const EnumField& field) { return formatEnum(field, field.get(values)); },
                 [&](const StringField& field) { return values.*field.member; },
                 [&](const SpecialField& field) { return field.format(values); }},
      directive.field);
}

std::vector<RewriteLine> rewriteLines(const Directive& directive, const ConfigValues& values,
                                      const ConfigValues& defaults) {
  if (const auto* special = std::get_if<SpecialField>(&directive.field)) {
    return special->lines(values, defaults);
  }
  std::string text = formatDirective(directive, values);
  const bool is_default = text == formatDirective(directive, defaults);
  if (const auto* memory = std::get_if<MemoryField>(&directive.field)) {
    text = formatMemory(values.*memory->member);
  } else if (const auto* percent = std::get_if<MemoryOrPercentField>(&directive.field)) {
    text = formatMemoryOrPercent(values.*percent->member, formatMemory);
  } else if (std::holds_alternative<StringField>(directive.field)) {
    if (text.empty() && directive.has(kEmptyIsUnset)) return {};
    text = quoteArgument(text);
  }
  return {{std::move(text), is_default}};
}

}  // namespace inkstone
