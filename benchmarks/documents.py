from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
REFERENCE = REPOSITORY.parent / "shared"
STRATEGY_BYTES = 170_000
INITIATIVES = 100


def published_strategy() -> Path | None:
    """The largest published document of the reference data, None when the reference data are not there."""
    seeds = sorted((REFERENCE / "seeds").glob("*.txt"), key=lambda path: path.stat().st_size)
    return seeds[-1] if seeds else None


def boundaries() -> Path | None:
    """The municipal boundaries that `make demo` loads, None when the reference data are not there."""
    return next(iter(sorted((REFERENCE / "data" / "boundaries").glob("07_*.geojson"))), None)


def repeated_document(folder: Path) -> Path:
    """The largest made-up text document, written again and again until it is as long as a published strategy."""
    made_up = (REPOSITORY / "tests" / "plans" / "documents").glob("*.txt")
    largest = max(made_up, key=lambda path: path.stat().st_size)
    text = largest.read_bytes()
    target = folder / largest.name
    target.write_bytes(text * -(-STRATEGY_BYTES // len(text)))
    return target


def large_plan(folder: Path) -> Path:
    """A plan of 100 initiatives in ten fields, each with its state, actions, a figure and a footnote."""
    lines = ["# みほん県DX戦略", "", "令和8（2026）年3月", "みほん県", ""]
    lines += ["## 第1 計画の期間", "", "本計画の期間は、令和8年度から令和12年度までの5年間とします。", ""]
    for number in range(INITIATIVES):
        field, item = divmod(number, 10)
        if item == 0:
            lines += [f"## 第{field + 2} 分野{field + 1}の変革", ""]
            lines += [
                "【取組の方向性】",
                "",
                f"分野{field + 1}で、県民の手間を減らし、職員の時間を生み出します。",
                "",
            ]
        lines += [
            f"### {item + 1} 取組{number + 1}の推進",
            "",
            "【現状・課題】",
            "",
            f"- 令和6（2024）年度の申請は{1000 + 37 * number:,}件で、前年度の{900 + 31 * number:,}件から増えています。",
            "- 窓口で同じことを何度も書いていただいています。",
            "",
            "【取組内容】",
            "",
            f"- 書かずに手続できる窓口<sup>{number + 1}</sup>を設けます。",
            f"- 令和12（2030）年度までに、{number % 50 + 10}市町村で利用できるようにします。",
            "",
            f"<sup>{number + 1}</sup> 書かない窓口{number + 1}：職員が聞き取り、申請書を作る窓口",
            "",
        ]
    target = folder / "large-plan.md"
    target.write_text("\n".join(lines), encoding="utf-8")
    return target
