from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "hitotsu.people"
    label = "people"
    verbose_name = "組織と人"
