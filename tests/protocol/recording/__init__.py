# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Recorded conversations (tests/golden) and how to hold them again.

    file ─► groups of cases ─► one server, one connection per group ─► Outcome per case

| module      | holds                                                                   |
|-------------|-------------------------------------------------------------------------|
| `cases`     | what every case has and what each kind must know; deviations            |
| `memcached` | how cases of memcached 1.6.45 are written, and which of them we replay   |
| `arcus`     | the same of arcus-memcached 1.15.0                                      |
| `masks`     | what may differ in lines of Arcus                                       |
| `replaying` | the one replayer of both                                                |
"""
