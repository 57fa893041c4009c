// Directives of parts of the server that are still to come.
#include "config/directives.h"

namespace inkstone {

std::string_view partName(Acts acts) {
  switch (acts) {
    case Acts::kYes:
    case Acts::kNever:
    case Acts::kNoEffectYet:
      return {};
    case Acts::kWithCluster:
      return "cluster mode";
    case Acts::kWithEviction:
      return "eviction";
    case Acts::kWithHyperLogLog:
      return "HyperLogLogs";
    case Acts::kWithModules:
      return "modules";
    case Acts::kWithReplication:
      return "replication";
    case Acts::kWithScripting:
      return "scripting";
    case Acts::kWithSlowLog:
      return "the slow log";
    case Acts::kWithStreams:
      return "streams";
    case Acts::kWithTls:
      return "TLS";
  }
  return {};
}

ValueError refusalOfMissingPart(const Directive& directive, const ConfigValues& values) {
  if (!directive.has(kRefusedYet)) return std::nullopt;
  if (formatDirective(directive, values) == formatDirective(directive, ConfigValues())) {
    return std::nullopt;
  }
  return "it asks for " + std::string(partName(directive.acts)) +
         ", which this server does not have yet, and cannot be left without effect";
}

std::vector<std::string> ineffectiveDirectives(const ConfigValues& values) {
  const ConfigValues defaults;
  std::vector<std::string> sentences;
  for (const Directive& directive : directives()) {
    if (directive.acts == Acts::kYes) continue;
    const std::string value = formatDirective(directive, values);
    if (value == formatDirective(directive, defaults)) continue;
    std::string sentence = "'" + std::string(directive.name);
    if (!directive.has(kSensitive)) sentence += value.empty() ? " \"\"" : ' ' + value;
    const std::string_view part = partName(directive.acts);
    if (directive.acts == Acts::kNever) {
      sentence += "' has no effect: this server has nothing that it could act on";
    } else if (part.empty()) {
      sentence += "' has no effect yet";
    } else {
      sentence += "' has no effect yet: it acts with " + std::string(part) +
                  ", which this server does not have yet";
    }
    sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace inkstone
