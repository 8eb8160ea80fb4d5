from django import template
from django.template.context import Context

from hitotsu.people.queries import OrganisationView, organisations_of

register = template.Library()


@register.simple_tag(takes_context=True)
def own_organisations(context: Context) -> list[OrganisationView]:
    """The organisations that the person on the page works for."""
    return organisations_of(reader=context["reader"], action="office.enter")


@register.simple_tag(takes_context=True)
def may(context: Context, action: str) -> bool:
    """Whether the person on the page may do the action for one organisation at least."""
    return bool(context["reader"].organisations(action))
