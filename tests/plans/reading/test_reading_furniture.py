from tests.plans.reading.reader import outline, read

CONTENTS = """# みほん県DX計画

## 目次

第1 策定 ........ 1
1 趣旨\t1
2 県と市町村とが連携して進める
  体制\t2
第2 取組 …… 3

## 第1 策定

### 1 趣旨

暮らしを便利にします。

### 2 県と市町村とが連携して進める
体制

会議を開きます。

## 第2 取組

進めます。
"""


def test_a_table_of_contents_is_no_section_and_joins_a_wrapped_title() -> None:
    assert outline(read(CONTENTS)) == [
        ("第1", "策定"),
        ("第1 1", "趣旨"),
        ("第1 2", "県と市町村とが連携して進める体制"),
        ("第2", "取組"),
    ]


def test_a_contents_entry_without_a_heading_is_unsure() -> None:
    document = read(CONTENTS.replace("### 1 趣旨\n", ""))
    assert any("趣旨" in unsure.what and "目次" in unsure.what for unsure in document.unsure)


def test_a_sentence_goes_on_over_page_number_running_head_and_footnote() -> None:
    pages = [
        "みほん県DX計画\n\n第1章 取組\n\n1 窓口\n\n【現状】\n・窓口では紙の書類が多く、職員が入力し直す作業に多くの時間を使い、",
        "<sup>1</sup> 基幹システム：税などの土台となるシステム\n\n－ 1 －\nみほん県DX計画\n\n県民の待ち時間も長くなっています。",
        "【主な取組】\n・様式をそろえ、入力を\n\n－ 2 －\nみほん県DX計画\n\n減らします。\n\n－ 3 －\nみほん県DX計画",
    ]
    document = read("\n\n".join(pages))
    (initiative,) = document.initiatives
    assert initiative.status == (
        "窓口では紙の書類が多く、職員が入力し直す作業に多くの時間を使い、県民の待ち時間も長くなっています。",
    )
    assert initiative.actions == ("様式をそろえ、入力を減らします。",)
    assert [(term.mark, term.term) for term in document.terms] == [("1", "基幹システム")]


def test_a_heading_printed_again_with_continued_is_the_same_section() -> None:
    document = read(
        "第1章 取組\n\n1 窓口\n\n【現状】\n・混んでいて、\n\n1 窓口（続き）\n\n待ちます。\n\n【取組内容】\n・予約を始めます。"
    )
    assert outline(document) == [("第1章", "取組"), ("第1章 1", "窓口")]
    assert document.initiatives[0].status == ("混んでいて、待ちます。",)


def test_lines_wrapped_at_a_width_are_one_text_and_single_lines_are_paragraphs() -> None:
    head = "第1章 取組\n\n1 窓口\n\n【主な取組】\n"
    wrapped = read(
        head + "県税の手続と県営住宅の手続を電子申請の対\n象に加え、来庁を要\nしないようにします。\n"
    )
    assert wrapped.initiatives[0].actions == (
        "県税の手続と県営住宅の手続を電子申請の対象に加え、来庁を要しないようにします。",
    )
    single = read(head + "窓口を減らします。\n予約を始めます。\n案内を直します。\n")
    assert single.initiatives[0].actions == ("窓口を減らします。", "予約を始めます。", "案内を直します。")


def test_a_short_phrase_before_a_paragraph_is_not_joined_to_it() -> None:
    document = read(
        "第1章 取組\n\n1 窓口\n\n【主な取組】\n・RPAの導入\n・様式の統一\n\n県は市町村とともに進めます。"
    )
    assert document.initiatives[0].actions == ("RPAの導入", "様式の統一", "県は市町村とともに進めます。")
