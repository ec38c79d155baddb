"""
Django-style models: everything that a models.py needs.

    from whimbrel import models

    class Book(models.Model):
        title = models.CharField(max_length=200)
"""

from whimbrel.models import functions
from whimbrel.models.cases import Case, When
from whimbrel.models.choices import Choices, IntegerChoices, TextChoices
from whimbrel.models.constraints import (
    BaseConstraint,
    CheckConstraint,
    Deferrable,
    UniqueConstraint,
)
from whimbrel.models.deconstruct import deconstructible
from whimbrel.models.expressions import (
    CombinedExpression,
    Expression,
    ExpressionWrapper,
    F,
    Func,
    OrderBy,
    Value,
)
from whimbrel.models.fields import (
    NOT_PROVIDED,
    AutoField,
    BigAutoField,
    BigIntegerField,
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    DurationField,
    EmailField,
    Field,
    FileField,
    FilePathField,
    FloatField,
    GeneratedField,
    GenericIPAddressField,
    ImageField,
    IntegerField,
    JSONField,
    OrderWrt,
    PositiveBigIntegerField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    SlugField,
    SmallAutoField,
    SmallIntegerField,
    TextField,
    TimeField,
    URLField,
    UUIDField,
)
from whimbrel.models.indexes import Index
from whimbrel.models.live import map_live
from whimbrel.models.manager import Manager
from whimbrel.models.model import Model, ModelBase
from whimbrel.models.on_delete import (
    CASCADE,
    DO_NOTHING,
    PROTECT,
    RESTRICT,
    SET,
    SET_DEFAULT,
    SET_NULL,
    OnDelete,
)
from whimbrel.models.q import Q
from whimbrel.models.queryset import QuerySet
from whimbrel.models.registry import Apps, apps
from whimbrel.models.relations import ForeignKey, ManyToManyField, OneToOneField
from whimbrel.models.session import use as use_session

apps.mapper = map_live
apps.default_manager = Manager

__all__ = [
    "CASCADE",
    "DO_NOTHING",
    "NOT_PROVIDED",
    "PROTECT",
    "RESTRICT",
    "SET",
    "SET_DEFAULT",
    "SET_NULL",
    "Apps",
    "AutoField",
    "BaseConstraint",
    "BigAutoField",
    "BigIntegerField",
    "BinaryField",
    "BooleanField",
    "Case",
    "CharField",
    "CheckConstraint",
    "Choices",
    "CombinedExpression",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "Deferrable",
    "DurationField",
    "EmailField",
    "Expression",
    "ExpressionWrapper",
    "F",
    "Field",
    "FileField",
    "FilePathField",
    "FloatField",
    "ForeignKey",
    "Func",
    "GeneratedField",
    "GenericIPAddressField",
    "ImageField",
    "Index",
    "IntegerChoices",
    "IntegerField",
    "JSONField",
    "Manager",
    "ManyToManyField",
    "Model",
    "ModelBase",
    "OnDelete",
    "OneToOneField",
    "OrderBy",
    "OrderWrt",
    "PositiveBigIntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "Q",
    "QuerySet",
    "SlugField",
    "SmallAutoField",
    "SmallIntegerField",
    "TextChoices",
    "TextField",
    "TimeField",
    "URLField",
    "UUIDField",
    "UniqueConstraint",
    "Value",
    "When",
    "apps",
    "deconstructible",
    "functions",
    "use_session",
]

# These live above the registry, so they are plugged in here.
apps.mapper = map_live
apps.default_manager = Manager
