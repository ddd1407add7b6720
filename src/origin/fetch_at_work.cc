// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/fetch_at_work.h"

#include <utility>

namespace larder::origin {
namespace {

FetchFailure failure_of(http::CallFailure failure) {
  switch (failure) {
    case http::CallFailure::kConnect:
    case http::CallFailure::kTls: return FetchFailure::kConnect;
    case http::CallFailure::kConnectTimeout:
    case http::CallFailure::kTimeout: return FetchFailure::kTimeout;
    case http::CallFailure::kClosed:
    case http::CallFailure::kMalformed: return FetchFailure::kBadResponse;
    case http::CallFailure::kRequestBody: return FetchFailure::kRequestBody;
  }
  return FetchFailure::kBadResponse;
}

void append(std::string& list, std::string_view item) {
  if (!list.empty()) list += ", ";
  list += item;
}

}  // namespace

bool is_safe(std::string_view method) noexcept {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

class FetchAtWork::Summons final : public Waiter, public std::enable_shared_from_this<Summons> {
 public:
  Summons(FetchAtWork& fetch, const Choice& choice, const Tried& tried)
      : Waiter(choice, tried), loop_(fetch.loop_), fetch_(&fetch) {}
  void forget() { fetch_ = nullptr; }

 private:
  void wake() override {
    loop_.post([self = shared_from_this()] {
      if (self->fetch_ != nullptr) self->fetch_->summoned();
    });
  }

  io::Loop& loop_;
  FetchAtWork* fetch_;  // of its loop; null: it is gone
};

FetchAtWork::FetchAtWork(io::Loop& loop, std::shared_ptr<Upstream> upstream, http::Outgoing request,
                         Choice choice, FetchReader& reader)
    : loop_(loop),
      upstream_(std::move(upstream)),
      terms_(upstream_->terms()),
      choice_(std::move(choice)),
      reader_(reader),
      request_body_(request.body),
      request_(std::move(request)),
      is_safe_(is_safe(request_.method)),
      began_(loop.steady_now()),
      response_body_([this] { body_ended(); }) {
  if (request_.body != nullptr) request_.body = &request_body_;
}

FetchAtWork::~FetchAtWork() {
  stop_timer();
  if (summons_) {
    summons_->forget();
    upstream_->servers()->leave(*summons_, loop_.steady_now());
  }
  response_body_.close();
  lease_.give_up();
}

void FetchAtWork::stop_timer() {
  if (timer_) loop_.cancel(*timer_);
  timer_.reset();
}

// ---- a server

void FetchAtWork::start() {
  inside_start_ = true;
  choose();
  inside_start_ = false;
}

bool FetchAtWork::may_try_again() const {
  const UpstreamOptions& options = terms_->options;
  if (facts_.tries == 0) return true;
  if (options.tries != 0 && facts_.tries >= options.tries) return false;
  return options.tries_timeout_ms == 0 || loop_.steady_now() - began_ < options.tries_timeout_ms;
}

void FetchAtWork::choose() {
  if (!may_try_again()) return fail(*failure_);
  Given given = upstream_->servers()->choose(choice_, tried_, loop_.steady_now(), nullptr);
  if (given.kind == Given::Kind::kFull) given = queue();
  switch (given.kind) {
    case Given::Kind::kServer: return call(std::move(given.server));
    case Given::Kind::kQueued: return wait();
    case Given::Kind::kFull:
    case Given::Kind::kQueueFull: return fail(failure_.value_or(FetchFailure::kQueueFull));
    case Given::Kind::kNone: return fail(failure_.value_or(FetchFailure::kNoServer));
  }
}

// Unless there is room by now.
Given FetchAtWork::queue() {
  auto summons = std::make_shared<Summons>(*this, choice_, tried_);
  Given given = upstream_->servers()->choose(choice_, tried_, loop_.steady_now(), summons);
  if (given.kind == Given::Kind::kQueued) summons_ = std::move(summons);
  return given;
}

void FetchAtWork::wait() {
  timer_ = loop_.after(terms_->options.queue_timeout_ms, [this] {
    timer_.reset();
    const auto summons = std::exchange(summons_, nullptr);
    summons->forget();
    upstream_->servers()->leave(*summons, loop_.steady_now());
    fail(FetchFailure::kQueueFull);
  });
}

void FetchAtWork::summoned() {
  stop_timer();
  const auto summons = std::exchange(summons_, nullptr);
  Given given = upstream_->servers()->take(*summons);
  if (given.kind == Given::Kind::kServer) return call(std::move(given.server));
  fail(failure_.value_or(FetchFailure::kNoServer));
}

// ---- a call

void FetchAtWork::call(std::shared_ptr<Server> server) {
  server_ = std::move(server);
  replaced_ = false;
  tried_.push_back(server_.get());
  ++facts_.tries;
  append(facts_.servers, server_->text);
  const bool moved = server_->sticky != choice_.sticky;
  const bool is_sticky = terms_->options.balance == Balance::kSticky;
  facts_.sticky = is_sticky && moved ? server_->sticky : std::string();
  send(Slot(loop_, upstream_->servers(), server_), Pool::Age::kAny);
}

void FetchAtWork::send(Slot slot, Pool::Age age) {
  upstream_->pool(loop_).lease(lease_, std::move(slot), terms_, age, choice_);
  lease_.connection().start(request_, *this);
}

void FetchAtWork::note_status(unsigned status) { append(facts_.statuses, std::to_string(status)); }

void FetchAtWork::note_times() {
  const http::CallTimes& times = lease_.connection().times();
  facts_.connect_ms = times.connected == 0 ? -1 : times.connected - times.began;
  facts_.head_ms = times.head == 0 ? -1 : times.head - times.began;
}

void FetchAtWork::responded(const wire::http::ResponseHead& head, http::BodySource& body) {
  note_times();
  note_status(head.status);
  upstream_->servers()->answered(*server_);
  response_body_.open(body);
  reader_.responded(head, response_body_);
}

void FetchAtWork::body_ended() {
  facts_.end_ms = loop_.steady_now() - began_;
  lease_.end();
}

// ---- what failed

// Nobody can have acted on the request: it did not reach anybody, or has no effect.
bool FetchAtWork::nobody_acted(http::CallFailure failure) const {
  const bool never_connected = failure == http::CallFailure::kConnect ||
                               failure == http::CallFailure::kConnectTimeout ||
                               failure == http::CallFailure::kTls;
  return never_connected || is_safe_ || !lease_.connection().has_sent();
}

bool FetchAtWork::may_go_on(http::CallFailure failure) const {
  return failure != http::CallFailure::kRequestBody && !request_body_.was_pulled() &&
         !lease_.connection().has_response() && nobody_acted(failure);
}

// The server has closed what was idle, which is its right.
bool FetchAtWork::may_replace(http::CallFailure failure) const {
  const bool was_closed =
      failure == http::CallFailure::kClosed || failure == http::CallFailure::kConnect;
  return was_closed && lease_.was_idle() && !replaced_ && may_go_on(failure);
}

void FetchAtWork::failed(http::CallFailure failure) {
  note_times();
  if (may_replace(failure)) {
    replaced_ = true;
    return send(lease_.close(), Pool::Age::kNew);
  }
  const bool go_on = may_go_on(failure);
  failure_ = failure_of(failure);
  note_status(status_of(*failure_));
  lease_.close();
  if (failure != http::CallFailure::kRequestBody) {
    upstream_->servers()->failed(*server_, loop_.steady_now());
  }
  if (go_on) return choose();
  fail(*failure_);
}

// The last thing that is done: the reader may destroy this.
void FetchAtWork::fail(FetchFailure failure) {
  if (inside_start_) {
    timer_ = loop_.after(1, [this, failure] {
      timer_.reset();
      fail(failure);
    });
    return;
  }
  facts_.end_ms = loop_.steady_now() - began_;
  reader_.failed(failure);
}

}  // namespace larder::origin
