// Where an encoder's bytes go: a file, a string, a pipe.
#pragma once

#include <string>
#include <string_view>

#include "persistence/files/bulk_writer.h"

namespace inkstone {

class RdbSink {
 public:
  virtual ~RdbSink() = default;

  // Takes all bytes. False when there is no use in more of them; whoever made the sink knows why.
  [[nodiscard]] virtual bool append(std::string_view bytes) = 0;
};

class RdbFileSink : public RdbSink {
 public:
  // `out` must outlive the sink.
  explicit RdbFileSink(BulkWriter& out) : out_(out) {}
  bool append(std::string_view bytes) override {
    out_.append(bytes);
    return !out_.error();
  }

 private:
  BulkWriter& out_;
};

class RdbStringSink : public RdbSink {
 public:
  bool append(std::string_view bytes) override {
    text_.append(bytes);
    return true;
  }
  const std::string& text() const { return text_; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace inkstone
