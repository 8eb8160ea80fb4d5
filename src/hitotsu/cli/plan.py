import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hitotsu.people.queries import Reader


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `hitotsu plan read|score|import|list`."""
    group = commands.add_parser("plan", help="計画の文書を読み取る・取り込む").add_subparsers(
        dest="plan_command", required=True, metavar="COMMAND"
    )
    read = _command(
        group, "read", "文書を読み取り、構造をJSONで標準出力に出します（データベースには触れません）。",
        "hitotsu plan read 戦略.pdf > 戦略.json",
    )  # fmt: skip
    read.add_argument("file", type=Path, help=".txt .md .pdf .docx .html")
    read.add_argument(
        "--format", choices=["json", "outline"], default="json", help="outline は見出しと取組だけの一覧"
    )
    read.set_defaults(func=_read, needs_django=False)

    score = _command(
        group, "score", "読み取りの結果を、人が文書を読んで作った正解と比べます。",
        "hitotsu plan score 戦略.txt 戦略.gold.json",
    )  # fmt: skip
    score.add_argument("file", type=Path)
    score.add_argument("gold", type=Path)
    score.add_argument("--format", choices=["text", "json"], default="text")
    score.set_defaults(func=_score, needs_django=False)

    take = _command(
        group, "import", "文書を取り込み、確認待ちの下書きを作ります。",
        "hitotsu plan import 戦略.pdf --organisation 福島県",
    )  # fmt: skip
    take.add_argument("file", type=Path)
    take.add_argument("--organisation", help="取り込む組織（一つしかなければ省略できます）")
    take.add_argument("--plan", metavar="SLUG", help="この計画の次の版として取り込む")
    take.add_argument("--format", choices=["text", "json"], default="text")
    take.set_defaults(func=_import)

    show = _command(group, "list", "公開中の計画と確認中の下書きの一覧です。", "hitotsu plan list")
    show.add_argument("--format", choices=["text", "json"], default="text")
    show.set_defaults(func=_list)


def _command(
    group: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str, example: str
) -> argparse.ArgumentParser:
    return group.add_parser(
        name,
        help=text,
        description=text,
        epilog=f"例:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _fail(error: Exception) -> int:
    print(f"hitotsu: {error}", file=sys.stderr)
    return 2


def _read(arguments: argparse.Namespace) -> int:
    from hitotsu.plans.errors import PlanError
    from hitotsu.plans.reading import read_document

    try:
        document = read_document(arguments.file)
    except PlanError as error:
        return _fail(error)
    if arguments.format == "json":
        json.dump(document.to_json(), sys.stdout, ensure_ascii=False, indent=1)
        print()
        return 0
    print(document.title or "（題名を読み取れませんでした）")
    for initiative in document.initiatives:
        print(
            f"{' '.join(initiative.number)}\t{initiative.title}\t{initiative.lines[0]}–{initiative.lines[1]}行"
        )
    print(
        f"取組 {len(document.initiatives)}、数値 {len(document.figures)}、表 {len(document.tables)}、"
        f"用語 {len(document.terms)}、確かめてほしい箇所 {len(document.unsure)}",
        file=sys.stderr,
    )
    return 0


def _score(arguments: argparse.Namespace) -> int:
    from hitotsu.plans.errors import PlanError
    from hitotsu.plans.reading import read_document
    from hitotsu.plans.reading.scoring import score

    try:
        gold = json.loads(arguments.gold.read_text(encoding="utf-8"))
        measures = score(read_document(arguments.file), gold)
    except (PlanError, OSError, ValueError) as error:
        return _fail(error)
    if arguments.format == "json":
        json.dump([measure.to_json() for measure in measures], sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        for measure in measures:
            print(
                f"{measure.name}\t正解 {measure.wanted}\t一致 {measure.right}\t余分 {measure.extra}\t{measure.share:.1%}"
            )
            for miss in measure.misses:
                print(f"  - {miss}")
    return 0 if all(measure.right == measure.wanted for measure in measures) else 1


def _import(arguments: argparse.Namespace) -> int:
    from hitotsu.cli.progress import PageProgress
    from hitotsu.people.errors import PeopleError
    from hitotsu.people.queries import operator
    from hitotsu.plans.commands import import_document
    from hitotsu.plans.errors import PlanError
    from hitotsu.plans.queries import draft_view

    try:
        by = operator()
        organisation = _organisation(by, arguments.organisation)
        print(f"{arguments.file.name} を読み取っています…", file=sys.stderr)
        draft_id = import_document(
            by=by,
            organisation_id=organisation,
            path=arguments.file,
            plan_slug=arguments.plan,
            progress=PageProgress(),
        )
    except (PlanError, PeopleError) as error:
        return _fail(error)
    draft = draft_view(reader=by, draft_id=draft_id)
    answer: dict[str, Any] = {
        "draft": draft_id,
        "title": draft.summary.title,
        "initiatives": draft.summary.items,
        "unsure": draft.summary.unsure,
        "address": f"/office/drafts/{draft_id}/",
    }
    if arguments.format == "json":
        print(json.dumps(answer, ensure_ascii=False))
    else:
        print(
            f"下書き{draft_id}「{draft.summary.title}」を作りました。取組 {draft.summary.items}件、"
            f"確かめてほしい箇所 {draft.summary.unsure}件。/office/drafts/{draft_id}/ で確認して公開してください。"
        )
    return 0


def _organisation(by: "Reader", name: str | None) -> int:
    from hitotsu.people.errors import OrganisationNotFound
    from hitotsu.people.queries import find_organisation, organisations_of

    if name is None:
        own = organisations_of(reader=by, action="plan.import")
        if len(own) == 1:
            return own[0].id
        raise OrganisationNotFound("--organisation で指定してください")
    found = find_organisation(name)
    if found is None:
        raise OrganisationNotFound(name)
    return found.id


def _list(arguments: argparse.Namespace) -> int:
    from hitotsu.people.queries import operator
    from hitotsu.plans.queries import list_drafts, list_plans

    by = operator()
    plans, drafts = list_plans(reader=by), list_drafts(reader=by)
    if arguments.format == "json":
        answer = {
            "plans": [
                {"slug": plan.slug, "title": plan.edition.title, "edition": plan.edition.ordinal,
                 "initiatives": plan.edition.initiatives}
                for plan in plans
            ],
            "drafts": [
                {"id": draft.id, "title": draft.title, "items": draft.items, "pending": draft.pending}
                for draft in drafts
            ],
        }  # fmt: skip
        print(json.dumps(answer, ensure_ascii=False))
        return 0
    for plan in plans:
        print(
            f"公開中\t/plans/{plan.slug}/\t{plan.edition.title}\t第{plan.edition.ordinal}版\t取組{plan.edition.initiatives}件"
        )
    for draft in drafts:
        print(f"確認中\t/office/drafts/{draft.id}/\t{draft.title}\t未確認{draft.pending}／{draft.items}件")
    if not plans and not drafts:
        print("計画はまだありません。hitotsu plan import FILE で文書を取り込んでください。")
    return 0
