from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "hitotsu.records"
    label = "records"
    verbose_name = "データ"
