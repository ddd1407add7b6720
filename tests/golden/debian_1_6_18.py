# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The cases in which Debian 12's memcached 1.6.18 answers otherwise than 1.6.45 was recorded.

The replayer must find exactly these: that proves that it can tell a difference, and where there
is none. Many follow from an earlier difference in their group (1.6.18 knows no E).
"""

DIFFERS = {
    "text-delete": "nonzero-arg",
    "text-line-endings": "leading-space-get",
    "text-admin": "shutdown",
    "text-dump": "metadump metadump-hash mgdump mgdump-hash metadump-piped",
    "text-no-dump": "mgdump",
    "meta-mg-cas": "seed c C-match C-differs gets cas E-on-vivify",
    "meta-ms": "s E E-lower E-zero",
    "meta-ms-modes": "add-word append-s prepend-s append-viv append-viv-hit prepend-viv "
                     "append-viv-T empty-mode",
    "meta-ms-cas": "seed match lower higher value replace-match replace-differs append-match "
                   "append-differs prepend-differs add-exists quiet-EX final",
    "meta-md": "C-match C-differs C-differs-q x x-cas x-miss x-E x-ttl x-T",
    "meta-stale": "seed I first second third-t get-classic winner-stores I-T I-again old-winner "
                  "I-C-differs I-C-match exact-I x-I",
    "meta-ma": "Mincr Mdecr MIncr E C-match N-E N-q D-0 M-empty",
    "meta-me": "seed hit fetched ttl b b-raw bad-flag two-keys",
    "meta-base64": "md-bad me-bad encoded-252",
    "meta-errors": "mg-bang mg-bad-E mg-T-overflow mg-opaque-32 ms-opaque-33 mg-ms-flag mg-I "
                   "ms-old-S ms-overflow ms-bad-F ms-F-33bit md-unknown md-dup md-bad-C md-bad-T "
                   "high-flag",
    "err-names": "empty-line bare-lf one-letter",
    "err-too-few": "get gets get-space gat gat-1 gats-1 set set-1 set-2 set-3 add-3 replace-3 "
                   "append-3 prepend-3 cas-3 cas-4 incr incr-1 decr-1 touch touch-1 delete "
                   "verbosity mg ms md ma",
    "err-bad-tokens": "set-flags-text set-flags-negative set-exptime-text set-length-overflow "
                      "set-length-2to31 set-length-plus set-too-many cas-text cas-negative "
                      "cas-overflow touch-overflow flush-overflow noreply-bad-flags "
                      "noreply-too-few noreply-unknown",
    "err-data-chunk": "too-long keeps-old bad-add bad-append bad-cas noreply ms ms-quiet",
    "err-oversize": "get-251 gets-251 get-251-second set-251 add-251 append-251 cas-251 gat-251 "
                    "ms-251 ma-251 key-60000 get-line-3000-end",
    "err-http": "http-word-alone",
    "bin-stat": "stat settings",
    "bin-bad-lengths": "body-over-1g body-max",
    "stats-fresh": "stats settings proxy",
    "stats-used": "stats after-reset",
}
