"""What one query may ask for. Beyond these a query is refused before any of it is run."""

MOST_CHARACTERS = 8_192
MOST_TERMS = 256
MOST_LITERALS = 1_000
DEEPEST_NESTING = 32
DEEPEST_LINK = 3
LONGEST_PATH = 16
MOST_PATTERNS = 8
LONGEST_PATTERN = 256
# Of the automaton that a pattern becomes once its repetitions are written out.
LARGEST_PATTERN = 2_000
# PostgreSQL counts repetitions up to this.
MOST_REPETITIONS = 255
MOST_POSITIONS = 10_000
