from datetime import date

from hitotsu.plans.reading.dates import narrow, parse_date


def read_day(text: str, *, last: bool = False) -> date | None:
    """The day that a person wrote (令和8年4月1日, R8.4.1, 2026-04-01, 令和8年度; full width too), or None.

    Of a year or a month it is the first day, or the last one with `last`.
    """
    plain = narrow(text).strip()
    when = parse_date(plain)
    if when is None or when.start != 0 or when.end != len(plain):
        return None
    return when.last_day() if last else when.first_day()
