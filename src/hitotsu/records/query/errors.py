"""Why a query is not answered."""


class QueryRefused(ValueError):
    """The query cannot be understood as it is written."""


class TooComplex(QueryRefused):
    """The query is understood, and asks for more than one query may."""
