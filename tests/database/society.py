"""Models of a small society: relations of every kind, in a registry of their own."""

from __future__ import annotations

from typing import Any

from whimbrel import models

registry = models.Apps()


class Meta:
    apps = registry
    app_label = "society"


class Place(models.Model):
    name = models.CharField(max_length=50)

    class Meta(Meta):
        pass


class Restaurant(Place):
    stars = models.IntegerField(default=0)

    class Meta(Meta):
        pass


class Bistro(Restaurant):
    seats = models.IntegerField(default=0)

    class Meta(Meta):
        pass


class Person(models.Model):
    name = models.CharField(max_length=50, unique=True)
    visited: Any = models.ManyToManyField(Place, through="Visit")
    data = models.JSONField(null=True)
    friends: Any = models.ManyToManyField("self")

    class Meta(Meta):
        pass


class Visit(models.Model):
    person = models.ForeignKey(Person, models.CASCADE, related_name="visits")
    place = models.ForeignKey(Place, models.PROTECT)
    note = models.CharField(max_length=20, default="none")
    stars = models.IntegerField(null=True)

    class Meta(Meta):
        order_with_respect_to = "person"


ALL = (Place, Restaurant, Bistro, Person, Visit)
