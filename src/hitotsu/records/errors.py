class RecordError(Exception):
    """Base of this room's errors: a code for machines and one sentence for people."""

    code = "record_error"


class StoreUnavailable(RecordError):
    code = "store_unavailable"

    def __init__(self) -> None:
        super().__init__("データベースに書き込めません。少し待ってから、もう一度送ってください。")


class TooBusy(RecordError):
    code = "too_busy"

    def __init__(self) -> None:
        super().__init__("書き込みの待ち行列がいっぱいです。少し待ってから、もう一度送ってください。")


class NotKept(RecordError):
    """The database refuses what a record holds; others in the same commit are not touched by it."""

    code = "not_kept"

    def __init__(self, reason: str) -> None:
        super().__init__(f"このデータは保存できません（{reason}）。")


class TooSlow(RecordError):
    """The query took longer than its caller may use."""

    code = "too_slow"

    def __init__(self) -> None:
        super().__init__("検索に時間がかかりすぎるため、中止しました。条件を絞ってください。")
