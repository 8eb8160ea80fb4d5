"""What people take away as files. Keys never change; headings are in Japanese, as the documents are."""

from collections.abc import Callable, Mapping, Sequence

from hitotsu.faces.download import Sheet, Value
from hitotsu.people.queries import Reader
from hitotsu.place.queries import AreaView, FigureView, LivingAreaTable
from hitotsu.plans.queries import PlanView, plan_initiatives

_KINDS = {"actual": "実績", "target": "目標", "forecast": "推計"}


def initiatives(reader: Reader, plan: PlanView) -> Sheet:
    columns = {
        "key": "番号",
        "number": "章節",
        "title": "取組",
        "field": "分野",
        "direction": "取組の方向性",
        "status": "現状・課題",
        "actions": "取組内容",
        "first_line": "原文の行（始め）",
        "last_line": "原文の行（終わり）",
        "document": "文書",
        "path": "ページ",
    }
    rows: list[Sequence[Value]] = [
        (
            view.key,
            " ".join(view.number),
            view.title,
            view.field,
            view.direction,
            "\n".join(view.status),
            "\n".join(view.actions),
            *view.lines,
            view.document_name,
            f"/plans/{plan.slug}/initiatives/{view.key}/",
        )
        for view in plan_initiatives(reader=reader, slug=plan.slug)
    ]
    return Sheet(f"{plan.slug}-initiatives", columns, rows)


def figures(reader: Reader, plan: PlanView) -> Sheet:
    columns = {
        "initiative_key": "取組の番号",
        "initiative": "取組",
        "value": "値",
        "printed": "原文の値",
        "unit": "単位",
        "as_of": "時点",
        "kind": "種別",
        "compare_with": "比較の相手",
        "compare_value": "比較の値",
        "compare_unit": "比較の単位",
        "text": "文",
        "first_line": "原文の行（始め）",
        "last_line": "原文の行（終わり）",
    }
    rows: list[Sequence[Value]] = [
        (
            figure.initiative_key,
            figure.initiative_title,
            figure.value,
            figure.text_value,
            figure.unit,
            figure.as_of,
            _KINDS.get(figure.kind or "", ""),
            *_compare(figure.compare),
            figure.text,
            *figure.lines,
        )
        for figure in plan.figures
    ]
    return Sheet(f"{plan.slug}-figures", columns, rows)


def terms(reader: Reader, plan: PlanView) -> Sheet:
    columns = {
        "mark": "注",
        "term": "ことば",
        "definition": "説明",
        "first_line": "原文の行（始め）",
        "last_line": "原文の行（終わり）",
    }
    rows: list[Sequence[Value]] = [
        (term.mark, term.term, term.definition, *term.lines) for term in plan.terms
    ]
    return Sheet(f"{plan.slug}-terms", columns, rows)


OF_A_PLAN: Mapping[str, Callable[[Reader, PlanView], Sheet]] = {
    "initiatives": initiatives,
    "figures": figures,
    "terms": terms,
}


def area(area: AreaView, figures: Sequence[FigureView]) -> Sheet:
    columns = {
        "code": "コード",
        "area": "区域",
        "name": "項目",
        "value": "値",
        "unit": "単位",
        "as_of": "時点",
        "kind": "種別",
        "source": "出典",
    }
    rows: list[Sequence[Value]] = [
        (
            area.key,
            area.name,
            figure.label,
            figure.value,
            figure.unit,
            figure.as_of,
            _KINDS[figure.kind],
            figure.source,
        )
        for figure in figures
    ]
    return Sheet(f"{area.key.replace(':', '-')}-figures", columns, rows)


def living_area(table: LivingAreaTable) -> Sheet:
    """Municipalities in rows, figures in columns, and a last row with the totals."""
    columns = {"code": "コード", "name": "市町村"}
    for column in table.columns:
        about = "・".join(part for part in (column.unit, column.as_of, _KINDS[column.kind]) if part)
        columns[f"{column.name}_{column.as_of}_{column.kind}".replace("__", "_")] = (
            f"{column.label}（{about}）"
        )
    rows: list[Sequence[Value]] = [(row.area.key, row.area.name, *row.values) for row in table.rows]
    rows.append((table.area.key, "計", *table.totals))
    return Sheet(table.area.key.replace(":", "-"), columns, rows)


def _compare(compare: Mapping[str, Value] | None) -> tuple[Value, Value, Value]:
    if compare is None:
        return None, None, None
    return compare["with"], compare["value"], compare["unit"]
