from django.apps import AppConfig


class PlaceConfig(AppConfig):
    name = "hitotsu.place"
    label = "place"
    verbose_name = "区域"
