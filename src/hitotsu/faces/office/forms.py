from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from hitotsu.people.queries import OrganisationView
from hitotsu.plans.queries import DraftItemView, DraftView, PlanSummary, read_day

NUMBER_SEPARATOR = " ＞ "


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def _text(values: Sequence[str]) -> str:
    return "\n".join(" ".join(value.split("\n")) for value in values)


def term_names(view: DraftView, item: DraftItemView) -> list[str]:
    """The terms of an initiative by name; where the document only has a footnote's mark, the name stands for it."""
    by_mark = {term.mark: term.term for term, _ in view.terms if term.mark}
    return list(dict.fromkeys(by_mark.get(name, name) for name in item.terms))


class ImportForm(forms.Form):
    """A document to bring in, for an organisation, as a new plan or as the next edition of one."""

    file = forms.FileField(
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".txt,.md,.pdf,.docx,.html,.htm"}),
        error_messages={
            "required": "文書のファイルが選ばれていません。ファイルを選んでから「取り込む」を押してください。",
            "invalid": "ファイルを受け取れませんでした。もう一度選んでください。",
            "missing": "ファイルを受け取れませんでした。もう一度選んでください。",
        },
    )
    organisation = forms.TypedChoiceField(
        coerce=int,
        error_messages={"invalid_choice": "選んだ組織の文書は取り込めません。選び直してください。"},
    )
    plan = forms.ChoiceField(
        required=False,
        error_messages={"invalid_choice": "選んだ計画の次の版にはできません。選び直してください。"},
    )

    def __init__(
        self,
        organisations: Sequence[OrganisationView],
        plans: Sequence[PlanSummary],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.single = organisations[0] if len(organisations) == 1 else None
        own = {organisation.name for organisation in organisations}
        self.fields["organisation"].choices = [(one.id, one.name) for one in organisations]  # type: ignore[attr-defined]
        if self.single:
            self.fields["organisation"].required = False
        self.plans = [plan for plan in plans if plan.organisation in own]
        self.fields["plan"].choices = [  # type: ignore[attr-defined]
            ("", "新しい計画"),
            *((plan.slug, f"「{plan.edition.title}」（{plan.organisation}）の次の版") for plan in self.plans),
        ]

    def clean_organisation(self) -> int:
        return self.single.id if self.single else int(self.cleaned_data["organisation"])


class ItemForm(forms.Form):
    """One initiative in the reviewer's words; lists have one entry a line."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    number = forms.CharField(
        label="番号",
        help_text="外側から「＞」で区切ります。例：第5 ＞ 3 ＞ (5) ＞ ウ",
        required=False,
        max_length=600,
    )
    title = forms.CharField(
        label="名称",
        max_length=500,
        error_messages={
            "required": "取組の名称が空です。名称を入力してください。",
            "max_length": "取組の名称が%(limit_value)d文字を超えています。短くしてください。",
        },
    )
    direction = forms.CharField(label="目指す方向", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    status = forms.CharField(
        label="現状と課題", help_text="1行に一つ。", required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    actions = forms.CharField(
        label="取組の内容", help_text="1行に一つ。", required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    terms = forms.CharField(
        label="説明を付けることば",
        help_text="1行に一つ。",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    figures = forms.TypedMultipleChoiceField(
        label="この取組の数値",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "選んだ数値が見つかりません。画面を読み直してください。"},
    )

    def __init__(self, view: DraftView, item: DraftItemView, data: QueryDict | None = None) -> None:
        initial = {
            "version": item.version,
            "number": NUMBER_SEPARATOR.join(item.number),
            "title": item.title,
            "direction": item.direction,
            "status": _text(item.status),
            "actions": _text(item.actions),
            "terms": _text(term_names(view, item)),
            "figures": list(item.figures),
        }
        # Ids of fields stay apart from those of the other forms of the page.
        super().__init__(data, initial=initial, auto_id="item-%s")
        first, last = item.lines
        near = [
            figure
            for figure, _ in view.figures
            if figure.index in item.figures or first <= figure.lines[0] <= last
        ]
        self.fields["figures"].choices = [  # type: ignore[attr-defined]
            (figure.index, f"{figure.text_value}：{figure.text[:80]}") for figure in near
        ]

    def clean_number(self) -> list[str]:
        parts = self.cleaned_data["number"].replace("›", "＞").replace(">", "＞").split("＞")
        return [part.strip() for part in parts if part.strip()]

    def clean_status(self) -> list[str]:
        return _lines(self.cleaned_data["status"])

    def clean_actions(self) -> list[str]:
        return _lines(self.cleaned_data["actions"])

    def clean_terms(self) -> list[str]:
        return _lines(self.cleaned_data["terms"])


class SplitForm(forms.Form):
    """Where an initiative is cut in two, and what the second part is called."""

    at = forms.TypedChoiceField(
        label="どこから分けるか",
        help_text="選んだものから後ろが、新しい取組の内容になります。",
        coerce=int,
        error_messages={
            "required": "分ける位置が選ばれていません。位置を選んでください。",
            "invalid_choice": "選んだ位置では分けられません。位置を選び直してください。",
        },
    )
    title = forms.CharField(
        label="分けた後の取組の名称",
        max_length=500,
        error_messages={
            "required": "分けた後の取組の名称が空です。名称を入力してください。",
            "max_length": "取組の名称が%(limit_value)d文字を超えています。短くしてください。",
        },
    )

    def __init__(self, item: DraftItemView, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="split-%s")
        self.fields["at"].choices = [  # type: ignore[attr-defined]
            (index, f"{index + 1}件目から：{action[:40]}")
            for index, action in enumerate(item.actions)
            if index
        ]


class FrontForm(forms.Form):
    """Title, issuer and period of the plan; days as people write them."""

    title = forms.CharField(
        label="計画の名称",
        max_length=300,
        error_messages={
            "required": "計画の名称が空です。名称を入力してください。",
            "max_length": "計画の名称が%(limit_value)d文字を超えています。短くしてください。",
        },
    )
    issuer = forms.CharField(
        label="策定した組織",
        help_text="例：みずほ県",
        required=False,
        max_length=200,
        error_messages={"max_length": "策定した組織が%(limit_value)d文字を超えています。短くしてください。"},
    )
    period_start = forms.CharField(
        label="計画期間の始まり",
        help_text="例：令和8年4月1日、R8.4.1、2026-04-01、令和8年度",
        required=False,
        max_length=40,
    )
    period_end = forms.CharField(
        label="計画期間の終わり", help_text="例：令和13年3月31日、令和12年度", required=False, max_length=40
    )

    def clean_period_start(self) -> date | None:
        return self._day("period_start", last=False)

    def clean_period_end(self) -> date | None:
        return self._day("period_end", last=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("period_start"), cleaned.get("period_end")
        if start and end and end < start:
            self.add_error("period_end", "計画期間の終わりが始まりより前です。日付を確かめてください。")
        return cleaned

    def _day(self, field: str, *, last: bool) -> date | None:
        written = self.cleaned_data[field]
        if not written.strip():
            return None
        day = read_day(written, last=last)
        if day is None:
            raise forms.ValidationError(
                f"「{written}」を日付として読めません。令和8年4月1日 のように入力してください。"
            )
        return day
