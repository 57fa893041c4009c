#include "server/process/process_title.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace inkstone {
namespace {

std::string listenAddress(const ConfigValues& settings) {
  if (settings.port == 0) return settings.unixsocket;
  std::string address = settings.bind.empty() ? "*" : settings.bind[0];
  if (address.starts_with('-')) address.erase(0, 1);
  return fmt::format("{}:{}", address, settings.port);
}

void replaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

ProcessTitle::ProcessTitle(int argc, char** argv) {
  if (argc == 0) return;
  begin_ = argv[0];
  // Arguments and environment lie one behind the other. The room ends where they do not.
  char* end = begin_;
  const auto extend = [&](char* text) {
    if (text == end) end = text + std::strlen(text) + 1;
  };
  for (int i = 0; i < argc; ++i) extend(argv[i]);
  for (char** variable = environ; *variable != nullptr; ++variable) {
    extend(*variable);
    environment_.emplace_back(*variable);
  }
  size_ = static_cast<size_t>(end - begin_);
  for (std::string& variable : environment_) environment_pointers_.push_back(variable.data());
  environment_pointers_.push_back(nullptr);
  environ = environment_pointers_.data();
}

void ProcessTitle::set(const std::string& title) {
  if (size_ == 0) return;
  std::memset(begin_, 0, size_);
  std::memcpy(begin_, title.data(), std::min(title.size(), size_ - 1));
}

std::string expandTitle(const ConfigValues& settings, const std::string& config_file,
                        const std::string& name) {
  const std::pair<std::string, std::string> fields[] = {
      {"{title}", name},
      {"{listen-addr}", listenAddress(settings)},
      // The only mode there is, standalone, is shown as nothing.
      {"{server-mode}", ""},
      {"{port}", std::to_string(settings.port)},
      {"{tls-port}", std::to_string(settings.tls_port)},
      {"{unixsocket}", settings.unixsocket},
      {"{config-file}", config_file},
  };
  std::string title = settings.proc_title_template;
  for (const auto& [field, value] : fields) replaceAll(title, field, value);
  const size_t last = title.find_last_not_of(' ');
  return title.substr(0, last == std::string::npos ? 0 : last + 1);
}

}  // namespace inkstone
