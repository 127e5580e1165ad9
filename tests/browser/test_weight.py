"""What a first visit costs on a phone: bytes as production sends them, packed, with an empty cache."""
from __future__ import annotations

from typing import Any

import pytest
from conftest import School

from bench.browser import PHONE

LIMIT = 150_000


@pytest.mark.parametrize("page", ["tag page", "report"])
def test_a_first_visit_is_light(school: School, visitor: Any, page: str) -> None:
    code = school.one(
        "SELECT tag.code FROM campus_tag tag JOIN campus_place place ON place.id = tag.place_id WHERE place.use = 'toilet' AND tag.state = 'bound' LIMIT 1"
    )
    guest = visitor("zh", PHONE)
    sizes: dict[str, int] = {}
    wire = guest.context.new_cdp_session(guest.page)
    wire.send("Network.enable")
    names: dict[str, str] = {}
    wire.on("Network.responseReceived", lambda event: names.update({event["requestId"]: event["response"]["url"]}))
    wire.on("Network.loadingFinished", lambda event: sizes.update({names.get(event["requestId"], "?"): int(event["encodedDataLength"])}))
    guest.page.goto(f"/q/{code}" if page == "tag page" else f"/q/{code}/report/", wait_until="networkidle")
    total = sum(sizes.values())
    print(f"\n{page}: {total / 1000:.1f} kB in {len(sizes)} answers")
    for url, size in sorted(sizes.items(), key=lambda item: -item[1]):
        print(f"  {size / 1000:6.1f} kB {url.removeprefix(school.address)}")
    assert len(sizes) > 5
    assert total <= LIMIT
