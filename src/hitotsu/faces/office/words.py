"""What the office calls things on screen."""

from collections.abc import Mapping

STEP: Mapping[str, str] = {
    "accept": "確認",
    "correct": "修正",
    "drop": "除外",
    "merge": "統合",
    "split": "分割",
    "continue": "前の版とのつながり",
    "set_aside": "使う・使わないの変更",
    "front": "基本情報の修正",
}

PART: Mapping[str, str] = {
    "figures": "数値",
    "terms": "ことば",
    "tables": "表",
    "bodies": "組織と役割",
    "unsure": "不確かな箇所",
}

# What each part's button does, and what it is called afterwards: (take out, put back, taken out).
ASIDE: Mapping[str, tuple[str, str, str]] = {
    "figures": ("公開に使わない", "公開に使う", "使わない"),
    "terms": ("公開に使わない", "公開に使う", "使わない"),
    "tables": ("公開に使わない", "公開に使う", "使わない"),
    "bodies": ("公開に使わない", "公開に使う", "使わない"),
    "unsure": ("確かめた", "未確認に戻す", "確かめた"),
}

AUDIT: Mapping[str, str] = {
    "plan.import": "文書を取り込みました",
    "plan.import_request": "文書の読み取りを頼みました",
    "plan.import_refuse": "文書を取り込めませんでした",
    "plan.import_cancel": "文書の取り込みを取りやめました",
    "plan.discard": "下書きを取りやめました",
    "plan.adopt": "計画を公開しました",
    "organisation.create": "組織を登録しました",
    "staff.add": "職員を登録しました",
    "area.import": "区域の境界を取り込みました",
}

KIND: Mapping[str, str] = {
    "plan": "計画",
    "minutes": "議事録",
    "papers": "会議資料",
    "slides": "説明資料",
    "report": "報告書",
}

# In this order the comparison counts them.
CHANGES = ("kept", "revised", "renamed", "moved", "split", "merged", "ended", "new")
