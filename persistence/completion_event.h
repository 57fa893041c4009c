// What the threads beside the loop share: how they are started, and how they tell the loop that
// something is done.
#pragma once

#include <functional>
#include <thread>

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

// Starts a thread in which all signals are blocked: they belong to the loop thread.
std::thread startWithoutSignals(std::function<void()> run);

}  // namespace inkstone
