from tests.plans.reading.reader import outline, read


def test_numbering_decides_the_level_when_heading_marks_lie() -> None:
    text = "# 第1 方針\n\n### 1 理念\n\n# (1) 県庁\n\n本文です。\n\n##### ア 人材\n\n本文です。\n\n## （２） 地域\n\n本文です。\n\n## 2 目標\n\n本文です。"
    document = read("# みほん県計画\n\n" + text)
    assert outline(document) == [
        ("第1", "方針"),
        ("第1 1", "理念"),
        ("第1 1 (1)", "県庁"),
        ("第1 1 (1) ア", "人材"),
        ("第1 1 (2)", "地域"),
        ("第1 2", "目標"),
    ]
    assert [section.level for section in document.sections] == [1, 2, 3, 4, 3, 2]


def test_a_section_runs_to_the_next_heading_of_its_level() -> None:
    document = read(
        "みほん県計画\n\n第1章 現況\n\n1 人口\n\n減っています。\n\n2 職員\n\n減っています。\n\n第2章 方針\n\n進めます。\n"
    )
    assert [section.lines for section in document.sections] == [(3, 11), (5, 7), (9, 11), (13, 15)]


def test_counted_words_stand_beside_chapters_that_have_parts_of_their_own() -> None:
    text = "みほん市計画\n\n１．概要\n\n（１）趣旨\n\n　進めます。\n\n（２）期間\n\n　5年です。\n\n政策の柱１　市役所\n\n施策１－１　手続\n\n（１）現状\n\n・紙です。\n\n（２）取組内容\n\n・電子にします。\n\n２．推進\n\n　確かめます。"
    assert outline(read(text)) == [
        ("1", "概要"),
        ("1 (1)", "趣旨"),
        ("1 (2)", "期間"),
        ("政策の柱1", "市役所"),
        ("政策の柱1 施策1-1", "手続"),
        ("政策の柱1 施策1-1 (1)", "現状"),
        ("政策の柱1 施策1-1 (2)", "取組内容"),
        ("2", "推進"),
    ]


def test_numbered_lines_in_a_row_are_a_list_and_no_headings() -> None:
    text = "みほん県計画\n\n第1章 方針\n\n次の順に進めます。\n\n1 様式をそろえる\n2 入力を減らす\n3 結果を公表する\n\n第2章 体制\n\n進めます。"
    assert outline(read(text)) == [("第1章", "方針"), ("第2章", "体制")]


def test_an_article_takes_its_caption_as_title() -> None:
    text = "# みほん会議設置要綱\n\n## (設置)\n\n第1 みほん会議を設置する。\n\n## (庶務)\n\n第2 会議の庶務は、情報課において処理する。\n\n## 附則\n\nこの要綱は、令和7年4月1日から施行する。"
    assert outline(read(text)) == [("第1", "設置"), ("第2", "庶務"), ("", "附則")]


def test_a_document_without_numbers_or_marks_is_headed_by_lines_that_stand_alone() -> None:
    text = "みほん町のまちづくり方針\n\n令和5年4月\nみほん町\n\nはじめに\n\n町の人口は4,800人です。\n\n大切にすること\n\n使う人の都合から考えます。\n\n進め方\n\n会議を開きます。"
    assert [title for _, title in outline(read(text))] == ["はじめに", "大切にすること", "進め方"]


def test_a_gap_in_the_numbers_is_unsure_with_its_line() -> None:
    document = read("みほん県計画\n\n第1章 現況\n\n減っています。\n\n第3章 方針\n\n進めます。")
    assert [unsure.lines for unsure in document.unsure] == [(7, 7)]


def test_nesting_of_many_kinds_is_kept() -> None:
    kinds = ["第1章", "第1節", "1", "(1)", "ア", "(ア)", "①", "a", "(a)", "ⅰ"]
    document = read(
        "みほん県計画\n\n"
        + "\n\n".join(f"{number} 段{at}" for at, number in enumerate(kinds))
        + "\n\n本文です。"
    )
    assert document.sections[-1].number == tuple(kinds)


def test_on_slides_the_line_at_the_top_of_a_page_is_its_heading() -> None:
    pages = [
        "みほん経営者会 講演資料\n\n広域連携の挑戦",
        "自己紹介\n\n<職務経歴>\n\n- 平成3年4月 商工部\n- 令和3年4月 振興局",
        "データからみた地域\n\n◆ 高い高齢化率\n\n県下1位は60%です。",
        "連携の目的\n\n- 業務を共同で行う\n- 費用を下げる",
    ]
    titles = [title for _, title in outline(read("\n\n\n\n".join(pages)))]
    assert titles == ["自己紹介", "職務経歴", "データからみた地域", "高い高齢化率", "連携の目的"]


def test_a_number_without_a_title_is_unsure_and_takes_no_text() -> None:
    document = read(
        "# みほん県計画\n\n## 第1章 方針\n\n### 1 窓口\n\n進めます。\n\n### 2\n\n第5章\n\n### 3 相談\n\n進めます。\n"
    )
    assert outline(document) == [("第1章", "方針"), ("第1章 1", "窓口"), ("第1章 3", "相談")]
    assert {unsure.lines for unsure in document.unsure} >= {(9, 9), (11, 11)}


def test_two_columns_side_by_side_are_unsure() -> None:
    columns = "良い点　　　　　　困る点\n・早い　　　　　　・電話が切れる\n・近い　　　　　　・字が小さい"
    document = read(f"# みほん県計画\n\n## 1 声\n\n{columns}\n")
    assert any(unsure.lines == (5, 7) for unsure in document.unsure)
