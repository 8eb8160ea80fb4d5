class PeopleError(Exception):
    """Base of this room's errors: a code for machines and one sentence for people."""

    code = "people_error"


class PermissionRefused(PeopleError):
    """この操作をする権限がありません。所属の管理者に役割の変更を頼んでください。"""

    code = "permission_refused"

    def __init__(self, action: str) -> None:
        self.action = action
        super().__init__("この操作をする権限がありません。所属の管理者に役割の変更を頼んでください。")


class PersonExists(PeopleError):
    """その電子メールの職員はすでに登録されています。"""

    code = "person_exists"

    def __init__(self, email: str) -> None:
        super().__init__(
            f"{email} の職員はすでに登録されています。役割だけを変えるときは職員一覧から行ってください。"
        )


class OrganisationNotFound(PeopleError):
    """組織が見つかりません。"""

    code = "organisation_not_found"

    def __init__(self, name: str) -> None:
        super().__init__(f"組織「{name}」が見つかりません。名称を確かめてください。")
