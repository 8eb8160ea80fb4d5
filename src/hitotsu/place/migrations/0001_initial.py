import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Area",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("prefecture", "都道府県"),
                            ("municipality", "市町村"),
                            ("district", "地区"),
                            ("living_area", "生活圏"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("kana", models.CharField(blank=True, max_length=100)),
                ("name_en", models.CharField(blank=True, max_length=100)),
                ("county", models.CharField(blank=True, max_length=40)),
                ("office_latitude", models.FloatField(blank=True, null=True)),
                ("office_longitude", models.FloatField(blank=True, null=True)),
                ("website", models.URLField(blank=True)),
                ("boundary", models.JSONField(blank=True, null=True)),
                ("west", models.FloatField(blank=True, null=True)),
                ("south", models.FloatField(blank=True, null=True)),
                ("east", models.FloatField(blank=True, null=True)),
                ("north", models.FloatField(blank=True, null=True)),
                ("boundary_credit", models.CharField(blank=True, max_length=300)),
                ("boundary_licence", models.CharField(blank=True, max_length=100)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="place.area",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AreaFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("value", models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True)),
                ("unit", models.CharField(blank=True, max_length=20)),
                ("as_of", models.CharField(blank=True, max_length=10)),
                (
                    "kind",
                    models.CharField(
                        choices=[("actual", "実績"), ("forecast", "推計")], default="actual", max_length=10
                    ),
                ),
                ("source", models.CharField(max_length=300)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="figures", to="place.area"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LivingAreaMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "living_area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="members", to="place.area"
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="living_areas",
                        to="place.area",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="area",
            index=models.Index(fields=["kind", "key"], name="place_area_kind_key"),
        ),
        migrations.RunSQL(
            sql=(
                "CREATE INDEX place_area_extent ON place_area"
                " USING gist (box(point(west, south), point(east, north)))"
            ),
            reverse_sql="DROP INDEX place_area_extent",
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("boundary__isnull", True),
                        ("east__isnull", True),
                        ("north__isnull", True),
                        ("south__isnull", True),
                        ("west__isnull", True),
                    ),
                    models.Q(
                        ("boundary__isnull", False),
                        ("east__isnull", False),
                        ("north__isnull", False),
                        ("south__isnull", False),
                        ("west__isnull", False),
                        models.Q(("boundary_credit", ""), _negated=True),
                        models.Q(("boundary_licence", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="place_area_boundary_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="areafigure",
            constraint=models.UniqueConstraint(
                fields=("area", "name", "as_of", "kind"), name="place_areafigure_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="livingareamember",
            constraint=models.UniqueConstraint(
                fields=("living_area", "municipality"), name="place_livingareamember_once"
            ),
        ),
    ]
