class PlaceError(Exception):
    """Base of this room's errors: a code for machines and one sentence for people."""

    code = "place_error"


class InvalidCode(PlaceError):
    """地方公共団体コードとして読めない値です。"""

    code = "invalid_code"

    def __init__(self, value: object, reason: str) -> None:
        self.value = value
        super().__init__(
            f"「{str(value)[:40]}」は地方公共団体コードではありません（{reason}）。元の値を確かめてください。"
        )


class AreaNotFound(PlaceError):
    """区域が見つかりません。"""

    code = "area_not_found"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"区域「{key}」は登録されていません。コードを確かめてください。")


class RegionDataBroken(PlaceError):
    """同梱の地域データが壊れています。"""

    code = "region_data_broken"

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"地域データ {file} の {line} 行目が読めません（{reason}）。入れ直してください。")


class BoundaryFileError(PlaceError):
    """Base of everything that can be wrong with a boundary file; nothing of such a file is taken in."""

    code = "boundary_file_error"


class FileUnreadable(BoundaryFileError):
    """区域ファイルを開けません。"""

    code = "file_unreadable"

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(
            f"区域ファイル {path} を開けません（{reason}）。場所と読み取りの権限を確かめてください。"
        )


class FileTooLarge(BoundaryFileError):
    """区域ファイルが大きすぎます。"""

    code = "file_too_large"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"区域ファイルが大きすぎます（{size / 1_000_000:,.0f} MB、上限 {limit / 1_000_000:,.0f} MB）。"
            "都道府県ごとに分けるか、線を簡略化してください。"
        )


class TooManyValues(BoundaryFileError):
    """区域ファイルの値や座標が多すぎます。"""

    code = "too_many_values"

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(
            f"区域ファイルの{what}が多すぎます（上限 {limit:,}）。都道府県ごとに分けるか、線を簡略化してください。"
        )


class TooDeep(BoundaryFileError):
    """区域ファイルの入れ子が深すぎます。"""

    code = "too_deep"

    def __init__(self) -> None:
        super().__init__(
            "区域ファイルの入れ子が深すぎて読めません。GeoJSON か TopoJSON として書き出し直してください。"
        )


class NotJson(BoundaryFileError):
    """区域ファイルが UTF-8 の JSON ではありません。"""

    code = "not_json"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"区域ファイルを JSON として読めません（{reason}）。UTF-8 の GeoJSON か TopoJSON を指定してください。"
        )


class WrongType(BoundaryFileError):
    """FeatureCollection でも Topology でもない JSON です。"""

    code = "wrong_type"

    def __init__(self, found: object) -> None:
        super().__init__(
            f"区域ファイルの種類（{str(found)[:40]}）が違います。"
            "GeoJSON の FeatureCollection か TopoJSON の Topology を指定してください。"
        )


class WrongReferenceSystem(BoundaryFileError):
    """経緯度（JGD2011 または WGS84）ではない座標系です。"""

    code = "wrong_reference_system"

    def __init__(self, name: object) -> None:
        super().__init__(
            f"区域ファイルの座標系「{str(name)[:80]}」は使えません。"
            "JGD2011 または WGS84 の経緯度に変換してください。"
        )


class NoFeatures(BoundaryFileError):
    """区域が一つもありません。"""

    code = "no_features"

    def __init__(self) -> None:
        super().__init__("区域ファイルに区域が一つもありません。書き出しの対象を確かめてください。")


class NoCodes(BoundaryFileError):
    """どの区域にも地方公共団体コードがありません。"""

    code = "no_codes"

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(
            "区域ファイルのどの区域にも地方公共団体コードがありません。"
            f"コードを次のいずれかの属性に入れてください：{'、'.join(known)}。"
        )


class WrongGeometry(BoundaryFileError):
    """面（Polygon、MultiPolygon）として読めない形です。"""

    code = "wrong_geometry"

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"{where}の形を面として読めません（{reason}）。Polygon か MultiPolygon で書き出し直してください。"
        )


class OutsideJapan(BoundaryFileError):
    """座標が日本の範囲にありません。"""

    code = "outside_japan"

    def __init__(self, where: str, x: float, y: float) -> None:
        super().__init__(
            f"{where}の座標（{x:g}, {y:g}）が日本の範囲にありません。度を単位とする経緯度で書き出し直してください。"
        )


class SwappedCoordinates(BoundaryFileError):
    """経度と緯度が入れ替わっています。"""

    code = "swapped_coordinates"

    def __init__(self, where: str, x: float, y: float) -> None:
        super().__init__(
            f"{where}の座標（{x:g}, {y:g}）は経度と緯度が入れ替わっています。経度、緯度の順に書き出し直してください。"
        )


class SelfCrossing(BoundaryFileError):
    """境界の線が自分自身と交わり、どこが内側か決められません。"""

    code = "self_crossing"

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"{where}の境界線が自分自身と交わり、内側を決められません（{reason}）。元のデータで線を直してください。"
        )


class TopologyBroken(BoundaryFileError):
    """TopoJSON の弧（arcs）が壊れています。"""

    code = "topology_broken"

    def __init__(self, reason: str) -> None:
        super().__init__(f"TopoJSON の弧を読めません（{reason}）。書き出し直してください。")


class CreditMissing(BoundaryFileError):
    """出典と利用条件が分かりません。"""

    code = "credit_missing"

    def __init__(self, file: str) -> None:
        super().__init__(
            f"{file} の出典と利用条件が分かりません。--credit と --licence で示すか、"
            "同じフォルダーの manifest.csv に file、licence、credit の列で書いてください。"
        )


class NoAreaMatches(BoundaryFileError):
    """登録されている区域と合うコードが一つもありません。"""

    code = "no_area_matches"

    def __init__(self, examples: tuple[str, ...]) -> None:
        super().__init__(
            f"区域ファイルのコード（{'、'.join(examples)} など）は、登録されている区域のどれとも合いません。"
            "地域が読み込まれているか、ファイルの都道府県が正しいかを確かめてください。"
        )


class UnusableWidth(PlaceError):
    """地図の幅として使えない値です。"""

    code = "unusable_width"

    def __init__(self, width: float) -> None:
        super().__init__(f"地図の幅 {width} は使えません。16 以上 10,000 以下の数を指定してください。")
