# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The suites of bench/versus, and what they share."""
