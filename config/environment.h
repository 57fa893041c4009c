// Which variables of the environment are configuration, and what they mean.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace inkstone {

// The variable in which a container image has its defaults, as lines of configuration.
inline constexpr std::string_view kImageDefaultsVariable = "INKSTONE_IMAGE_DEFAULTS";

// Whether a variable is meant for the configuration: INKSTONE_<DIRECTIVE>. These are not:
//  - INKSTONE_IMAGE_* and INKSTONE_TEST_*, which belong to the container image and to our tests;
//  - the variables that Kubernetes and container links set in every container beside a service whose
//    name is, or begins with, "inkstone": ..._SERVICE_HOST, ..._SERVICE_PORT[_<NAME>], ..._PORT with
//    an address such as tcp://10.0.0.1:6379, and ..._PORT_<number>_<PROTOCOL>[_PROTO|_PORT|_ADDR].
// Form: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
bool isConfigVariable(std::string_view name, std::string_view value);

// The directive that a configuration variable names: the name without prefix, where '_' means '-'
// or itself. Nothing when there is no such directive.
std::optional<std::string> directiveOfVariable(std::string_view name);

}  // namespace inkstone
