# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The parts of tools/soak."""
