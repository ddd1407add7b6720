// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/recycled.h"
#include "http/exchange.h"
#include "io/loop.h"
#include "origin/fetch.h"
#include "serve/edge/compressor.h"
#include "serve/edge/edge.h"
#include "serve/edge/fill.h"
#include "serve/edge/freshness.h"
#include "serve/edge/gathered_body.h"
#include "serve/edge/kept_body.h"
#include "serve/edge/limited_body.h"
#include "serve/edge/memcached_lookup.h"
#include "serve/edge/object_store.h"
#include "serve/edge/policy.h"
#include "serve/edge/range_body.h"
#include "serve/edge/request_gate.h"
#include "serve/edge/static_files.h"
#include "serve/edge/stored_parts.h"
#include "serve/edge/verdict.h"
#include "wire/http/cache_control.h"
#include "wire/http/conditional.h"
#include "wire/http/negotiation.h"

namespace larder::serve::edge {

// One request at the edge: the states of its exchange.
//
//   start ─► site, gate, rewrites ─┬─► answer of a rule                           visit.cc
//                                  ├─► look-up of memcached ─► its value   visit_memcached.cc
//                                  │      └── none, or a failure: as without it
//                                  ├─► a file of the root                         visit_file.cc
//                                  ├─► look_up ─┬─► serve_object                  visit_cache.cc
//                                  │            ├─► with parts yet to come      visit_partial.cc
//                                  │            └─► join a fill ─► its head ─┬─► read along
//                                  │                 ▲ look up again ◄───────┤    visit_fill.cc
//                                  │                 └── begin one           └─► serve stale
//                                  └─► pass ─► Fetch ─► its body                  visit_pass.cc
//     └── a path that names nothing: 400, before any rule
//   over: counted, logged
//
// Everything is a plain call on the connection's loop.
class Visit final : public http::Exchange,
                    public base::Recycled<Visit>,
                    private origin::FetchReader,
                    private StaticFiles::Reader {
 public:
  // `default_site`, which outlives it: see Sites::find.
  Visit(Edge& edge, EdgeLoop& loop, http::Stream& stream, std::string_view default_site);
  ~Visit() override;
  void start() override;
  void over(const http::Sent& sent) override;

 private:
  static constexpr unsigned kOk = 200;
  static constexpr unsigned kSwitchingProtocols = 101;
  static constexpr unsigned kPartialContent = 206;
  static constexpr unsigned kNotModified = 304;
  static constexpr unsigned kBadRequest = 400;
  static constexpr unsigned kForbidden = 403;
  static constexpr unsigned kNotFound = 404;
  static constexpr unsigned kContentTooLarge = 413;
  static constexpr unsigned kRangeNotSatisfiable = 416;
  static constexpr unsigned kNotImplemented = 501;
  static constexpr unsigned kGatewayTimeout = 504;

  // As it came, but for its scheme, which is how it came; for what Connection lists, which goes no
  // farther than here, so that nothing may be chosen by it; and for Accept-Encoding: where we
  // compress it says the one coding that is answered in. So a URL has few variants, and an origin
  // no other idea. Not to be kept: its head may move.
  const http::Request& received() const;
  void narrow_fields(const wire::http::Fields& fields, bool is_coded) const;
  // The same, with what rewrites have made of its path.
  const http::Request& request() const;
  LogFacts facts() const;
  Asked asked() const;
  const wire::http::Fields& fields() const { return *received().fields; }
  bool is_head() const { return request().method == "HEAD"; }
  base::UnixMs now() const { return stream_.loop().now(); }

  // ---- what is sent
  std::string our_lines(const Freshness* stored);
  void send(std::initializer_list<std::string_view> lines, http::Response response);
  void respond(std::span<const std::string_view> lines, http::Response response);
  void compress(http::Response& response, std::string& lines);
  void answer_error(unsigned status, std::string_view why);
  void answer_page(unsigned status, std::string_view why, std::string_view kept);
  AccessLog* find_log(const std::string& name) const;
  void log(const http::Sent& sent, Verdict verdict);

  // ---- rules
  void follow(const Policy& policy);
  void obey(Judged judged);
  void answer(const Judged& judged);
  void go_on();
  void serve_from_site();
  void answer_as_last();
  void purge();
  std::size_t forget(const http::Request& url);
  bool intercepts(unsigned status) const;
  void intercept(unsigned status, std::string_view lines);

  // ---- a file
  void serve_file();
  void answered(FileAnswer&& answer) override;
  void tell_as_of_whole(FileAnswer& answer, http::Response& response);

  // ---- memcached
  bool asks_memcached() const;
  bool ask_memcached();
  void memcached_answered(MemcachedAnswer answer);
  bool fits_client(const MemcachedAnswer& answer) const;
  void serve_value(MemcachedAnswer answer);

  // ---- the cache
  bool asks_cache() const;
  bool is_alone() const;
  bool is_worth_storing();
  void look_up();
  void use_object(Object object);
  void serve_object(Object object, Outcome::Source source);
  void put_body(http::Response& response);
  bool has_conditions() const;
  bool meets_condition(std::string_view lines, bool is_stored) const;
  void answer_unchanged(std::string_view lines, const Freshness* stored);
  bool serve_range();
  bool is_usable(const Object& object) const;
  Reuse judge(const Object& object) const;
  RangeBody& put_ranges(http::Response& response, std::vector<wire::http::ByteRange> ranges,
                        std::string_view content_type);
  void send_ranges(std::vector<wire::http::ByteRange> ranges);
  void refuse_range(std::uint64_t size);

  // ---- a fill
  void join();
  FillTerms fill_terms(const FillSpan& span) const;
  std::shared_ptr<Fill> make_fill(const FillSpan& span, bool keeps_alone) const;
  void revalidate_behind();
  void decided();
  bool fits(const FillHead& head) const;
  bool may_share(const Freshness& freshness) const;
  void look_again();
  void pass_instead();
  void serve_validated(ObjectId id);
  void read_along(const FillHead& head);
  bool is_unchanged(const FillHead& head);
  std::optional<wire::http::ByteRange> wanted_range(const FillHead& head) const;
  void read_range(const FillHead& head, const wire::http::ByteRange& range);
  void mask_or_fail(const FillHead& head);
  bool serves_stale_instead(unsigned status);
  void stop_waiting();
  void leave_fill();

  // ---- parts of a body                                                          visit_partial.cc
  FillSpan wanted_span() const;
  bool waits_for_part(std::uint64_t first, std::uint64_t last);
  void serve_partial();
  bool is_far_ahead(const wire::http::ByteRange& range) const;
  std::shared_ptr<Fill> fill_parts(const PartialBody& body, const FillSpan& span, bool alone);
  std::shared_ptr<Fill> join_parts(const PartialBody& body, const FillSpan& span);
  std::shared_ptr<Fill> make_part_fill(const PartialBody& body, const FillSpan& span);

  // ---- past the cache
  void pass();
  void gathered();
  void fetch_past(http::BodySource* body, std::optional<std::uint64_t> body_bytes);
  void informed(const wire::http::ResponseHead& head) override;
  void responded(const wire::http::ResponseHead& head, http::BodySource& body) override;
  void failed(origin::FetchFailure failure) override;
  void fail(origin::FetchFailure failure);
  void tell(origin::FetchFailure failure);
  void invalidate(const wire::http::ResponseHead& head);
  void heed_head(const wire::http::ResponseHead& head);
  bool may_keep_answer(const wire::http::ResponseHead& head) const;
  void keep_answer(const wire::http::ResponseHead& head, http::Response& response);

  Edge& edge_;
  EdgeLoop& loop_;
  http::Stream& stream_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::string_view default_site_;
  const Site* site_ = nullptr;
  const Policy* policy_ = nullptr;
  AccessLog* log_ = nullptr;  // null: none
  std::string path_;          // as it was rewritten; empty: it was not
  mutable http::Request rewritten_;
  mutable std::string_view scheme_;  // see forwarded_scheme; empty: not known yet, nor the next
  mutable bool names_fields_ = false;
  mutable http::Request narrowed_;  // its method's view tells of which place of the head it is
  mutable wire::http::Fields narrowed_fields_;
  Admission admission_;
  std::optional<io::Loop::Timers::iterator> delay_;
  std::string key_;
  wire::http::RequestDirectives directives_;
  wire::http::CacheStatus told_;
  Outcome outcome_;
  std::optional<Object> stored_;  // what is served
  std::optional<Object> stale_;   // what may be, where the origin fails
  std::shared_ptr<Fill> fill_;
  std::shared_ptr<Fill::Waiter> waiter_;
  std::unique_ptr<MemcachedLookup> lookup_;
  std::unique_ptr<origin::Fetch> fetch_;
  std::optional<LimitedBody> request_body_;
  std::optional<GatheredBody> gathered_body_;
  std::unique_ptr<StaticFiles::Question> question_;
  std::optional<StoredParts> parts_;
  std::unique_ptr<http::BodySource> body_;
  std::optional<KeptBody> kept_;
  std::unique_ptr<CompressedBody> compressed_;  // of body_, or of the fetch's
  std::string text_;                            // of a file that is sent whole
  std::string sent_lines_;                      // where a log wants them
  std::optional<std::uint64_t> declared_;       // of the body
  origin::FetchFacts facts_;
  base::SteadyMs began_ = 0;
  base::SteadyMs answered_ = 0;  // 0: not yet
  unsigned looks_ = 0;
  bool began_fill_ = false;
  bool wants_apart_ = false;  // a range to which the whole comes too late
};

}  // namespace larder::serve::edge
