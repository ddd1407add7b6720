# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The edge before an origin that most tests of a file share: see edges.py."""
import pytest

import edges


@pytest.fixture(scope="module", params=edges.WAYS, ids="-".join)
def pair(request):
    backend, protocol = request.param
    with edges.edge_before_origin(backend, protocol=protocol) as both:
        yield both


@pytest.fixture(scope="module", params=edges.BACKENDS)
def h1_pair(request):
    with edges.edge_before_origin(request.param) as both:
        yield both


@pytest.fixture(scope="module", params=edges.BACKENDS)
def h2_pair(request):
    with edges.edge_before_origin(request.param, protocol="h2") as both:
        yield both
