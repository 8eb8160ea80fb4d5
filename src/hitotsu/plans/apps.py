from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "hitotsu.plans"
    label = "plans"
    verbose_name = "計画"
