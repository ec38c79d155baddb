"""The field types of Django-style models."""

from whimbrel.models.fields.base import NOT_PROVIDED, Field
from whimbrel.models.fields.binary import BinaryField
from whimbrel.models.fields.generated import GeneratedField
from whimbrel.models.fields.identity import (
    AutoField,
    BigAutoField,
    OrderWrt,
    SmallAutoField,
)
from whimbrel.models.fields.numbers import (
    BigIntegerField,
    BooleanField,
    DecimalField,
    FloatField,
    IntegerField,
    PositiveBigIntegerField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    SmallIntegerField,
)
from whimbrel.models.fields.special import (
    GenericIPAddressField,
    JSONField,
    UUIDField,
)
from whimbrel.models.fields.strings import (
    CharField,
    EmailField,
    FileField,
    FilePathField,
    ImageField,
    SlugField,
    TextField,
    URLField,
)
from whimbrel.models.fields.temporal import (
    DateField,
    DateTimeField,
    DurationField,
    TimeField,
)

__all__ = [
    "NOT_PROVIDED",
    "AutoField",
    "BigAutoField",
    "BigIntegerField",
    "BinaryField",
    "BooleanField",
    "CharField",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "DurationField",
    "EmailField",
    "Field",
    "FileField",
    "FilePathField",
    "FloatField",
    "GeneratedField",
    "GenericIPAddressField",
    "ImageField",
    "IntegerField",
    "JSONField",
    "OrderWrt",
    "PositiveBigIntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "SlugField",
    "SmallAutoField",
    "SmallIntegerField",
    "TextField",
    "TimeField",
    "URLField",
    "UUIDField",
]
