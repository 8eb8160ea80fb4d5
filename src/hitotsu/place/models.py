from typing import ClassVar

from django.db import models
from django.db.models import Q

_EXTENT = ("west", "south", "east", "north")


class Area(models.Model):
    class Kind(models.TextChoices):
        PREFECTURE = "prefecture", "都道府県"
        MUNICIPALITY = "municipality", "市町村"
        DISTRICT = "district", "地区"
        LIVING_AREA = "living_area", "生活圏"

    key = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=100)
    kana = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=100, blank=True)
    county = models.CharField(max_length=40, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    office_latitude = models.FloatField(null=True, blank=True)
    office_longitude = models.FloatField(null=True, blank=True)
    website = models.URLField(blank=True)
    boundary = models.JSONField(null=True, blank=True)
    west = models.FloatField(null=True, blank=True)
    south = models.FloatField(null=True, blank=True)
    east = models.FloatField(null=True, blank=True)
    north = models.FloatField(null=True, blank=True)
    boundary_credit = models.CharField(max_length=300, blank=True)
    boundary_licence = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "key"], name="place_area_kind_key")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A boundary without its box would never be found, and one without its credit must not be shown.
            models.CheckConstraint(
                name="place_area_boundary_whole",
                condition=Q(boundary__isnull=True, **{f"{side}__isnull": True for side in _EXTENT})
                | (
                    Q(boundary__isnull=False, **{f"{side}__isnull": False for side in _EXTENT})
                    & ~Q(boundary_credit="")
                    & ~Q(boundary_licence="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LivingAreaMember(models.Model):
    living_area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="members")
    municipality = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="living_areas")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["living_area", "municipality"], name="place_livingareamember_once"
            ),
        ]


class AreaFigure(models.Model):
    class Kind(models.TextChoices):
        ACTUAL = "actual", "実績"
        FORECAST = "forecast", "推計"

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="figures")
    name = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    as_of = models.CharField(max_length=10, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ACTUAL)
    source = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["area", "name", "as_of", "kind"], name="place_areafigure_once"),
        ]
