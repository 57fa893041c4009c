// Blocks all signals of the calling thread while it lives.
//
// Signals belong to the loop thread. A new thread inherits the mask of its creator, and so does a
// forked child, in which a handler of the server's would tell the server's loop.
#pragma once

#include <pthread.h>

#include <csignal>

namespace inkstone {

class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace inkstone
