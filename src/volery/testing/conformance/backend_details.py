"""What every backend must do: tell all about a node execution."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from volery.errors import NotFound
from volery.testing.conformance.backend_driver import Driver
from volery.testing.conformance.backend_flows import showing, sums, total
from volery.wire.executions import NodeFilter
from volery.wire.logs import LogFilter
from volery.wire.parts import PartsQuery


class Details:
    """Logs line by line, values part by part, and what was carried out."""

    def test_lines_of_a_log_are_found_by_position_kind_and_text(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": [1]})
        whole = driver.backend.log_lines(ended.id, LogFilter("n0"))
        assert (whole.total, whole.complete) == (len(whole.lines), True)
        logged = LogFilter("n0", streams=("log",), levels=("WARNING",))
        [warning] = driver.backend.log_lines(ended.id, logged, -1).lines
        assert warning.text == "by 2"
        assert whole.lines[warning.number - 1] == warning
        assert driver.backend.log_matches(ended.id, logged, "BY").at == (0,)
        with pytest.raises(NotFound):
            driver.backend.log_lines(ended.id, LogFilter("n0", 7))

    def test_decks_are_listed_and_read(self, driver: Driver) -> None:
        ended = driver.run(showing, inputs={"value": 7})
        [node] = driver.backend.nodes(ended.id, NodeFilter()).items
        [deck] = driver.backend.decks(ended.id, node.path, 1)
        html = driver.backend.deck(ended.id, node.path, 1, deck.name)
        assert (deck.name, deck.size) == ("Numbers", len(html))
        assert "<b>7</b><script>alert(1)</script>" in html
        assert driver.backend.node_opening(ended.id, node.path).decks == (deck,)
        with pytest.raises(NotFound, match="did you mean Numbers"):
            driver.backend.deck(ended.id, node.path, 1, "Number")
        with pytest.raises(NotFound):
            driver.backend.decks(ended.id, node.path, 2)

    def test_values_are_looked_into_part_by_part(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": [7, 8]})
        given = driver.backend.parts(ended.id, PartsQuery(side="inputs"))
        assert [(part.key, part.type, part.opens) for part in given.parts] == [
            ("values", "list[int]", True),
            ("by", "int", False),
        ]
        taken = driver.backend.parts(ended.id, PartsQuery("n0", "inputs", "values", start=1))
        assert ([part.preview for part in taken.parts], taken.length) == ([8], 2)
        assert taken.start == 1
        [output] = driver.backend.parts(ended.id, PartsQuery("n0")).parts
        assert output.digest
        with pytest.raises(NotFound):
            driver.backend.parts(ended.id, PartsQuery("n0", name="other"))

    def test_a_definition_says_what_a_node_carries_out(self, driver: Driver) -> None:
        ended = driver.run(sums, inputs={"values": [1]})
        found = driver.backend.definition(ended.id, "n0")
        assert found.entity == replace(driver.key(total), version=ended.entity.version)
        assert found.spec["loader"]["attribute"] == "total"
        whole = driver.backend.definition(ended.id)
        assert whole.entity == ended.entity
        assert "graph" not in whole.spec
