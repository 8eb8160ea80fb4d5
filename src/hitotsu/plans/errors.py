class PlanError(Exception):
    """Something about a plan that cannot be done; `str()` is one Japanese sentence: what, where, what to do."""

    code = "plan_error"


class UnreadableDocument(PlanError):
    """A document that cannot be read; `file` is the name that the person knows it by."""

    code = "unreadable"
    sentence = "「{file}」を読み取れません。別の形式で保存し直してください。"

    def __init__(self, file: str, **facts: object) -> None:
        self.file = file
        self.facts = facts
        super().__init__(self.sentence.format(file=file, **facts))


class FileNotReadable(UnreadableDocument):
    code = "file_not_readable"
    sentence = (
        "ファイル「{file}」を開けません（{reason}）。ファイルの場所、名前、閲覧の権限を確かめてください。"
    )


class EmptyFile(UnreadableDocument):
    code = "empty_file"
    sentence = "ファイル「{file}」には文字が一つもありません。本文の入ったファイルを選んでください。"


class NoTextLayer(UnreadableDocument):
    code = "no_text_layer"
    sentence = (
        "PDF「{file}」は全{pages}ページとも画像だけで、文字の情報がありません。"
        "元の文書ファイルか、OCR（文字認識）を済ませたPDFを選んでください。"
    )


class UnreadableFonts(UnreadableDocument):
    code = "unreadable_fonts"
    sentence = (
        "PDF「{file}」の{page}ページ目などの文字は、埋め込まれた字体から文字に戻せません。"
        "元の文書ファイルを選ぶか、PDFを作り直してください。"
    )


class PasswordProtected(UnreadableDocument):
    code = "password_protected"
    sentence = "ファイル「{file}」はパスワードで保護されています。パスワードを外して保存し直したものを選んでください。"


class FileTooLarge(UnreadableDocument):
    code = "file_too_large"
    sentence = (
        "ファイル「{file}」は{size}あり、読み取れる上限の{limit}を超えています。"
        "画像を減らすか、文書を分けて保存し直してください。"
    )


class TooManyPages(UnreadableDocument):
    code = "too_many_pages"
    sentence = "PDF「{file}」は{pages}ページあり、読み取れる上限の{limit}ページを超えています。文書を分けて保存し直してください。"


class TooSlow(UnreadableDocument):
    code = "too_slow"
    sentence = (
        "PDF「{file}」は{page}ページ目までで{limit}秒を超えたため、読み取りをやめました。"
        "文書を分けるか、元の文書ファイルを選んでください。"
    )


class ExpandsTooMuch(UnreadableDocument):
    code = "expands_too_much"
    sentence = (
        "ファイル「{file}」の中身（{part}）は、広げると上限の{limit}を超えます。"
        "壊れているか危険なファイルのおそれがあるので、元のソフトで保存し直してください。"
    )


class NotText(UnreadableDocument):
    code = "not_text"
    sentence = (
        "ファイル「{file}」の名前は文書のものですが、中身は文字ではありません（{found}）。"
        "正しいファイルかどうかを確かめてください。"
    )


class UnknownFormat(UnreadableDocument):
    code = "unknown_format"
    sentence = (
        "ファイル「{file}」は読み取れない形式です（{found}）。"
        "テキスト、Markdown、PDF、Word（.docx）、HTMLのいずれかで保存し直してください。"
    )


class DamagedFile(UnreadableDocument):
    code = "damaged_file"
    sentence = (
        "ファイル「{file}」は壊れています（{where}）。元のソフトで開き、保存し直したものを選んでください。"
    )


class UnknownEncoding(UnreadableDocument):
    code = "unknown_encoding"
    sentence = (
        "ファイル「{file}」の{line}行目に、{encoding}として読めない文字があります。"
        "元のソフトでUTF-8として保存し直してください。"
    )


class DraftNotFound(PlanError):
    code = "draft_not_found"

    def __init__(self, draft_id: int) -> None:
        super().__init__(f"下書き{draft_id}が見つかりません。作業机の一覧から選び直してください。")


class PlanNotFound(PlanError):
    code = "plan_not_found"

    def __init__(self, slug: str) -> None:
        super().__init__(f"計画「{slug}」が見つかりません。計画の一覧から選び直してください。")


class InitiativeNotFound(PlanError):
    code = "initiative_not_found"

    def __init__(self, slug: str, key: int) -> None:
        super().__init__(f"計画「{slug}」に取組{key}はありません。計画の一覧から選び直してください。")


class DuplicateDocument(PlanError):
    code = "duplicate_document"

    def __init__(self, file: str, imported_at: str, draft_id: int | None, state: str) -> None:
        self.draft_id = draft_id
        super().__init__(
            f"「{file}」と同じ内容の文書は{imported_at}に取り込まれています（下書き{draft_id}・{state}）。"
            "その下書きを開くか、別の版の文書を選んでください。"
        )


class ImportNotFound(PlanError):
    code = "import_not_found"

    def __init__(self, import_id: int) -> None:
        super().__init__(f"取り込み{import_id}が見つかりません。作業机の一覧から選び直してください。")


class ImportUnderWay(PlanError):
    code = "import_under_way"

    def __init__(self, file: str, import_id: int) -> None:
        self.import_id = import_id
        super().__init__(f"「{file}」と同じ内容の文書は、いま読み取っています。終わるまでお待ちください。")


class ImportClosed(PlanError):
    code = "import_closed"

    def __init__(self, file: str) -> None:
        super().__init__(
            f"「{file}」の読み取りは終わり、下書きになっています。やめるには、その下書きを取りやめてください。"
        )


class DraftClosed(PlanError):
    code = "draft_closed"

    def __init__(self, draft_id: int, state: str) -> None:
        super().__init__(
            f"下書き{draft_id}は{state}のため変更できません。変更するには次の版として取り込んでください。"
        )


class StepNotPossible(PlanError):
    code = "step_not_possible"


class EditConflict(PlanError):
    code = "edit_conflict"

    def __init__(self, title: str) -> None:
        super().__init__(
            f"「{title}」は、開いている間にほかの人が変更しました。入力した内容を控え、最新の内容を見て直してください。"
        )


class ReviewUnfinished(PlanError):
    code = "review_unfinished"

    def __init__(self, pending: int) -> None:
        self.pending = pending
        super().__init__(f"まだ確認していない取組が{pending}件あります。すべて確認してから公開してください。")


class NothingToAdopt(PlanError):
    code = "nothing_to_adopt"

    def __init__(self) -> None:
        super().__init__(
            "公開する取組が一つもありません。除外した取組を戻すか、別の文書を取り込んでください。"
        )


class SlugNotUsable(PlanError):
    code = "slug_not_usable"

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"計画の番地「{slug}」は使えません。英小文字・数字・ハイフンで、ほかの計画と重ならないものにしてください。"
        )
