from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hitotsu.plans.states import UNFINISHED, DraftState, ImportState, ItemState


class Plan(models.Model):
    """A strategy through all its editions, with the address that stays."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=60, unique=True)
    current = models.ForeignKey("Edition", null=True, on_delete=models.PROTECT, related_name="+")
    next_key = models.PositiveIntegerField(default=1)


class SourceDocument(models.Model):
    """A document as it was handed in: its lines, as people and the reader saw them."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    format = models.CharField(max_length=10)
    encoding = models.CharField(max_length=20, blank=True)
    pages = models.PositiveIntegerField(null=True)
    lines = ArrayField(models.TextField())
    imported_at = models.DateTimeField(auto_now_add=True)
    imported_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "sha256"], name="plans_document_once"),
        ]


class Draft(models.Model):
    """A reading of a document that a person reviews before it becomes an edition."""

    document = models.ForeignKey(SourceDocument, on_delete=models.CASCADE, related_name="drafts")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="drafts")
    state = models.CharField(max_length=12, choices=DraftState.choices, default=DraftState.REVIEW)
    title = models.CharField(max_length=300)
    issuer = models.CharField(max_length=200, blank=True)
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    reading = models.JSONField()
    # What the reviewer took out, by kind: {"figures": [3, 7], "terms": [0], …}, indices into the reading.
    set_aside = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(state=DraftState.REVIEW),
                name="plans_one_review_per_document",
            ),
        ]


class Import(models.Model):
    """A document that somebody asked to have read: how far the reading is, and what came of it."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.WAITING)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    # Kept until the import has ended, whichever way.
    content = models.BinaryField(null=True)
    pages_done = models.PositiveIntegerField(default=0)
    pages_total = models.PositiveIntegerField(null=True)
    # How often the reading was begun: what brings the reader down again and again is not begun for ever.
    attempts = models.PositiveIntegerField(default=0)
    # What it became; of a document that was refused because it is there already, the draft that is there.
    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="+")
    refusal = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "sha256"],
                condition=Q(state__in=UNFINISHED),
                name="plans_one_import_under_way",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, content__isnull=False)
                | (~Q(state__in=UNFINISHED) & Q(content__isnull=True)),
                name="plans_import_content_until_ended",
            ),
        ]


class DraftItem(models.Model):
    """One initiative of a draft, as read and as corrected."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=ItemState.choices, default=ItemState.PENDING)
    number = ArrayField(models.CharField(max_length=60), default=list)
    title = models.CharField(max_length=500)
    direction = models.TextField(blank=True)
    status = ArrayField(models.TextField(), default=list)
    actions = ArrayField(models.TextField(), default=list)
    figures = ArrayField(models.PositiveIntegerField(), default=list)
    terms = ArrayField(models.CharField(max_length=200), default=list)
    first_line = models.PositiveIntegerField()
    last_line = models.PositiveIntegerField()
    confidence = models.FloatField()
    # The initiative of the edition before that this one carries on; empty for a new one.
    continues = models.ForeignKey("Initiative", null=True, on_delete=models.PROTECT, related_name="+")
    likeness = models.FloatField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "pk"]


class ReviewStep(models.Model):
    """One step of a review with everything needed to take it back; rows are only ever added."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=20)
    before = models.JSONField()
    after = models.JSONField()
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")


class Edition(models.Model):
    """A plan as it was adopted; never changed afterwards."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="editions")
    ordinal = models.PositiveIntegerField()
    document = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=300)
    issuer = models.CharField(max_length=200, blank=True)
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    # Sections, figures, tables, terms, bodies and reviews as adopted; read whole with the edition.
    content = models.JSONField()
    adopted_at = models.DateTimeField(auto_now_add=True)
    adopted_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "ordinal"], name="plans_edition_ordinal"),
        ]


class Initiative(models.Model):
    """What an initiative is through all editions: its number in the address of the plan."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="initiatives")
    key = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "key"], name="plans_initiative_key"),
        ]


class InitiativeVersion(models.Model):
    """An initiative as one edition has it."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="versions")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="initiatives")
    position = models.PositiveIntegerField()
    number = ArrayField(models.CharField(max_length=60), default=list)
    title = models.CharField(max_length=500)
    # Titles of the headings above, outermost first; the field is the one by which pages group.
    path = ArrayField(models.CharField(max_length=500), default=list)
    field = models.CharField(max_length=500, blank=True)
    direction = models.TextField(blank=True)
    status = ArrayField(models.TextField(), default=list)
    actions = ArrayField(models.TextField(), default=list)
    figures = ArrayField(models.PositiveIntegerField(), default=list)
    terms = ArrayField(models.CharField(max_length=200), default=list)
    first_line = models.PositiveIntegerField()
    last_line = models.PositiveIntegerField()
    search_text = models.TextField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "initiative"], name="plans_version_once"),
            models.UniqueConstraint(fields=["edition", "position"], name="plans_version_position"),
        ]


class EditionChange(models.Model):
    """What became of one initiative from the edition before to this one."""

    class Kind(models.TextChoices):
        KEPT = "kept", "変更なし"
        REVISED = "revised", "内容を変更"
        RENAMED = "renamed", "名称を変更"
        MOVED = "moved", "場所を移動"
        SPLIT = "split", "分割"
        MERGED = "merged", "統合"
        ENDED = "ended", "終了"
        NEW = "new", "新規"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="changes")
    # The other side where there is one: where a part went, or what was taken in.
    other = models.ForeignKey(Initiative, null=True, on_delete=models.PROTECT, related_name="+")
    before_title = models.CharField(max_length=500, blank=True)
    after_title = models.CharField(max_length=500, blank=True)
