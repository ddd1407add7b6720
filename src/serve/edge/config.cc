// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/limits.h"
#include "base/nearest.h"
#include "serve/edge/env_keys.h"
#include "serve/edge/function_keys.h"
#include "serve/edge/prepared_policy.h"

namespace larder::serve::edge {
namespace {

// Reads a file's parts in the order in which they depend on each other: env, functions, hosting
// with its rules.
class Reader {
 public:
  explicit Reader(ConfigParts& parts) : parts_(parts), config_(parts.config) {}

  void read(const At& root) {
    config_shape().read(root, parts_);
    check_names(root);
    check_certificates(root);
    Functions initial;
    prepare_at(root, initial.policy);
    const Functions functions = read_functions(parts_.functions, initial, "functions");
    for (const At& at : parts_.hosting) read_site(at, functions);
    check_default_sites(root);
  }

 private:
  Functions read_functions(const std::vector<At>& at, Functions inherited,
                           const std::string& place);
  static void settle_root(Functions& functions);
  void settle_upstream(const At& at, Functions& functions, const std::string& place);
  void take_named(const At& at, Functions& functions);
  void take_own(const At& at, Functions& functions, const std::string& place);
  void check_scheme(const At& at, const OriginPolicy& origin) const;
  void check_log(const At& at, std::string_view key, const std::string& wanted) const;
  static void prepare_at(const At& at, Policy& policy);
  void read_site(const At& at, const Functions& inherited);
  void read_rule(const At& at, std::size_t number, const Functions& inherited, Site& site);
  void check_names(const At& root) const;
  void check_certificates(const At& root) const;
  void take_hosts(const At& at, const Site& site);
  void check_default_sites(const At& root) const;
  void check_default_site(const At& root, const std::string& wanted, const std::string& key) const;

  const origin::UpstreamOptions* find_upstream(const std::string& name) const {
    const auto& all = config_.upstreams;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
  }

  ConfigParts& parts_;
  Config& config_;
  std::vector<std::string> hosts_;  // names and aliases of all sites
};

std::string in_lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// ---- complaints about names

std::string nearest_text(std::string_view name, const std::vector<std::string>& known) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  const std::string_view likely = base::nearest(name, views);
  return likely.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", likely);
}

template <class Items, class Name>
void check_unique(const At& at, std::string_view what, const Items& items, Name name) {
  std::set<std::string> seen;
  for (const auto& item : items) {
    if (!seen.insert(name(item)).second) {
      at.complain(fmt::format("{} \"{}\" is here twice", what, name(item)));
    }
  }
}

void Reader::check_names(const At& root) const {
  check_unique(root, "the upstream", config_.upstreams, [](const auto& one) { return one.name; });
  check_unique(root, "the log", config_.logs, [](const auto& one) { return one.name; });
}

// A certificate that asks for its clients' own has to say who vouches for them.
void Reader::check_certificates(const At& root) const {
  const bool needed = std::any_of(config_.listen.begin(), config_.listen.end(),
                                  [](const ListenOptions& one) { return one.encrypted; });
  if (needed && config_.certificates.empty()) {
    root.complain("env.network.tls.certificates: a listener with tls needs one");
  }
  for (const io::TlsOptions& one : config_.certificates) {
    if (one.clients == io::TlsClients::kNotAsked || !one.ca_file.empty()) continue;
    root.complain(fmt::format(
        "env.network.tls.certificates: clients of {} are asked, and no caFile vouches for them",
        one.chain_file));
  }
}

void Reader::take_hosts(const At& at, const Site& site) {
  hosts_.push_back(site.name);
  hosts_.insert(hosts_.end(), site.aliases.begin(), site.aliases.end());
  const std::size_t before = hosts_.size() - site.aliases.size() - 1;
  for (std::size_t i = before; i < hosts_.size(); ++i) {
    const auto end = hosts_.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(hosts_.begin(), end, hosts_[i]) != end) {
      at.complain(fmt::format("the host \"{}\" is here for the second time", hosts_[i]));
    }
  }
}

void Reader::check_default_sites(const At& root) const {
  check_default_site(root, config_.default_site, "meta.defaultHosting");
  for (std::size_t i = 0; i < config_.listen.size(); ++i) {
    check_default_site(root, config_.listen[i].default_site,
                       fmt::format("env.network.listen[{}].defaultHosting", i));
  }
}

void Reader::check_default_site(const At& root, const std::string& wanted,
                                const std::string& key) const {
  if (wanted.empty() || std::find(hosts_.begin(), hosts_.end(), wanted) != hosts_.end()) return;
  root.complain(
      fmt::format("{}: there is no site \"{}\"{}", key, wanted, nearest_text(wanted, hosts_)));
}

// ---- functions

Functions Reader::read_functions(const std::vector<At>& at, Functions inherited,
                                 const std::string& place) {
  Functions functions = std::move(inherited);
  functions.sets_upstream = false;
  functions.names.reset();
  functions.root.reset();
  for (const At& one : at) {
    functions_shape().read(one, functions);
    settle_upstream(one, functions, place);
    settle_root(functions);
    check_scheme(one, functions.policy.origin);
    check_log(one, "access", functions.policy.access_log);
    check_log(one, "origin", functions.policy.origin_log);
    prepare_at(one, functions.policy);
  }
  for (std::string& name : functions.policy.cache.key.headers) {
    name = in_lower_case(std::move(name));
  }
  return functions;
}

void Reader::settle_upstream(const At& at, Functions& functions, const std::string& place) {
  OriginPolicy& origin = functions.policy.origin;
  if (functions.names && functions.sets_upstream) {
    return at.complain("network.origin: either names an upstream or has servers of its own");
  }
  if (functions.names) return take_named(at, functions);
  if (functions.upstream.servers.empty() && functions.sets_upstream && !origin.name.empty()) {
    return at.complain(
        fmt::format("network.origin: what is set here is of the upstream \"{}\": "
                    "set it in env.upstreams",
                    origin.name));
  }
  const bool turns_to_tls = origin.scheme == "https" && !functions.upstream.tls;
  if (functions.upstream.servers.empty() || !(functions.sets_upstream || turns_to_tls)) return;
  take_own(at, functions, place);
}

// Of files and an origin the one that is said further in answers; on one level it is the origin.
void Reader::settle_root(Functions& functions) {
  const bool has_origin = functions.names || functions.sets_upstream;
  if (functions.root) {
    functions.policy.root = *functions.root;
    if (!has_origin && !functions.root->empty()) functions.policy.origin.name.clear();
  } else if (has_origin) {
    functions.policy.root.clear();
  }
}

// What a request's policy has to know of its upstream.
void use(const origin::UpstreamOptions& upstream, OriginPolicy& origin) {
  origin.name = upstream.name;
  origin.scheme = upstream.tls ? "https" : "http";
  const bool is_sticky = upstream.balance == origin::Balance::kSticky;
  origin.sticky_cookie = is_sticky ? upstream.sticky_cookie : "";
}

void Reader::take_named(const At& at, Functions& functions) {
  OriginPolicy& origin = functions.policy.origin;
  origin.name = *functions.names;
  origin.sticky_cookie.clear();
  functions.upstream = {};
  const origin::UpstreamOptions* found = find_upstream(origin.name);
  if (found != nullptr) use(*found, origin);
  if (found != nullptr || origin.name.empty()) return;
  std::vector<std::string> known;
  for (const auto& one : config_.upstreams) known.push_back(one.name);
  at.complain(fmt::format("network.origin.upstream: env.upstreams has no \"{}\"{}", origin.name,
                          nearest_text(origin.name, known)));
}

void Reader::take_own(const At& at, Functions& functions, const std::string& place) {
  OriginPolicy& origin = functions.policy.origin;
  if (origin.scheme == "https") functions.upstream.tls = true;
  functions.upstream.name = place;
  use(functions.upstream, origin);
  if (find_upstream(place) != nullptr) {
    return at.complain(fmt::format("network.origin: there is an upstream \"{}\" already", place));
  }
  config_.upstreams.push_back(functions.upstream);
}

void Reader::check_scheme(const At& at, const OriginPolicy& origin) const {
  const origin::UpstreamOptions* upstream = find_upstream(origin.name);
  if (upstream == nullptr || upstream->tls == (origin.scheme == "https")) return;
  at.complain(fmt::format("network.origin.scheme: the upstream \"{}\" {}", origin.name,
                          upstream->tls ? "has tls.enabled" : "has no tls.enabled"));
}

void Reader::check_log(const At& at, std::string_view key, const std::string& wanted) const {
  std::vector<std::string> known;
  for (const AccessLogOptions& log : config_.logs) known.push_back(log.name);
  if (wanted.empty()) return;
  if (std::find(known.begin(), known.end(), wanted) != known.end()) return;
  at.complain(fmt::format("operations.log.{}: env.log.access has no \"{}\"{}", key, wanted,
                          nearest_text(wanted, known)));
}

// What a key's own check has told already is not told again.
void Reader::prepare_at(const At& at, Policy& policy) {
  const bool is_good = at.complaints() == 0;
  if (auto done = prepare(policy); !done && is_good) at.complain(done.failure().what);
}

// ---- hosting

bool has_misplaced_star(std::string_view alias) { return alias.find('*', 1) != std::string::npos; }

void Reader::read_site(const At& at, const Functions& inherited) {
  HostingPart part;
  hosting_shape().read(at, part);
  Site& site = part.site;
  site.name = in_lower_case(std::move(site.name));
  if (site.name.find('*') != std::string::npos) at.complain("a star is for aliases only");
  for (std::string& alias : site.aliases) {
    alias = in_lower_case(std::move(alias));
    if (has_misplaced_star(alias)) {
      at.complain(fmt::format("\"{}\": a star may only be the first letter", alias));
    }
  }
  take_hosts(at, site);
  const Functions functions = read_functions(part.functions, inherited, site.name);
  site.policy = functions.policy;
  for (std::size_t i = 0; i < part.rules.size(); ++i) {
    read_rule(part.rules[i], i + 1, functions, site);
  }
  config_.sites.push_back(std::move(site));
}

void Reader::read_rule(const At& at, std::size_t number, const Functions& inherited, Site& site) {
  RulePart part;
  rule_shape().read(at, part);
  if (part.rule.name.empty()) part.rule.name = fmt::format("#{}", number);
  const std::string place = fmt::format("{}/{}", site.name, part.rule.name);
  part.rule.policy = read_functions(part.functions, inherited, place).policy;
  site.rules.push_back(std::move(part.rule));
}

}  // namespace

std::string text_of(const Complaint& complaint) {
  return fmt::format("{}:{}: {}{}{}", complaint.file, complaint.line, complaint.path,
                     complaint.path.empty() ? "" : ": ", complaint.what);
}

std::vector<Complaint> read_config(std::string_view text, const std::string& file, Config& into) {
  std::vector<Complaint> complaints;
  if (text.size() > limits::kMaxConfigBytes) return {{file, 1, "", "the file is too long"}};
  JsonNode root;
  for (const JsonFault& fault : parse_json(text, root)) {
    complaints.push_back({file, fault.line, fault.path, fault.what});
  }
  if (!complaints.empty()) return complaints;
  ConfigParts parts;
  Reader(parts).read(At(root, "", file, complaints));
  if (complaints.empty()) into = std::move(parts.config);
  return complaints;
}

}  // namespace larder::serve::edge
