// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "cli/load/histogram.h"
#include "cli/load/pipeline.h"
#include "cli/load/replies.h"
#include "cli/load/requests.h"
#include "cli/load/schedule.h"
#include "cli/load/tally.h"
#include "cli/load/workload.h"
#include "io/address.h"

namespace larder::cli::load {

enum class Stage : std::uint8_t { kWarmUp, kMeasure, kStop };

struct ClientOptions {
  io::Address address;
  std::size_t connections = 1;
  std::size_t depth = 1;  // requests of a connection in flight
  bool verify = false;
  double rate = 0;                     // requests per second; 0: as fast as replies come
  std::int64_t schedule_delay_ns = 0;  // spreads the threads' schedules
};

// One thread that loads a server through many connections.
//
//   closed loop: a connection sends `depth` requests at once, and the next ones when all of them
//                are answered. Refilling sooner would let the way in which a server splits its
//                replies decide on the size of the batches that it gets.
//   open loop:   requests are sent at the times of a schedule, by whichever connection has room; a
//                late one counts from when it was to be sent.
//
// An epoll loop over level-triggered reads, one receive and one send a turn. Buffers are the
// thread's and stay in its cache; a connection keeps only what did not fit the kernel, and the
// beginning of a cut line.
class Client {
 public:
  // What is referred to must outlive the client.
  Client(const Shape& shape, const ClientOptions& options, Workload& workload,
         const std::atomic<Stage>& stage);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  base::Status connect();
  // Until the stage is kStop or the workload is done, and all that was sent is answered.
  base::Status run();

  const Tally& tally() const { return tally_; }  // any thread

  // After run:
  const Histogram& latencies() const { return latencies_; }  // ns, of kMeasure
  std::uint64_t behind() const { return behind_; }  // what the schedule wanted and nobody sent
  std::string first_error() const;                  // error reply, if there was one

 private:
  struct Connection {
    Connection(const Shape& shape, const ClientOptions& options, Tally& tally)
        : pipeline(options.depth, shape.multiget),
          replies(Replies::make(shape, options.verify, pipeline, tally)) {}

    int fd = -1;
    bool waits_for_room = false;
    bool is_free = false;  // open loop: in free_
    Pipeline pipeline;
    std::unique_ptr<Replies> replies;
    std::string carry;   // received: the beginning of a line, or of a head
    std::string unsent;  // what the kernel did not take, from unsent_begin on
    std::size_t unsent_begin = 0;
  };

  base::Status turn();
  base::Status wait();
  base::Status handle(Connection& connection, std::uint32_t events);
  std::int64_t wait_ns(std::int64_t now_ns) const;
  bool stopping() const { return stage_.load(std::memory_order_relaxed) == Stage::kStop; }
  bool finished() const { return (exhausted_ || stopping()) && in_flight_ == 0; }

  // Receiving.
  base::Status receive(Connection& connection);
  base::Status take_replies(Connection& connection, const char* begin, const char* end);
  void record(Pipeline& pipeline, std::size_t from, std::int64_t now_ns);

  // Sending.
  base::Status send_batch(Connection& connection);
  base::Status send_due(std::int64_t now_ns);
  bool write_request(Connection& connection);
  base::Status flush(Connection& connection);
  base::Status flush_unsent(Connection& connection);
  void set_free(Connection& connection);
  void watch(Connection& connection, bool room);

  const Shape& shape_;
  const ClientOptions options_;
  const Requests requests_;
  Workload& workload_;
  const std::atomic<Stage>& stage_;

  int epoll_ = -1;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::array<epoll_event, limits::kEpollEvents> events_;
  std::vector<char> in_;
  std::vector<char> out_;
  std::size_t out_used_ = 0;
  std::size_t max_request_bytes_;
  std::size_t in_flight_ = 0;
  std::int64_t last_reply_ns_ = 0;
  bool exhausted_ = false;  // the workload is

  std::optional<Schedule> schedule_;
  std::deque<Connection*> free_;
  std::uint64_t behind_ = 0;

  Tally tally_;
  Histogram latencies_;
};

}  // namespace larder::cli::load
