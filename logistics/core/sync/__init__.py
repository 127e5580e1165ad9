"""The sync door: what phones did without a network is accepted once, in its order, and what no longer fits reaches a person."""
