"""Models of a small library, in a registry of their own."""

from __future__ import annotations

from whimbrel import models

registry = models.Apps()


class Meta:
    apps = registry
    app_label = "library"


class Author(models.Model):
    name = models.CharField(max_length=40)
    born = models.IntegerField(null=True)

    class Meta(Meta):
        ordering = ["name"]


class Tag(models.Model):
    word = models.CharField(max_length=20, unique=True)

    class Meta(Meta):
        pass


class Book(models.Model):
    title = models.CharField(max_length=40)
    pages = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(Author, models.CASCADE, null=True)
    tags = models.ManyToManyField(Tag)
    made = models.DateTimeField(auto_now_add=True)

    class Meta(Meta):
        pass


class Novel(Book):
    genre = models.CharField(max_length=20)

    class Meta(Meta):
        pass


class Card(models.Model):
    book = models.OneToOneField(Book, models.CASCADE, related_name="card")
    shelf = models.CharField(max_length=5)

    class Meta(Meta):
        pass
