"""Label codes and QR symbols."""
import re
from xml.etree import ElementTree

import pytest
import segno

from logistics.core.qr import ALPHABET, CODE_LENGTH, QUIET, grouped, label_url, new_code, normalise, qr_matrix, qr_svg

URL = "HTTPS://HOUQIN.WUTONG.EXAMPLE/Q/7K3M9QW2RTX4B"


def painted(svg):
    """The dark modules that the path of an SVG paints, as rows."""
    picture = ElementTree.fromstring(svg)
    side = int(picture.get("viewBox").split()[2]) - 2 * QUIET
    rows = [[False] * side for _ in range(side)]
    for x, y, width, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", picture[1].get("d")):
        assert width == back
        rows[int(y)][int(x) : int(x) + int(width)] = [True] * int(width)
    return rows


def test_codes_are_13_characters_that_nobody_misreads_and_never_alike():
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{13}", code) for code in codes)
    assert set("".join(codes)) == set(ALPHABET)
    assert len(ALPHABET) ** CODE_LENGTH == 2**65


@pytest.mark.parametrize("typed", [
    "7K0M-9QW21-TX4B", "7kom-9qw2i-tx4b", " 7K0M 9QW2L TX4B ", "７ｋ０ｍ９ｑｗ２１ｔｘ４ｂ", "7K0M9QW21TX4B",
])
def test_a_code_is_recognised_however_it_was_typed(typed):
    assert normalise(typed) == "7K0M9QW21TX4B"


def test_a_code_is_printed_in_groups_and_read_back():
    code = new_code()
    assert re.fullmatch(r".{4}-.{5}-.{4}", grouped(code))
    assert normalise(grouped(code)) == code


def test_the_address_of_a_label_is_printed_in_capitals(settings):
    settings.PUBLIC_URL = "https://houqin.wutong.example/"
    assert label_url("7K3M9QW2RTX4B") == URL
    assert len(URL) == 45


def test_capitals_keep_45_characters_in_version_3_at_level_q():
    assert len(qr_matrix(URL)) == 29  # version 3
    assert segno.make_qr(URL, error="q").designator == "3-Q"
    assert len(qr_matrix(URL.lower())) == 33  # version 4


def test_the_svg_paints_exactly_the_symbol_inside_a_quiet_zone():
    svg = qr_svg(URL)
    assert painted(svg) == [list(row) for row in qr_matrix(URL)]
    assert 'viewBox="-4 -4 37 37"' in svg
    assert 'fill="#fff" d="M-4 -4h37v37h-37z"' in svg


def test_the_svg_obeys_a_strict_content_security_policy_and_names_itself():
    svg = qr_svg(URL, label='Label of "A & B"')
    assert "style" not in svg
    assert "<script" not in svg
    assert ElementTree.fromstring(svg).get("aria-label") == 'Label of "A & B"'
    assert ElementTree.fromstring(qr_svg(URL)).get("aria-hidden") == "true"
