"""What every backend must do.

Subclass `BackendConformance` in a test module and give it the fixture ``speaking``: a function from
an identity to a backend that speaks for it, over a home, or a server, that drives executions. It
may live as long as the module: each test has a project of its own. `LOCAL` may do everything.
"""

from __future__ import annotations

import pytest

from volery.testing.conformance.backend_access import Access
from volery.testing.conformance.backend_acting import Acting
from volery.testing.conformance.backend_content import Contents
from volery.testing.conformance.backend_details import Details
from volery.testing.conformance.backend_driver import Driver, Speaking
from volery.testing.conformance.backend_entities import Entities, Plans, Projects
from volery.testing.conformance.backend_executions import Executing, Listing, Showing
from volery.testing.conformance.backend_scopes import Scopes
from volery.testing.conformance.backend_views import Viewing


class BackendConformance(
    Projects,
    Contents,
    Entities,
    Plans,
    Executing,
    Listing,
    Showing,
    Scopes,
    Viewing,
    Details,
    Acting,
    Access,
):
    """For every backend."""

    @pytest.fixture
    def driver(self, speaking: Speaking) -> Driver:
        """An admin in a project of their own."""
        return Driver(speaking)
