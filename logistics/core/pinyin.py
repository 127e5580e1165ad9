"""The first pinyin letter of each Chinese character, for the search table."""
from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal


def pinyin_rows() -> list[tuple[str, str]]:
    """(character, initial letter) for every character of the basic CJK block that has a reading."""
    found = []
    for code, readings in PINYIN_DICT.items():
        if 0x4E00 <= code <= 0x9FFF:
            initial = to_normal(readings.split(",")[0])[:1].upper()
            if initial:
                found.append((chr(code), initial))
    return found
