// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "io/test_listener.h"
#include "io/test_loop.h"
#include "io/test_peer.h"

namespace larder::origin {

// A server of a test. Each of its connections is played by a script on a thread of its own.
class TestOrigin {
 public:
  // The connection as a script sees it.
  class Connection {
   public:
    Connection(io::Peer& peer, TestOrigin& origin) : peer_(peer), origin_(origin) {}
    // The head of the next request; empty: the other side is gone.
    std::string read() {
      std::string head;
      while (!head.ends_with("\r\n\r\n")) {
        const std::string byte = peer_.receive(1);
        if (byte.empty()) return {};
        head += byte;
      }
      origin_.note(head);
      return head;
    }
    std::string read_body(std::size_t bytes) { return peer_.receive(bytes); }
    void say(std::string_view bytes) { peer_.send(bytes); }
    void answer(std::string_view body, std::string_view status = "200 OK") {
      say("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) +
          "\r\n\r\n" + std::string(body));
    }
    void reset() {
      const std::scoped_lock lock(origin_.mutex_);
      peer_.reset();
    }
    void wait_for_end() { peer_.receive_to_end(); }

   private:
    io::Peer& peer_;
    TestOrigin& origin_;
  };
  using Script = std::function<void(Connection&)>;

  explicit TestOrigin(Script script) : script_(std::move(script)) {
    acceptor_ = std::thread([this] { accept(); });
  }
  ~TestOrigin() {
    ::shutdown(listener_.fd(), SHUT_RDWR);
    acceptor_.join();
    {
      const std::scoped_lock lock(mutex_);
      for (const io::Peer& peer : peers_) {
        if (peer.fd() >= 0) ::shutdown(peer.fd(), SHUT_RDWR);
      }
    }
    for (std::thread& thread : threads_) thread.join();
  }
  TestOrigin(const TestOrigin&) = delete;
  TestOrigin& operator=(const TestOrigin&) = delete;

  std::string address() const { return listener_.address().text(); }
  io::Tally& accepted() { return accepted_; }
  io::Tally& asked() { return asked_; }
  std::vector<std::string> requests() {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  void accept() {
    for (;;) {
      io::Peer peer = listener_.accept();
      if (peer.fd() < 0) return;
      const std::scoped_lock lock(mutex_);
      peers_.push_back(std::move(peer));
      accepted_.add();  // before it is answered, and a test looks
      threads_.emplace_back([this, &mine = peers_.back()] { play(mine); });
    }
  }
  // But for a reset the descriptor is closed at the end only, so that it names nobody else when it
  // is shut down.
  void play(io::Peer& peer) {
    Connection connection(peer, *this);
    script_(connection);
    if (peer.fd() >= 0) ::shutdown(peer.fd(), SHUT_RDWR);
  }
  void note(const std::string& head) {
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(head);
    }
    asked_.add();
  }

  const Script script_;
  io::TestListener listener_;
  io::Tally accepted_;
  io::Tally asked_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::list<io::Peer> peers_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

// Scripts that many tests need.
inline TestOrigin::Script answers(const std::string& body, const std::string& status = "200 OK") {
  return [body, status](TestOrigin::Connection& connection) {
    while (!connection.read().empty()) connection.answer(body, status);
  };
}
inline void closes(TestOrigin::Connection& connection) { connection.read(); }
inline void stalls(TestOrigin::Connection& connection) {
  connection.read();
  connection.wait_for_end();
}

// An address of this machine where nobody listens.
inline std::string nobody() { return io::TestListener().address().text(); }

}  // namespace larder::origin
