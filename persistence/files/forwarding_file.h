// What a file is that does one thing differently from another one, and all else as that does.
#pragma once

#include <memory>
#include <utility>

#include "persistence/files/file.h"

namespace inkstone {

// Hands every call on. A class that derives from it overrides what it does differently, and calls
// inner() for the rest of that.
class ForwardingFile : public AppendFile {
 public:
  // `inner` must outlive the object.
  explicit ForwardingFile(AppendFile& inner) : inner_(inner) {}
  explicit ForwardingFile(std::shared_ptr<AppendFile> inner)
      : owned_(std::move(inner)), inner_(*owned_) {}

  IoResult<size_t> append(std::string_view data) override { return inner_.append(data); }
  std::error_code overwrite(uint64_t offset, std::string_view data) override {
    return inner_.overwrite(offset, data);
  }
  IoResult<size_t> readAt(uint64_t offset, std::span<char> target) override {
    return inner_.readAt(offset, target);
  }
  std::error_code sync() override { return inner_.sync(); }
  std::error_code truncate(uint64_t size) override { return inner_.truncate(size); }
  std::error_code allocate(uint64_t size) override { return inner_.allocate(size); }
  IoResult<uint64_t> size() override { return inner_.size(); }
  FileIdentity identity() override { return inner_.identity(); }
  std::error_code close() override { return inner_.close(); }

 protected:
  AppendFile& inner() { return inner_; }

 private:
  const std::shared_ptr<AppendFile> owned_;
  AppendFile& inner_;
};

}  // namespace inkstone
