"""Figures of the house rules (参数): an app declares one in its `limits` room, a school changes it from a day on, with a reason."""
