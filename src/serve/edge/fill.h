// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/body.h"
#include "io/loop.h"
#include "origin/fetch.h"
#include "serve/edge/access_log.h"
#include "serve/edge/compressor.h"
#include "serve/edge/error_log.h"
#include "serve/edge/fill_slots.h"
#include "serve/edge/fill_span.h"
#include "serve/edge/freshness.h"
#include "serve/edge/kept_request.h"
#include "serve/edge/object_store.h"
#include "serve/edge/partial.h"
#include "serve/edge/policy.h"
#include "wire/http/conditional.h"
#include "wire/http/negotiation.h"

namespace larder::serve::edge {

class Fills;

// What a fill has come to, once its head is here. Immutable from then on.
struct FillHead {
  enum class Verdict : std::uint8_t {
    kStorable,     // whoever it fits may read along
    kPartial,      // of a body in parts: what is known of it is stored, look it up again
    kPrivate,      // of no use to others: each fetches its own, in parallel
    kNotModified,  // what is stored holds on: look it up again
    kFailed,       // there is no response
    kAbandoned,    // of no use to anybody, or nobody waited any more: look it up again
  };
  Verdict verdict = Verdict::kFailed;
  unsigned status = 0;
  std::string field_lines = {};  // without those of the connection
  std::string own_lines = {};    // for whoever began it, beside those
  std::string trailer = {};
  std::optional<std::uint64_t> body_bytes = {};               // of the whole
  std::optional<wire::http::ByteRange> part = {};             // 206: which bytes of it come
  wire::http::Coding coding = wire::http::Coding::kIdentity;  // which it is brought into here
  Freshness freshness = {};
  wire::http::VaryNames vary = {};
  std::string selecting = {};      // of the request that it answers
  bool is_of_one_request = false;  // kPrivate, and others' answers are not
  ObjectId validated = 0;          // kNotModified
  origin::FetchFailure failure = origin::FetchFailure::kNoServer;  // kFailed
};

// What a fill is for.
struct FillTerms {
  std::string key;
  KeptRequest request;    // the one that began it
  std::string_view site;  // of the policy's snapshot
  std::shared_ptr<const Policy> policy;
  std::shared_ptr<origin::Upstream> upstream;
  http::Outgoing outgoing;
  origin::Choice choice;
  std::optional<Object> revalidates = {};  // what the origin is asked whether it still holds
  bool has_stored = false;                 // that, or what may be of use where the origin fails
  FillSpan span = {};                      // what `outgoing` asks for
  PartialBody body = {};                   // of which those are parts, where it has an id
  bool stores = true;                      // false: whatever comes is for one reader
  AccessLog* origin_log = nullptr;         // null: none
  ErrorLog* errors = nullptr;
  bool keeps_alone = false;  // goes on although nobody reads: a revalidation behind a response
};

// One fetch for a crowd: a response on its way from an origin into the store, and to whoever reads
// along, on any loop.
//
//   Fetch ─► parts: [256 KiB][256 KiB][ … |room]         owner's loop
//                ▲        ▲            ▲
//             reader    reader      reader   (offset each, one wake per loop and append)
//
//   asked ─► head is here: every waiter is told, and judges it ─► filling ─► whole: stored
//                                                                    └────► failed: nothing is
//
//   of the whole, or of some of the parts of a body, which the store has one by one
//   retained   storable and of at most kMaxRetainedBytes: as fast as the origin sends, all of it
//              stays until the end, readers may join at any time
//   transit    all else: at most kFillWindowBytes ahead of the slowest reader, nobody joins; who
//              takes nothing for kFillStallMs while others wait is cut
//
// The loop that begins it owns it: fetch and appends happen there. Without readers it ends, unless
// little is missing of what is to be stored.
class Fill final : public std::enable_shared_from_this<Fill>,
                   private origin::FetchReader,
                   private http::BodyReader {
 public:
  class Reader;

  // Told once on its loop when the head is here.
  using Decided = std::function<void()>;
  // Told before that of each interim response (1xx), with its field lines.
  using Informed = std::function<void(unsigned status, std::string_view lines)>;
  struct Waiter {
    io::Loop* loop;
    Decided decided;  // of that loop's thread; null: it does not wait any more
    Informed informed = {};
  };

  Fill(Fills& fills, ObjectStore& store, io::Loop& owner, FillTerms terms);
  ~Fill();
  // On the owner's loop, once. It may have to wait for its turn.
  void start();

  // ---- any thread
  // Nothing: the head is here, ask for head(). Whoever waits counts as a reader.
  std::shared_ptr<Waiter> wait(io::Loop& loop, Decided decided, Informed informed = {});
  void stop_waiting(const std::shared_ptr<Waiter>& waiter);  // on the waiter's loop
  // Null: it is not here yet.
  const FillHead* head() const;
  // Of its bytes from `first` up to `last` (the end). Null: it takes no readers any more.
  std::unique_ptr<Reader> read(io::Loop& loop, std::uint64_t first = 0,
                               std::optional<std::uint64_t> last = {});
  // What comes is older than a purge: it is not stored.
  void purge();
  origin::FetchFacts facts() const;  // once the head is here
  std::uint64_t received() const;    // up to which byte of the body
  const std::string& key() const { return terms_.key; }
  io::Loop& owner() const { return owner_; }

 private:
  // Bytes [begin, begin + size) of the body. Those that are there never change.
  struct Part {
    std::uint64_t begin = 0;
    std::size_t size = 0;
    std::size_t capacity = 0;
    std::unique_ptr<char[]> bytes;
  };
  // How far a reader has come.
  struct Place {
    io::Loop* loop;
    Reader* reader;  // of that loop's thread; null: it has left
    std::uint64_t offset;
    base::SteadyMs moved = 0;  // when it took some, the last time
    bool waits = false;        // for bytes
    bool is_cut = false;
  };
  static constexpr unsigned kOk = 200;
  static constexpr unsigned kPartialContent = 206;
  enum class State : std::uint8_t { kAsked, kFilling, kWhole, kFailed };

  // ---- of the fetch, on the owner's loop
  void informed(const wire::http::ResponseHead& head) override;
  void responded(const wire::http::ResponseHead& head, http::BodySource& body) override;
  void failed(origin::FetchFailure failure) override;
  void body_ready() override { pump(); }

  // The fetch goes in the next turn, and may still have something to say until then.
  bool has_given_up() const { return fetch_ == nullptr; }
  void ask();
  void give_turn();
  FillHead judge(const wire::http::ResponseHead& head);
  std::string compress(FillHead& judged, std::string lines) const;
  void describe(const wire::http::ResponseHead& head, FillHead& judged);
  FillHead::Verdict verdict_of(const FillHead& head) const;
  void describe_body(const wire::http::ResponseHead& head, FillHead& judged) const;
  LogFacts request_facts() const;
  void refresh(const wire::http::ResponseHead& head, base::UnixMs now);
  void forget_stored(unsigned status, base::UnixMs now);
  void mark_authorized(base::UnixMs now);
  void decide(FillHead head);

  // ---- of parts
  FillHead judge_more(const wire::http::ResponseHead& head);
  void drop_changed();
  void begin_body(const FillHead& head);
  void store_partial_head(const FillHead& head);
  std::optional<ObjectId> id_of_same_body(const FillHead& head) const;
  std::string_view beyond_skipped(std::string_view bytes);
  bool is_as_announced() const;
  bool fits_announced(std::size_t bytes) const;

  // ---- of the body
  void pump();
  std::size_t room_ahead();
  void append(std::string_view bytes);
  Part& part_with_room();
  bool take_memory(std::size_t bytes);
  bool is_inline() const;
  void store_full_parts();
  void store_part(const Part& part);
  void store_last_part();
  void stop_storing();
  ObjectHead object_head(const FillHead& head) const;
  void finish(State state);
  void log_fetch() const;
  void tell_of_cut() const;
  void store_whole();

  // ---- of readers
  http::Pulled pull(Place& place, std::uint64_t end, std::size_t room);
  void wake_readers();
  void leave(const std::shared_ptr<Place>& place);
  void look_for_readers();
  void end_if_unread();
  void watch_for_stalls();
  void cut_stalled();

  Fills& fills_;
  ObjectStore& store_;
  io::Loop& owner_;
  FillTerms terms_;
  base::UnixMs requested_ = 0;

  // Of the owner's loop.
  std::shared_ptr<Fill> self_;  // while it is in flight
  std::unique_ptr<origin::Fetch> fetch_;
  http::BodySource* body_ = nullptr;
  std::unique_ptr<CompressedBody> compressed_;
  std::shared_ptr<FillSlots> slots_;
  bool has_turn_ = false;
  bool waits_for_turn_ = false;
  ObjectId id_ = 0;
  std::uint64_t begin_ = 0;           // of the body: where the first part begins
  std::optional<std::uint64_t> end_;  // behind the last byte that comes, where that is known
  std::uint64_t skip_ = 0;            // of what comes before begin_
  std::optional<io::Loop::Timers::iterator> stall_check_;
  std::uint64_t stored_parts_ = 0;
  std::size_t taken_ = 0;  // of the memory of all fills
  bool is_retained_ = true;
  bool is_storable_ = true;  // and nothing that it needs was refused

  // Of all loops. The owner alone changes parts and head, and may read them without the lock.
  mutable std::mutex mutex_;
  State state_ = State::kAsked;
  std::optional<FillHead> head_;
  origin::FetchFacts facts_;
  std::deque<std::shared_ptr<Part>> parts_;
  std::uint64_t received_ = 0;
  std::vector<std::shared_ptr<Waiter>> waiters_;
  std::vector<std::shared_ptr<Place>> places_;
  bool purged_ = false;
  bool is_paused_ = false;  // until a reader has taken some
};

// One reader's way through the body, on its own loop. Destroy it to leave.
class Fill::Reader : public http::BodySource {
 public:
  Reader(std::shared_ptr<Fill> fill, std::shared_ptr<Place> place, std::uint64_t end);
  ~Reader() override;
  http::Pulled pull(std::size_t room) override;
  std::string_view trailer() const override;
  void more() { tell_reader(); }

 private:
  std::shared_ptr<Fill> fill_;
  std::shared_ptr<Place> place_;
  std::uint64_t end_;
};

}  // namespace larder::serve::edge
