// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <liburing.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/heap_bytes.h"
#include "base/limits.h"
#include "io/backend.h"
#include "io/sender.h"
#include "io/socket.h"
#include "io/watches.h"

namespace larder::io {
namespace {

// What a completion is about: the lowest bits of user_data, above them a Socket's address or the
// number of a Watch.
enum class Op : std::uint64_t {
  kReceive,
  kDirect,
  kSend,
  kRoom,  // to send more at once
  kWatch,
  kCancel,
};
constexpr unsigned kOpBits = 3;
constexpr std::uint64_t kOpMask = (1U << kOpBits) - 1;
// Faults: nothing was done, and the answer is EAGAIN. No address and no number is so high.
constexpr std::uint64_t kNothingDone = std::uint64_t{1} << 63;
static_assert(alignof(Socket) > kOpMask);

constexpr int kBufferGroup = 0;

// The loop's provided buffers, lent to the kernel as a ring.
//
//   kernel takes from the head ──► [buffer 7][buffer 2][…] ◄── give_back puts at the tail
//
// A multishot receive fills the next one for whichever connection has bytes; it goes back in the
// same turn.
class ProvidedBuffers {
 public:
  ~ProvidedBuffers() {
    if (ring_ != nullptr) ::munmap(ring_, ring_bytes());
  }

  base::Status open(io_uring& uring, std::size_t count, std::size_t buffer_bytes) {
    LARDER_CHECK(std::has_single_bit(count) && count <= 32768);
    count_ = count;
    buffer_bytes_ = buffer_bytes;
    memory_ = std::make_unique_for_overwrite<char[]>(count * buffer_bytes);
    void* ring =
        ::mmap(nullptr, ring_bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (ring == MAP_FAILED) return base::system_failure("mapping a buffer ring", errno);
    ring_ = static_cast<io_uring_buf_ring*>(ring);
    io_uring_buf_reg reg{};
    reg.ring_addr = reinterpret_cast<std::uintptr_t>(ring_);
    reg.ring_entries = static_cast<unsigned>(count);
    reg.bgid = kBufferGroup;
    const int error = io_uring_register_buf_ring(&uring, &reg, 0);
    if (error != 0) return base::system_failure("registering a buffer ring", -error);
    io_uring_buf_ring_init(ring_);
    for (std::size_t id = 0; id < count; ++id) give_back(static_cast<unsigned>(id));
    return base::Done{};
  }

  std::size_t own_bytes() const { return count_ * buffer_bytes_ + ring_bytes(); }

  std::string_view view(unsigned id, std::size_t bytes) const {
    return {memory_.get() + id * buffer_bytes_, bytes};
  }

  void give_back(unsigned id) {
    io_uring_buf_ring_add(ring_, memory_.get() + id * buffer_bytes_,
                          static_cast<unsigned>(buffer_bytes_), static_cast<unsigned short>(id),
                          io_uring_buf_ring_mask(static_cast<unsigned>(count_)), 0);
    io_uring_buf_ring_advance(ring_, 1);
  }

 private:
  std::size_t ring_bytes() const { return count_ * sizeof(io_uring_buf); }

  io_uring_buf_ring* ring_ = nullptr;
  std::size_t count_ = 0;
  std::size_t buffer_bytes_ = 0;
  std::unique_ptr<char[]> memory_;  // not touched before it is used
};

// Headers that no operation uses at the moment: only one that is under way needs one.
template <class Header>
class IdleHeaders {
 public:
  std::unique_ptr<Header> take() {
    if (idle_.empty()) return std::make_unique<Header>();
    auto header = std::move(idle_.back());
    idle_.pop_back();
    return header;
  }
  // May be null.
  void keep(std::unique_ptr<Header> header) {
    if (header && idle_.size() < limits::kIdleHeaders) idle_.push_back(std::move(header));
  }
  std::size_t bytes() const { return idle_.size() * base::heap_bytes(sizeof(Header)); }

 private:
  std::vector<std::unique_ptr<Header>> idle_;
};

// Multishot receives into provided buffers, sends that are submitted together with the wait: a
// turn is one system call, however many connections it serves.
//
//   armed receive ──► completion with MORE ──► … ──► last one without: end, cancelled, no buffers
//
// Where large values are expected one short receive follows another, so that what is behind stays
// in the kernel. So it always is with a unix socket: from 6.17 on the kernel (liburing issue 1549,
// mended in part since) may keep the end of its stream from a multishot receive for ever.
//
// A Socket lives until in_flight is 0, so that no completion ever names a dead one.
class UringBackend final : public Backend {
 public:
  explicit UringBackend(const BackendOptions& options) : sender_(options.faults) {}
  ~UringBackend() override {
    if (open_) io_uring_queue_exit(&uring_);
  }

  base::Status open(const BackendOptions& options) {
    faults_ = options.faults;
    io_uring_params params{};
    params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE |
                   IORING_SETUP_SUBMIT_ALL;
    params.cq_entries = limits::kUringCompletions;
    const int error = io_uring_queue_init_params(limits::kUringEntries, &uring_, &params);
    if (error != 0) return base::system_failure("setting up an io_uring", -error);
    open_ = true;
    if ((params.features & IORING_FEAT_EXT_ARG) == 0) {
      return base::Failure{"this kernel's io_uring cannot wait with a timeout"};
    }
    register_files();
    const bool short_reads = faults_ != nullptr && faults_->max_receive_bytes != 0;
    return buffers_.open(uring_, options.receive_buffers,
                         short_reads ? faults_->max_receive_bytes : options.receive_buffer_bytes);
  }

  std::string_view name() const override { return "io_uring"; }

  std::size_t own_bytes() const override {
    return buffers_.own_bytes() + uring_.sq.ring_sz +
           uring_.sq.ring_entries * sizeof(io_uring_sqe) + free_slots_.capacity() * sizeof(int) +
           send_headers_.bytes() + receive_headers_.bytes();
  }

  base::Status attach(Socket& socket) override {
    socket.backend_state.is_unix = is_unix(socket.fd());
    return base::Done{};
  }

  void start_receive(Socket& socket) override {
    io_uring_sqe* sqe = entry();
    if (socket.expects_large()) {
      io_uring_prep_recv(sqe, target(socket), nullptr, limits::kShortReadBytes, 0);
    } else if (socket.backend_state.is_unix) {
      io_uring_prep_recv(sqe, target(socket), nullptr, 0, 0);
    } else {
      io_uring_prep_recv_multishot(sqe, target(socket), nullptr, 0, 0);
    }
    sqe->buf_group = kBufferGroup;
    sqe->flags |= IOSQE_BUFFER_SELECT;
    begin(sqe, socket, Op::kReceive);
  }

  void stop_receive(Socket& socket) override { cancel(tagged(socket, Op::kReceive)); }

  // Seen on Linux 6.18: a multishot receive stays armed on a connection that was reset.
  bool may_lose_ends() const override { return true; }

  void receive_direct(Socket& socket, std::span<char> room) override {
    const std::size_t whole = room.size();
    if (faults_ != nullptr && faults_->max_receive_bytes != 0) {
      room = room.first(std::min(room.size(), faults_->max_receive_bytes));
    }
    io_uring_sqe* sqe = entry();
    if (socket.takes_behind() && room.size() == whole) {
      auto& header = socket.backend_state.receive_header = receive_headers_.take();
      header->pieces = {
          {{room.data(), room.size()}, {header->behind.data(), header->behind.size()}}};
      header->message.msg_iov = header->pieces.data();
      header->message.msg_iovlen = header->pieces.size();
      io_uring_prep_recvmsg(sqe, target(socket), &header->message, 0);
    } else {
      io_uring_prep_recv(sqe, target(socket), room.data(), room.size(), 0);
    }
    begin(sqe, socket, Op::kDirect);
  }

  void send(Socket& socket) override {
    if (socket.outgoing().has_frozen()) return send_at_once(socket);
    std::array<iovec, limits::kSendPieces> pieces;
    std::size_t count = socket.closing() ? 0 : socket.gather(pieces);
    if (count == 0) {
      socket.sends_nothing_now();
      return;
    }
    if (faults_ != nullptr && faults_->max_send_bytes != 0) {
      count = 1;
      pieces[0].iov_len = std::min(pieces[0].iov_len, faults_->max_send_bytes);
    }
    auto& state = socket.backend_state;
    if (state.slot < 0 && ++state.sends == limits::kSendsBeforeSlot) take_slot(socket);
    io_uring_sqe* sqe = entry();
    if (count == 1) {
      io_uring_prep_send(sqe, target(socket), pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL);
    } else {
      auto& header = state.send_header = send_headers_.take();
      std::copy_n(pieces.begin(), count, header->pieces.begin());
      header->message.msg_iov = header->pieces.data();
      header->message.msg_iovlen = count;
      io_uring_prep_sendmsg(sqe, target(socket), &header->message, MSG_NOSIGNAL);
    }
    begin(sqe, socket, Op::kSend);
  }

  bool release(Socket& socket) override {
    auto& state = socket.backend_state;
    if (state.in_flight != 0) {
      if (!state.shut) {
        ::shutdown(socket.fd(), SHUT_RDWR);  // ends every operation on it
        stop_receive(socket);                // also one that does not notice
      }
      state.shut = true;
      return false;
    }
    if (state.slot >= 0) give_slot(state.slot);
    ::close(socket.fd());
    return true;
  }

  void watch(Watch& watch) override {
    io_uring_sqe* sqe = entry();
    io_uring_prep_poll_add(sqe, watch.fd, watch.writable ? POLLOUT : POLLIN);
    io_uring_sqe_set_data64(sqe, tagged(watches_.begin(watch)));
  }

  void unwatch(Watch& watch) override {
    if (watch.number != 0) cancel(tagged(watch.number));
    watches_.end(watch);
  }

  void wait(std::int64_t timeout_ms) override {
    __kernel_timespec timeout{.tv_sec = timeout_ms / 1000,
                              .tv_nsec = timeout_ms % 1000 * 1'000'000};
    io_uring_cqe* first = nullptr;
    // Errors are a timeout, a signal, or a full completion queue: all end in a dispatch.
    io_uring_submit_and_wait_timeout(&uring_, &first, 1, timeout_ms < 0 ? nullptr : &timeout,
                                     nullptr);
  }

  void dispatch() override {
    unsigned head = 0;
    unsigned seen = 0;
    io_uring_cqe* cqe = nullptr;
    io_uring_for_each_cqe(&uring_, head, cqe) {
      ++seen;
      completed(cqe->user_data, cqe->res, cqe->flags);
    }
    io_uring_cq_advance(&uring_, seen);
  }

 private:
  // ---- submissions

  io_uring_sqe* entry() {
    io_uring_sqe* sqe = io_uring_get_sqe(&uring_);
    if (sqe == nullptr) {
      io_uring_submit(&uring_);
      sqe = io_uring_get_sqe(&uring_);
      LARDER_CHECK(sqe != nullptr);
    }
    return sqe;
  }

  static bool is_unix(int fd) {
    int domain = 0;
    socklen_t size = sizeof domain;
    return ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
  }

  // ---- registered files

  // One saves a look-up with each operation, and costs two system calls in a connection's life: it
  // is for those that stay.
  void take_slot(Socket& socket) {
    if (free_slots_.empty() && used_slots_ == slots_) return;
    if (free_slots_.empty()) free_slots_.push_back(static_cast<int>(used_slots_++));
    const int slot = free_slots_.back();
    const int fd = socket.fd();
    if (io_uring_register_files_update(&uring_, static_cast<unsigned>(slot), &fd, 1) != 1) return;
    free_slots_.pop_back();
    socket.backend_state.slot = slot;
  }

  void give_slot(int slot) {
    const int none = -1;
    io_uring_register_files_update(&uring_, static_cast<unsigned>(slot), &none, 1);
    free_slots_.push_back(slot);
  }

  void register_files() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    const auto count =
        static_cast<unsigned>(std::min<rlim_t>(files.rlim_cur, limits::kRegisteredFiles));
    if (io_uring_register_files_sparse(&uring_, count) == 0) slots_ = count;
  }

  static int target(const Socket& socket) {
    return socket.backend_state.slot >= 0 ? socket.backend_state.slot : socket.fd();
  }

  static std::uint64_t tagged(const Socket& socket, Op op) {
    return reinterpret_cast<std::uintptr_t>(&socket) | static_cast<std::uint64_t>(op);
  }
  static std::uint64_t tagged(std::uint64_t watch_number) {
    return watch_number << kOpBits | static_cast<std::uint64_t>(Op::kWatch);
  }

  void begin(io_uring_sqe* sqe, Socket& socket, Op op) {
    if (socket.backend_state.slot >= 0) sqe->flags |= IOSQE_FIXED_FILE;
    std::uint64_t user_data = tagged(socket, op);
    if (faults_ != nullptr && faults_->try_again()) {
      io_uring_prep_nop(sqe);
      user_data |= kNothingDone;
    }
    io_uring_sqe_set_data64(sqe, user_data);
    ++socket.backend_state.in_flight;
  }

  void cancel(std::uint64_t user_data) {
    io_uring_sqe* sqe = entry();
    io_uring_prep_cancel64(sqe, user_data, 0);
    io_uring_sqe_set_data64(sqe, static_cast<std::uint64_t>(Op::kCancel));
  }

  // ---- completions

  void completed(std::uint64_t user_data, int result, unsigned flags) {
    const Op op = static_cast<Op>(user_data & kOpMask);
    if (op == Op::kCancel) return;
    // Whatever the result: a poll that failed is for the one who waits to find out.
    if (op == Op::kWatch) return watches_.tell(user_data >> kOpBits);
    if ((user_data & kNothingDone) != 0) result = -EAGAIN;
    Socket& socket = *reinterpret_cast<Socket*>(user_data & ~(kOpMask | kNothingDone));
    const bool more = (flags & IORING_CQE_F_MORE) != 0;
    if (!more) --socket.backend_state.in_flight;
    switch (op) {
      case Op::kReceive: return receive_completed(socket, result, flags, more);
      case Op::kDirect: return direct_completed(socket, result);
      case Op::kSend: return send_completed(socket, result);
      // An error is one of the send, too.
      case Op::kRoom: return send(socket);
      case Op::kWatch:
      case Op::kCancel: break;
    }
  }

  void receive_completed(Socket& socket, int result, unsigned flags, bool more) {
    const unsigned id = flags >> IORING_CQE_BUFFER_SHIFT;
    if (result > 0) {
      const std::string_view bytes = buffers_.view(id, static_cast<std::size_t>(result));
      more ? socket.received(bytes) : socket.received_last(bytes);
    } else if (broke_off(result)) {
      socket.receive_stopped();
    } else {
      socket.ended();
    }
    if ((flags & IORING_CQE_F_BUFFER) != 0) buffers_.give_back(id);
    if (more && faults_ != nullptr) break_off_by_fault(socket);
  }

  // The stream is over, the connection is not.
  static bool broke_off(int error) {
    return error == -ENOBUFS || error == -ECANCELED || error == -EAGAIN || error == -EINTR;
  }

  // Both make the stream end in traffic; whether by ENOBUFS or ECANCELED, it is one to broke_off.
  void break_off_by_fault(Socket& socket) {
    const bool no_buffers = faults_->no_buffers();
    if (faults_->cancel() || no_buffers) stop_receive(socket);
  }

  void direct_completed(Socket& socket, int result) {
    auto header = std::move(socket.backend_state.receive_header);
    if (result > 0) {
      const auto bytes = static_cast<std::size_t>(result);
      const std::size_t here = header ? std::min(bytes, header->pieces[0].iov_len) : bytes;
      socket.received_direct(here, header ? std::string_view(header->behind.data(), bytes - here)
                                          : std::string_view());
    } else if (result == -EAGAIN || result == -EINTR) {
      socket.receive_stopped();
    } else {
      socket.ended();
    }
    receive_headers_.keep(std::move(header));
  }

  // io_uring's own splice goes to another thread.
  void send_at_once(Socket& socket) {
    switch (sender_.send(socket)) {
      case Sender::Outcome::kNothingLeft: return socket.sends_nothing_now();
      case Sender::Outcome::kFailed: return socket.send_failed();
      case Sender::Outcome::kNotNow: break;
    }
    io_uring_sqe* sqe = entry();
    io_uring_prep_poll_add(sqe, target(socket), POLLOUT);
    begin(sqe, socket, Op::kRoom);
  }

  void send_completed(Socket& socket, int result) {
    send_headers_.keep(std::move(socket.backend_state.send_header));
    if (result < 0 && result != -EAGAIN && result != -EINTR) {
      socket.send_failed();
      return;
    }
    if (result > 0) socket.sent(static_cast<std::size_t>(result));
    send(socket);
  }

  io_uring uring_{};
  bool open_ = false;
  Faults* faults_ = nullptr;
  Sender sender_;
  ProvidedBuffers buffers_;
  Watches watches_;
  std::size_t slots_ = 0;       // of registered files
  std::size_t used_slots_ = 0;  // the first ones, by a socket or free again
  std::vector<int> free_slots_;
  IdleHeaders<SendHeader> send_headers_;
  IdleHeaders<ReceiveHeader> receive_headers_;
};

}  // namespace

base::Result<std::unique_ptr<Backend>> open_uring_backend(const BackendOptions& options) {
  auto backend = std::make_unique<UringBackend>(options);
  if (const auto opened = backend->open(options); !opened) return opened.failure();
  return std::unique_ptr<Backend>(std::move(backend));
}

}  // namespace larder::io
