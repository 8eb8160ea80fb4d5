import re
from collections.abc import Iterable, Sequence

from hitotsu.plans.reading.blocks import Block, ends
from hitotsu.plans.reading.characters import key, narrow, plain
from hitotsu.plans.reading.drafts import Draft
from hitotsu.plans.reading.nesting import Node
from hitotsu.plans.reading.staff import from_headings, from_labels, from_opening, from_tables
from hitotsu.plans.reading.structure import Body, Kind, Span, Table
from hitotsu.plans.reading.terms import split_definition

_ENDS = (
    r"(?:推進本部会議|推進本部|本部会議|本部員会議|本部|幹事会|連絡会議|連絡会|推進会議|推進会|会議|委員会|協議会|審議会|懇談会|検討会|部会|分科会|ワーキンググループ|WG|プロジェクトチーム|チーム|タスクフォース|事務局|"
    r"センター|窓口|庁内各課|各部局|担当課室|課室|[一-龠ァ-ヴー]{2,12}(?:課|室|局|部)|CDO補佐官|CIO補佐官|補佐官|CDO|CIO|CISO|CDXO|最高デジタル責任者|最高情報責任者|統括責任者|責任者|推進リーダー|リーダー|推進員|支援員|統括監|統括官|推進監|デジタル担当|グループ|相談員|推進者|主任|マネージャー|アドバイザー|"
    r"デジタルマネージャー|本部長|副本部長|委員長|副委員長|座長|事務担当|外部人材|専門人材)"
)
_NAME = re.compile(
    rf"(?:[(（]仮称[)）]\s*)?[^、。：:「」『』（）()\s]{{0,40}}?{_ENDS}(?:\s*[（(][^（）()]{{1,60}}[)）])?(?:\s?(?:推進)?リーダー)?"
)
_SUFFIX = re.compile(
    r"(?:等)?の(?:設置|役割|概要|構成|体制|開催|任務|配置|設置と役割|役割と体制|役割・体制)$|(?:等)?について$"
)
_PLACE = re.compile(r"体制|役割|推進組織|組織|進め方|進める人|進行管理|推進の仕組み|計画の推進$")
_SUBJECT = re.compile(
    rf"^(?:また、|さらに、|なお、|このほか、|加えて、)?(?P<name>[^、。「」]{{0,40}}?{_ENDS}(?:\([A-Z]{{2,6}}\))?)(?:\([^()]{{1,40}}\))?(?:は|では|が|においては|に?おいて)、?"
)
_ESTABLISHED = re.compile(
    rf"(?:^|[、。はもに])(?P<name>[^、。「」はがをに]{{1,40}}?{_ENDS}(?:\([A-Z]{{2,6}}\))?)を(?:新たに)?(?:設置|委嘱|任命|置く)"
)
_SET_UP = re.compile(
    r"[「『](?P<name>[^「」『』]{2,50})[」』](?:\s*[（(][^（）()]{0,40}[)）])?を[^。、「」]{0,10}?(?:設置|設け|開催|開き|組織|立ち上げ|構成)"
)
_ARTICLE = re.compile(r"設置|組織|構成|会議|庶務|委員長|委員|会長|部会|幹事会|事務局|所掌事務")
_CLERK = re.compile(rf"(?:の庶務|の?事務)は、(?P<name>[^、。]{{1,40}}?{_ENDS})(?:において|が|で)")
_QUOTED = re.compile(
    rf"[「『](?P<name>[^「」『』]{{2,50}}?{_ENDS})[」』](?:[（(][^（）()]{{0,40}}[）)])?(?:が|は|に|において|を事務局|の意見|の下)"
)
_APPOINTED = re.compile(
    rf"を(?:、)?(?P<name>[^、。をはが「」]{{0,30}}{_ENDS}(?:\([A-Z]{{2,6}}\))?)(?:\([^()]{{1,20}}\))?(?:とし|に充て|として|に任命|に置)"
)
_LISTED_TOO = re.compile(
    rf"[「『](?P<name>[^「」『』]{{2,50}}?{_ENDS})[」』](?:、|と|及び)(?=[^。]{{0,80}}[」』]を[^。、]{{0,10}}(?:設置|設け|置))"
)
_PLAYS = re.compile(
    rf"(?:^|、)(?P<name>[^、。「」]{{0,40}}?(?:{_ENDS}|[当本][課室部局]))(?:は|が)、?[^。]{{2,120}}?(?:を担う|を担い|を担って|役割を果た|を所管|の事務局を務め|を総括|を統括)"
)
_MADE_OF = re.compile(r"(?:次|以下|下記)の(?:組織|会議|機関|会|者)[^。]{0,20}構成")
_ASIDE = re.compile(r"\s*[（(]([^（）()]{1,80})[)）]$")


def find_bodies(root: Node, drafts: Sequence[Draft], kind: Kind, tables: Sequence[Table]) -> list[Body]:
    """Offices, meetings and officers with the part they play: chapters on 推進体制 and 役割, and 担当課 of measures.

    Minutes, papers and reports name them anywhere; there a sentence counts that says that a body is set up.
    """
    found: list[Body] = []
    known: set[str] = set()
    measures = {id(draft.node) for draft in drafts}
    for node in [root, *root.walk()]:
        if id(node) in measures or (kind == "plan" and not _about_bodies(node)):
            continue
        told = _about_bodies(node) or _sets_rules(node)
        rules = (
            (_SET_UP, _LISTED_TOO, _QUOTED, _APPOINTED, _ESTABLISHED, _CLERK)
            if told
            else (_SET_UP, _LISTED_TOO, _ESTABLISHED, _CLERK, _PLAYS)
        )
        for body in [*(_from_heading(node) if told else ()), *_from_blocks(node.body, rules, told=told)]:
            name = key(body.name)
            if name and name not in known:
                known.add(name)
                found.append(body)
    blocks = [block for node in [root, *root.walk()] for block in node.body]
    opening = from_opening(blocks) if kind == "minutes" else []
    for body in [*opening, *from_labels(blocks), *from_headings(root), *from_tables(tables)]:
        if key(body.name) not in known:
            known.add(key(body.name))
            found.append(body)
    for draft in drafts:
        for block in draft.owners:
            for name in re.split(r"[、,，／/・\s　]+", block.text()):
                if (
                    1 < len(name) <= 40
                    and key(name) not in known
                    and re.search(r"[課室局部庁会署所係班院校]$|センター$", name)
                ):
                    known.add(key(name))
                    found.append(Body(name, f"担当：{draft.node.title}", (block.first + 1, block.last + 1)))
    return found


def _about_bodies(node: Node) -> bool:
    above: Node | None = node
    while above is not None and above.head is not None:
        if _PLACE.search(key(above.title)):
            return True
        above = above.parent
    return False


def _sets_rules(node: Node) -> bool:
    """Whether the section is an article of a body's own rules (要綱)."""
    return node.style in ("第", "条") and bool(_ARTICLE.fullmatch(key(node.title)))


def _from_heading(node: Node) -> list[Body]:
    title = _SUFFIX.sub("", node.title.strip())
    texts = [block for block in node.body if block.kind in ("item", "text")]
    if not texts or (_PLACE.search(title) and not re.search(_ENDS + "$", title)):
        return []
    names = [name for name in re.split(r"[、，]|及び|並びに", title) if name]
    if not all(_NAME.fullmatch(re.sub(r"\s|[（(][^（）()]*[)）](?!$)", "", name)) for name in names):
        return []
    role = "".join(block.text() for block in texts)
    lines = (texts[0].first + 1, texts[-1].last + 1)
    if len(names) == 1:
        return [Body(names[0].strip(), role, lines)]
    return [_share(name.strip(), texts, role, lines) for name in names]


def _share(name: str, texts: Sequence[Block], role: str, lines: Span) -> Body:
    """Of a section on several bodies, the sentences that name this one."""
    own = [
        (sentence, span)
        for block in texts
        for sentence, span in block.sentences()
        if key(name) in key(sentence)
    ]
    if not own:
        return Body(name, role, lines)
    return Body(name, "".join(sentence for sentence, _ in own), (own[0][1][0], own[-1][1][1]))


def _from_blocks(blocks: Iterable[Block], rules: Sequence[re.Pattern[str]], *, told: bool) -> list[Body]:
    found: list[Body] = []
    made_of = ""
    blocks = list(blocks)
    for at, block in enumerate(blocks):
        if block.kind not in ("item", "text"):
            continue
        text = plain(block.text())
        opener = next((said for said, _ in block.sentences() if _MADE_OF.search(said)), "")
        made_of = opener or (made_of if block.kind == "item" else "")
        below = (
            blocks[at + 1] if at + 1 < len(blocks) and block.kind == blocks[at + 1].kind == "text" else None
        )
        alone = told and below is not None and ends(below) and _NAME.fullmatch(re.sub(r"\s", "", text))
        if alone and below is not None:
            found.append(Body(text, below.text(), (block.first + 1, below.last + 1)))
            continue
        is_name = told and block.kind == "item" and _NAME.fullmatch(re.sub(r"\s", "", text)) is not None
        if is_name and made_of and _ASIDE.search(text) is None:
            found.append(Body(text, made_of, (block.first + 1, block.last + 1)))
            continue
        listed = _listed(text) if block.kind == "item" and told else None
        if listed is not None:
            found.append(Body(*listed, (block.first + 1, block.last + 1)))
            continue
        for sentence, lines in block.sentences():
            narrowed = narrow(sentence[:600])
            named = [match for rule in rules for match in rule.finditer(narrowed)]
            subject = _SUBJECT.match(narrowed[:80]) if told else None
            if subject is not None and not re.search(
                r"^(?:各|この|その|これら|本|同)|及び|並びに", subject.group("name")
            ):
                named.append(subject)
            # Widths change no place, so that the name is taken as printed.
            names = [sentence[match.start("name") : match.end("name")].strip() for match in named]
            found += [
                Body(re.split(r"とする|から派遣されている|である", name)[-1], sentence, lines)
                for name in names
            ]
    return found


def _listed(text: str) -> tuple[str, str] | None:
    """Name and role in a list item: "推進会議（議長：知事）：…を決めます。", "幹事会（課長級）"."""
    pair = split_definition(text)
    name, role = pair if pair is not None and pair[1] else ("", "")
    aside = _ASIDE.search(name or text)
    if aside is not None and not (name and _NAME.fullmatch(name)):
        name, role = (name or text)[: aside.start()], role or aside.group(1)
    plain_name = re.sub(r"\s", "", name)
    return (name.strip(), role.strip()) if role and len(name) <= 60 and _NAME.fullmatch(plain_name) else None
