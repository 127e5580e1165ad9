"""Approvals: who has to agree, in which order, before a record may move on.

An app declares a purpose in its `approvals` room; the school's routes say from which amount whose agreement it takes; a guard asks
`services.missing`. The kernel knows neither people nor places: roles are found by the paths on which the record stands.
"""
