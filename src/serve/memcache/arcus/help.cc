// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/help.h"

#include <array>

namespace larder::serve::memcache::arcus {
namespace {

struct Row {
  std::string_view topic;
  std::string_view syntax;
};

// clang-format off
constexpr auto kRows = std::to_array<Row>({
    {"kv",    "get|gets <key>..."},
    {"kv",    "gat|gats <exptime> <key>..."},
    {"kv",    "mget|mgets <lenkeys> <numkeys>\\r\\n<keys>"},
    {"kv",    "set|add|replace <key> <flags> <exptime> <bytes> [noreply]\\r\\n<data>"},
    {"kv",    "append|prepend <key> <flags> <exptime> <bytes> [noreply]\\r\\n<data>"},
    {"kv",    "cas <key> <flags> <exptime> <bytes> <cas> [noreply]\\r\\n<data>"},
    {"kv",    "incr|decr <key> <delta> [<flags> <exptime> <initial>] [noreply]"},
    {"kv",    "touch <key> <exptime> [noreply]"},
    {"kv",    "delete <key> [noreply]"},

    {"list",  "lop create <key> <attrs> [noreply]"},
    {"list",  "lop insert <key> <index> <bytes> [create <attrs>] [noreply|pipe]\\r\\n<data>"},
    {"list",  "lop delete <key> <indexes> [drop] [noreply|pipe]"},
    {"list",  "lop get <key> <indexes> [delete|drop]"},
    {"list",  "<indexes>: <index>, or <from>..<to>"},
    {"list",  "<attrs>: <flags> <exptime> <maxcount> [error|head_trim|tail_trim] [unreadable]"},

    {"set",   "sop create <key> <attrs> [noreply]"},
    {"set",   "sop insert <key> <bytes> [create <attrs>] [noreply|pipe]\\r\\n<data>"},
    {"set",   "sop delete <key> <bytes> [drop] [noreply|pipe]\\r\\n<data>"},
    {"set",   "sop exist <key> <bytes> [pipe]\\r\\n<data>"},
    {"set",   "sop get <key> <count> [delete|drop]"},
    {"set",   "<attrs>: <flags> <exptime> <maxcount> [error] [unreadable]"},

    {"map",   "mop create <key> <attrs> [noreply]"},
    {"map",   "mop insert <key> <field> <bytes> [create <attrs>] [noreply|pipe]\\r\\n<data>"},
    {"map",   "mop upsert <key> <field> <bytes> [create <attrs>] [noreply|pipe]\\r\\n<data>"},
    {"map",   "mop update <key> <field> <bytes> [noreply|pipe]\\r\\n<data>"},
    {"map",   "mop delete <key> <lenfields> <numfields> [drop] [noreply|pipe]\\r\\n<fields>"},
    {"map",   "mop get <key> <lenfields> <numfields> [delete|drop]\\r\\n<fields>"},
    {"map",   "<attrs>: <flags> <exptime> <maxcount> [error] [unreadable]"},

    {"btree", "bop create <key> <attrs> [noreply]"},
    {"btree", "bop insert <key> <bkey> [<eflag>] <bytes> [create <attrs>] "
              "[noreply|pipe|getrim]\\r\\n<data>"},
    {"btree", "bop upsert <key> <bkey> [<eflag>] <bytes> [create <attrs>] "
              "[noreply|pipe|getrim]\\r\\n<data>"},
    {"btree", "bop update <key> <bkey> [<update>] <bytes> [noreply|pipe]\\r\\n<data>"},
    {"btree", "bop delete <key> <bkeys> [<filter>] [<count>] [drop] [noreply|pipe]"},
    {"btree", "bop get <key> <bkeys> [<filter>] [[<offset>] <count>] [delete|drop]"},
    {"btree", "bop count <key> <bkeys> [<filter>]"},
    {"btree", "bop incr|decr <key> <bkey> <delta> [<initial> [<eflag>]] [noreply|pipe]"},
    {"btree", "bop mget <lenkeys> <numkeys> <bkeys> [<filter>] [<offset>] <count>\\r\\n<keys>"},
    {"btree", "bop smget <lenkeys> <numkeys> <bkeys> [<filter>] <count> "
              "[duplicate|unique]\\r\\n<keys>"},
    {"btree", "bop position <key> <bkey> asc|desc"},
    {"btree", "bop gbp <key> asc|desc <positions>"},
    {"btree", "bop pwg <key> <bkey> asc|desc [<count>]"},
    {"btree", "<bkeys>: <bkey>, or <from>..<to>; <positions>: the same"},
    {"btree", "<attrs>: <flags> <exptime> <maxcount> [<action>] [unreadable]"},
    {"btree", "<action>: error|smallest_trim|largest_trim|smallest_silent_trim|"
              "largest_silent_trim"},
    {"btree", "<update>: [<offset> <&, | or ^>] <eflag>, or 0"},
    {"btree", "<filter>: <offset> [<&, | or ^> <value>] EQ|NE|LT|LE|GT|GE <value>[,<value>...]"},

    {"attr",  "getattr <key> [<name>...]"},
    {"attr",  "setattr <key> <name>=<value>..."},
    {"attr",  "<name>, to set: expiretime maxcount overflowaction readable maxbkeyrange"},
    {"attr",  "<name>, beside those: type flags count minbkey maxbkey trimmed"},

    {"scan",  "scan key <cursor> [count <count>] [match <pattern>] [type A|K|L|S|M|B]"},
    {"scan",  "scan prefix <cursor> [count <count>] [match <pattern>]"},

    {"admin", "flush_all [<delay>] [noreply]"},
    {"admin", "flush_prefix <prefix> [<delay>] [noreply]"},
    {"admin", "scrub"},
    {"admin", "dump start key [<prefix>] <file>"},
    {"admin", "dump stop"},
    {"admin", "stats [<group>]"},
    {"admin", "config <name> [<value>]"},
    {"admin", "cmdlog start [<folder>] | stop | stats"},
    {"admin", "lqdetect start [<elements>] | stop | show | stats"},
    {"admin", "ready"},
    {"admin", "version"},
    {"admin", "shutdown [<seconds>]"},
    {"admin", "quit"},
});
// clang-format on

}  // namespace

std::string help_text(std::string_view topic) {
  std::string text;
  for (const Row& row : kRows) {
    if (row.topic != topic) continue;
    text += '\t';
    text += row.syntax;
    text += '\n';
  }
  if (!text.empty()) return text;
  return "\tUsage: help [kv | list | set | map | btree | attr | scan | admin]\n";
}

}  // namespace larder::serve::memcache::arcus
