// How a thread beside the loop tells the loop that something is done.
#pragma once

namespace inkstone {

// An eventfd. Throws std::system_error when the machine has no descriptor left.
class CompletionEvent {
 public:
  CompletionEvent();
  ~CompletionEvent();
  CompletionEvent(const CompletionEvent&) = delete;
  CompletionEvent& operator=(const CompletionEvent&) = delete;

  int descriptor() const { return fd_; }
  // Makes it readable; from any thread.
  void raise();
  void clear();

 private:
  const int fd_;
};

}  // namespace inkstone
