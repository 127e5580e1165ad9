"""Search: what is kept of each record by the database, how a typed text is matched, and the one box over all records.

A searchable model names the columns that people search by. A trigger folds them, with every reading of their Chinese
characters, into `search_text` of the same row, whoever writes it: there is no second table that could lag behind, and the
scope of a record is asked of the record itself. An index over its tokens answers for two characters, initials and numbers.
"""
from logistics.core.search.declaring import Searchable, Tokens, search_index, search_trigger
from logistics.core.search.matching import search

__all__ = ["Searchable", "Tokens", "search", "search_index", "search_trigger"]
