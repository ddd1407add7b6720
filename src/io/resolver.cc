// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/resolver.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/limits.h"

namespace larder::io {
namespace {

// Of what is told without asking anybody: a number, or a line of /etc/hosts.
constexpr std::int64_t kKnownTtlS = 3600;

int init_library() {
  static const int kStatus = ares_library_init(ARES_LIB_INIT_ALL);
  return kStatus;
}

base::Failure ares_failure(std::string what, int status) {
  return {std::move(what) + ": " + ares_strerror(status)};
}

Address with_port(const ares_addrinfo_node& node, std::uint16_t port) {
  sockaddr_storage storage{};
  std::memcpy(&storage, node.ai_addr, node.ai_addrlen);
  if (node.ai_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in*>(&storage)->sin_port = htons(port);
  }
  return Address::from(&storage, node.ai_addrlen);
}

// c-ares 1.18 asks name servers for those of IPv4, too.
std::optional<Address> number(const std::string& host, std::uint16_t port) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    return Address::from(&v4, sizeof v4);
  }
  if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) != 1) return std::nullopt;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  return Address::from(&v6, sizeof v6);
}

Resolved resolved_of(const ares_addrinfo& told, std::uint16_t port) {
  Resolved resolved;
  std::optional<int> ttl;
  const auto believe = [&ttl](int seconds) { ttl = std::min(ttl.value_or(seconds), seconds); };
  for (const ares_addrinfo_node* node = told.nodes; node != nullptr; node = node->ai_next) {
    resolved.addresses.push_back(with_port(*node, port));
    believe(node->ai_ttl);
  }
  for (const ares_addrinfo_cname* name = told.cnames; name != nullptr; name = name->next) {
    believe(name->ttl);
  }
  resolved.ttl_s = std::max(ttl.value_or(0), 0);
  return resolved;
}

}  // namespace

// c-ares, whose sockets and time are the loop's.
//
//   resolve ─► question ─► c-ares ─► answered: ready ─► (posted) ─► done
//                          │    ▲
//                   watch ─┘    └─ readable, writable, late
class Resolver::Channel {
 public:
  explicit Channel(Loop& loop) : loop_(loop) {
    ares_options options{};
    options.timeout = static_cast<int>(limits::kResolveTimeoutMs);
    options.tries = limits::kResolveTries;
    options.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
      static_cast<Channel*>(self)->socket_changed(fd, readable != 0, writable != 0);
    };
    options.sock_state_cb_data = this;
    status_ = init_library();
    std::string files_first = "fb";  // whatever nsswitch.conf says: of it c-ares reads half
    options.lookups = files_first.data();
    constexpr int kGiven =
        ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_LOOKUPS;
    if (status_ == ARES_SUCCESS) status_ = ares_init_options(&channel_, &options, kGiven);
  }
  ~Channel() {
    *alive_ = false;
    if (channel_ != nullptr) ares_destroy(channel_);
    if (late_) loop_.cancel(*late_);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  base::Status use(const std::vector<std::string>& servers);
  void resolve(const std::string& host, std::uint16_t port, Done done);

 private:
  struct Question {
    Channel& channel;
    std::string host;
    std::uint16_t port;
    Done done;
  };
  struct Ready {
    Done done;
    base::Result<Resolved> result;
  };

  static void answered(void* question, int status, int timeouts, ares_addrinfo* told);
  base::Result<Resolved> result_of(const Question& question, int status, ares_addrinfo* told);
  void tell_later(Done done, base::Result<Resolved> result);
  void tell();
  void socket_changed(ares_socket_t fd, bool readable, bool writable);
  void socket_ready(ares_socket_t fd, bool writable);
  void mind_time();

  Loop& loop_;
  ares_channel channel_ = nullptr;
  int status_ = ARES_SUCCESS;
  bool asking_ = false;  // inside c-ares' own call
  std::map<ares_socket_t, Watch> watches_;
  std::vector<Ready> ready_;
  std::optional<Loop::Timers::iterator> late_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

base::Status Resolver::Channel::use(const std::vector<std::string>& servers) {
  std::string list;
  for (const std::string& server : servers) list.append(list.empty() ? "" : ",").append(server);
  if (status_ == ARES_SUCCESS) status_ = ares_set_servers_ports_csv(channel_, list.c_str());
  if (status_ != ARES_SUCCESS) return ares_failure("using the name servers " + list, status_);
  return base::Done{};
}

// ---- questions

void Resolver::Channel::resolve(const std::string& host, std::uint16_t port, Done done) {
  if (status_ != ARES_SUCCESS) {
    return tell_later(std::move(done), ares_failure("resolving " + host, status_));
  }
  if (const auto known = number(host, port)) {
    return tell_later(std::move(done), Resolved{.addresses = {*known}, .ttl_s = kKnownTtlS});
  }
  auto* const question = new Question{*this, host, port, std::move(done)};  // until answered
  ares_addrinfo_hints hints{};
  hints.ai_flags = ARES_AI_NOSORT;
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  asking_ = true;
  ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, answered, question);
  asking_ = false;
  mind_time();
}

void Resolver::Channel::answered(void* asked, int status, int, ares_addrinfo* told) {
  const std::unique_ptr<Question> question(static_cast<Question*>(asked));
  Channel& channel = question->channel;
  if (*channel.alive_) {
    channel.tell_later(std::move(question->done), channel.result_of(*question, status, told));
  }
  if (told != nullptr) ares_freeaddrinfo(told);
}

base::Result<Resolved> Resolver::Channel::result_of(const Question& question, int status,
                                                    ares_addrinfo* told) {
  if (status != ARES_SUCCESS) return ares_failure("resolving " + question.host, status);
  Resolved resolved = resolved_of(*told, question.port);
  if (asking_) resolved.ttl_s = kKnownTtlS;
  return resolved;
}

void Resolver::Channel::tell_later(Done done, base::Result<Resolved> result) {
  ready_.push_back({std::move(done), std::move(result)});
  if (ready_.size() != 1) return;
  loop_.post([this, alive = alive_] {
    if (*alive) tell();
  });
}

// Whoever is told may ask again, or destroy the resolver.
void Resolver::Channel::tell() {
  std::vector<Ready> ready = std::exchange(ready_, {});
  const auto alive = alive_;
  for (Ready& one : ready) {
    if (!*alive) return;
    one.done(std::move(one.result));
  }
}

// ---- c-ares' sockets and time

void Resolver::Channel::socket_changed(ares_socket_t fd, bool readable, bool writable) {
  const auto found = watches_.find(fd);
  if (found != watches_.end()) loop_.unwatch(found->second);
  if (!readable && !writable) {
    if (found != watches_.end()) watches_.erase(found);
    return;
  }
  Watch& watch = watches_[fd];
  watch.fd = fd;
  watch.writable = writable;  // what it has to send comes first
  watch.readable = [this, fd, writable] { socket_ready(fd, writable); };
  loop_.watch(watch);
}

void Resolver::Channel::socket_ready(ares_socket_t fd, bool writable) {
  ares_process_fd(channel_, writable ? ARES_SOCKET_BAD : fd, writable ? fd : ARES_SOCKET_BAD);
  const auto found = watches_.find(fd);
  if (found != watches_.end() && found->second.number == 0) loop_.watch(found->second);
  mind_time();
}

void Resolver::Channel::mind_time() {
  if (late_) loop_.cancel(*std::exchange(late_, std::nullopt));
  timeval next{};
  if (ares_timeout(channel_, nullptr, &next) == nullptr) return;
  const std::int64_t wait_ms = next.tv_sec * 1000 + next.tv_usec / 1000;
  late_ = loop_.after(wait_ms + 1, [this] {
    late_.reset();
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    mind_time();
  });
}

// ---- Resolver

Resolver::Resolver(Loop& loop) : channel_(std::make_unique<Channel>(loop)) {}
Resolver::~Resolver() = default;

base::Status Resolver::use(const std::vector<std::string>& servers) {
  return channel_->use(servers);
}

void Resolver::resolve(const std::string& host, std::uint16_t port, Done done) {
  channel_->resolve(host, port, std::move(done));
}

}  // namespace larder::io
