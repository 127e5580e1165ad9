"""Things that break again and again: to be renewed, or mended by somebody who has learned how."""
