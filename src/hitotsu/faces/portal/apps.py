from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "hitotsu.faces.portal"
    label = "portal"
