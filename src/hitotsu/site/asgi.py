import os

from django.core.asgi import get_asgi_application

from hitotsu.site.bodies import limit_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitotsu.site.settings")
application = limit_bodies(get_asgi_application())
