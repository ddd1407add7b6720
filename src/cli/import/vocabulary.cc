// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/import/vocabulary.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "base/nearest.h"

namespace larder::cli::import {
namespace {

// ---- directives

constexpr const char* kByItself = "Larder does this by itself";
constexpr const char* kNoBuffers = "Larder has no such buffers";
constexpr const char* kNoFiles = "Larder writes no temporary files";
constexpr const char* kTuning = "tuning that Larder does not need";
constexpr const char* kProcess = "of the process: the service's own settings say it";

// clang-format off
const std::vector<std::pair<std::string_view, const char*>> kNeedless = {
    {"user", kProcess}, {"group", kProcess}, {"pid", kProcess}, {"daemon", kProcess},
    {"lock_file", kProcess}, {"env", kProcess}, {"load_module", kProcess},
    {"working_directory", kProcess}, {"master_process", kProcess},
    {"worker_rlimit_nofile", "Larder raises its limit of open files itself"},
    {"worker_rlimit_core", kProcess}, {"worker_priority", kProcess},
    {"worker_cpu_affinity", kTuning}, {"worker_shutdown_timeout", kTuning},
    {"ssl_engine", "OpenSSL uses the processor's AES by itself"},
    {"multi_accept", kTuning}, {"accept_mutex", kTuning}, {"accept_mutex_delay", kTuning},
    {"use", kTuning}, {"timer_resolution", kTuning}, {"thread_pool", kTuning},
    {"pcre_jit", kTuning}, {"sendfile", kByItself}, {"sendfile_max_chunk", kTuning},
    {"tcp_nopush", kTuning}, {"tcp_nodelay", kByItself}, {"aio", kTuning}, {"directio", kTuning},
    {"output_buffers", kNoBuffers}, {"postpone_output", kTuning},
    {"reset_timedout_connection", kTuning}, {"lingering_close", kByItself},
    {"lingering_time", kByItself}, {"lingering_timeout", kByItself},
    {"server_tokens", "Larder does not tell its version"},
    {"server_names_hash_bucket_size", kTuning}, {"server_names_hash_max_size", kTuning},
    {"types_hash_max_size", kTuning}, {"types_hash_bucket_size", kTuning},
    {"variables_hash_max_size", kTuning}, {"variables_hash_bucket_size", kTuning},
    {"map_hash_bucket_size", kTuning}, {"map_hash_max_size", kTuning},
    {"proxy_headers_hash_max_size", kTuning}, {"proxy_headers_hash_bucket_size", kTuning},
    {"open_file_cache", kByItself}, {"open_file_cache_valid", kByItself},
    {"open_file_cache_min_uses", kByItself}, {"open_file_cache_errors", kByItself},
    {"types", "Larder has a table of types"}, {"log_not_found", kTuning},
    {"client_header_buffer_size", kNoBuffers}, {"large_client_header_buffers", kNoBuffers},
    {"connection_pool_size", kTuning}, {"request_pool_size", kTuning},
    {"client_body_temp_path", kNoFiles}, {"client_body_in_file_only", kNoFiles},
    {"client_body_in_single_buffer", kNoBuffers},
    {"proxy_buffering", kByItself}, {"proxy_buffer_size", kNoBuffers},
    {"proxy_buffers", kNoBuffers},
    {"proxy_busy_buffers_size", kNoBuffers}, {"proxy_temp_path", kNoFiles},
    {"proxy_temp_file_write_size", kNoFiles}, {"proxy_max_temp_file_size", kNoFiles},
    {"proxy_http_version", "Larder speaks HTTP/1.1 to origins"},
    {"proxy_socket_keepalive", kTuning}, {"proxy_ignore_client_abort", kByItself},
    {"proxy_pass_header", kByItself}, {"proxy_force_ranges", kByItself},
    {"proxy_ssl_session_reuse", kByItself}, {"proxy_ssl_server_name", kByItself},
    {"proxy_cache_path", "Larder's cache is env.properties.memoryUsage.cacheSize of memory"},
    {"proxy_cache_lock", "one fetch for all who wait is Larder's way"},
    {"proxy_cache_lock_timeout", kByItself}, {"proxy_cache_lock_age", kByItself},
    {"proxy_cache_revalidate", kByItself}, {"proxy_cache_background_update", kByItself},
    {"proxy_cache_convert_head", kByItself},
    {"proxy_cache_use_stale", "a response's own stale-if-error, or cache.staleIfErrorSec, says it"},
    {"memcached_buffer_size", kNoBuffers}, {"memcached_connect_timeout", kByItself},
    {"memcached_send_timeout", kByItself}, {"memcached_next_upstream", kByItself},
    {"gzip_vary", kByItself}, {"gzip_proxied", kByItself}, {"gzip_disable", kTuning},
    {"gzip_buffers", kNoBuffers}, {"gzip_http_version", kTuning}, {"gzip_static", kByItself},
    {"ssl_session_timeout", kTuning}, {"ssl_prefer_server_ciphers", kTuning},
    {"ssl_session_tickets", kByItself}, {"ssl_session_ticket_key", kByItself},
    {"ssl_buffer_size", kNoBuffers}, {"ssl_dhparam", kTuning}, {"ssl_ecdh_curve", kTuning},
    {"ssl_stapling", "Larder staples what ocspFile has, and asks nobody for it"},
    {"ssl_stapling_verify", kByItself}, {"ssl_stapling_responder", kTuning},
    {"ssl_trusted_certificate", kByItself}, {"ssl_early_data", kTuning},
    {"resolver", "Larder asks the system's name servers"}, {"resolver_timeout", kTuning},
    {"zone", kByItself}, {"keepalive_requests", kTuning}, {"keepalive_time", kTuning},
    {"break", kByItself}, {"internal", kByItself}, {"ignore_invalid_headers", kByItself},
    {"underscores_in_headers", kByItself}, {"merge_slashes", kByItself},
    {"port_in_redirect", kByItself}, {"server_name_in_redirect", kByItself},
    {"absolute_redirect", kByItself}, {"chunked_transfer_encoding", kByItself},
    {"etag", kByItself}, {"if_modified_since", kByItself}, {"max_ranges", kByItself},
    {"real_ip_header", kByItself}, {"real_ip_recursive", kByItself},
};

// Translated, or not: nginx knows them.
const std::vector<std::string_view> kOthers = {
    "accept", "access_log", "add_after_body", "add_before_body", "add_header", "add_trailer",
    "alias", "allow", "auth_basic", "auth_basic_user_file", "auth_request", "autoindex", "charset",
    "client_body_buffer_size", "client_body_timeout", "client_header_timeout",
    "client_max_body_size", "default_type", "deny", "empty_gif", "error_log", "error_page",
    "events", "expires", "fastcgi_index", "fastcgi_param", "fastcgi_pass", "flv", "geo",
    "geoip_country",
    "grpc_pass", "gzip", "gzip_comp_level", "gzip_min_length", "gzip_types", "hash", "http",
    "http2", "http2_max_concurrent_streams", "http2_push", "if", "image_filter", "include",
    "index", "ip_hash", "js_content", "keepalive", "keepalive_timeout", "least_conn", "limit_conn",
    "limit_conn_status", "limit_conn_zone", "limit_except", "limit_rate", "limit_rate_after",
    "limit_req", "limit_req_status", "limit_req_zone", "listen", "location", "log_format", "mail",
    "map", "memcached_bind", "memcached_gzip_flag", "memcached_pass", "memcached_read_timeout",
    "mirror", "mp4", "open_log_file_cache", "perl", "proxy_bind", "proxy_cache",
    "proxy_cache_bypass", "proxy_cache_key", "proxy_cache_methods", "proxy_cache_min_uses",
    "proxy_cache_purge", "proxy_cache_valid", "proxy_connect_timeout", "proxy_cookie_domain",
    "proxy_cookie_path", "proxy_hide_header", "proxy_ignore_headers", "proxy_intercept_errors",
    "proxy_limit_rate", "proxy_method", "proxy_next_upstream", "proxy_next_upstream_timeout",
    "proxy_next_upstream_tries", "proxy_no_cache", "proxy_pass", "proxy_pass_request_body",
    "proxy_pass_request_headers", "proxy_read_timeout", "proxy_redirect", "proxy_request_buffering",
    "proxy_send_timeout", "proxy_set_body", "proxy_set_header", "proxy_ssl_certificate",
    "proxy_ssl_certificate_key", "proxy_ssl_ciphers", "proxy_ssl_name", "proxy_ssl_protocols",
    "proxy_ssl_trusted_certificate", "proxy_ssl_verify", "proxy_ssl_verify_depth", "proxy_store",
    "random", "return", "rewrite", "rewrite_log", "root", "satisfy", "scgi_pass", "secure_link",
    "send_timeout", "server", "server_name", "set", "set_real_ip_from", "slice", "split_clients",
    "ssi", "ssl", "ssl_certificate", "ssl_certificate_key", "ssl_ciphers",
    "ssl_client_certificate", "ssl_crl", "ssl_password_file", "ssl_protocols", "ssl_session_cache",
    "ssl_verify_client", "ssl_verify_depth", "sticky", "stream", "stub_status", "sub_filter",
    "try_files", "upstream", "userid", "uwsgi_pass", "valid_referers", "worker_connections",
    "worker_processes", "xslt_stylesheet",
};

// ---- variables

const std::vector<std::string_view> kShared = {
    "args", "body_bytes_sent", "bytes_sent", "connection", "connection_requests", "content_length",
    "content_type", "document_uri", "host", "https", "is_args", "msec",
    "proxy_add_x_forwarded_for", "query_string", "realip_remote_addr", "remote_addr",
    "remote_port", "remote_user", "request", "request_completion", "request_length",
    "request_method", "request_time", "request_uri", "scheme", "server_addr", "server_name",
    "server_port", "server_protocol", "ssl_cipher", "ssl_client_s_dn", "ssl_protocol",
    "ssl_server_name", "status", "time_iso8601", "time_local", "upstream_addr",
    "upstream_cache_status", "upstream_connect_time", "upstream_header_time",
    "upstream_response_time", "upstream_status", "uri",
};
const std::vector<std::string_view> kOnlyOfNginx = {
    "binary_remote_addr", "connections_active", "date_gmt", "date_local", "document_root",
    "gzip_ratio", "hostname", "http2", "invalid_referer", "limit_rate", "limit_req_status",
    "memcached_key", "nginx_version", "pid", "pipe", "proxy_host", "proxy_port",
    "proxy_protocol_addr", "realpath_root", "request_body", "request_filename", "request_id",
    "ssl_client_cert", "ssl_client_fingerprint", "ssl_client_serial", "ssl_client_verify",
    "ssl_session_id", "ssl_session_reused", "tcpinfo_rtt", "upstream_bytes_received",
    "upstream_response_length",
};

constexpr std::array<std::string_view, 4> kFamilies = {"http_", "arg_", "cookie_", "sent_http_"};
constexpr std::array<std::pair<std::string_view, double>, 6> kTimes = {{
    {"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3'600}, {"d", 86'400}, {"w", 604'800},
}};
// clang-format on

bool has(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The number at the beginning, which is taken away; nothing: there is none.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// What the unit at the beginning is in seconds; none: a second.
std::optional<double> take_unit(std::string_view& text) {
  if (text.empty()) return 1;
  for (const auto& [unit, seconds] : kTimes) {
    if (!text.starts_with(unit)) continue;
    text.remove_prefix(unit.size());
    return seconds;
  }
  return std::nullopt;
}

}  // namespace

const char* why_needless(std::string_view directive) {
  for (const auto& [name, why] : kNeedless) {
    if (name == directive) return why;
  }
  return nullptr;
}

bool is_known_directive(std::string_view name) {
  return why_needless(name) != nullptr || has(kOthers, name);
}

std::string_view nearest_directive(std::string_view name) {
  static const std::vector<std::string_view> kAll = [] {
    std::vector<std::string_view> names = kOthers;
    for (const auto& one : kNeedless) names.push_back(one.first);
    return names;
  }();
  return base::nearest(name, kAll);
}

bool has_variable_of(std::string_view name) {
  return has(kShared, name) ||
         std::any_of(kFamilies.begin(), kFamilies.end(), [&](std::string_view family) {
           return name.starts_with(family) && name.size() > family.size();
         });
}

bool is_only_of_nginx(std::string_view name) {
  return has(kOnlyOfNginx, name) || name.starts_with("upstream_http_") ||
         name.starts_with("jwt_") || name.starts_with("geoip_");
}

std::string_view nearest_variable(std::string_view name) { return base::nearest(name, kShared); }

std::span<const std::string_view> shared_variables() { return kShared; }

std::optional<double> parse_time(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double seconds = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    const auto unit = number ? take_unit(text) : std::nullopt;
    if (!unit) return std::nullopt;
    seconds += static_cast<double>(*number) * *unit;
  }
  return seconds;
}

std::optional<double> parse_rate(std::string_view text) {
  const auto number = take_number(text);
  if (!number || (text != "r/s" && text != "r/m")) return std::nullopt;
  return static_cast<double>(*number) / (text == "r/s" ? 1 : 60);
}

}  // namespace larder::cli::import
