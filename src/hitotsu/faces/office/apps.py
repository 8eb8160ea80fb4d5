from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "hitotsu.faces.office"
    label = "office"
