import unicodedata

_KATAKANA_FIRST, _KATAKANA_LAST = ord("ァ"), ord("ヶ")
_HIRAGANA_OFFSET = ord("ァ") - ord("ぁ")


def search_form(text: str) -> str:
    """The text as it is compared in a search: width, case and kana made equal, spaces taken out."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(
        chr(ord(character) - _HIRAGANA_OFFSET)
        if _KATAKANA_FIRST <= ord(character) <= _KATAKANA_LAST
        else character
        for character in folded
        if not character.isspace()
    )


def search_words(text: str) -> list[str]:
    """The words of a search box, each in its search form; all of them must be found."""
    return [form for word in unicodedata.normalize("NFKC", text).split() if (form := search_form(word))]
