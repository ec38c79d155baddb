"""What a migration file says: the migration and its operations."""

from whimbrel.migrations.extension_operations import (
    AlterExtension,
    BloomExtension,
    BtreeGinExtension,
    BtreeGistExtension,
    CITextExtension,
    CreateExtension,
    CryptoExtension,
    DeleteExtension,
    HStoreExtension,
    TrigramExtension,
    UnaccentExtension,
)
from whimbrel.migrations.field_operations import (
    AddField,
    AlterField,
    RemoveField,
    RenameField,
)
from whimbrel.migrations.item_operations import (
    AddConstraint,
    AddIndex,
    AlterConstraint,
    RemoveConstraint,
    RemoveIndex,
    RenameConstraint,
    RenameIndex,
)
from whimbrel.migrations.migration import Migration
from whimbrel.migrations.model_operations import CreateModel, DeleteModel, RenameModel
from whimbrel.migrations.operation import Operation
from whimbrel.migrations.option_operations import (
    AlterModelBases,
    AlterModelManagers,
    AlterModelOptions,
    AlterModelSchema,
    AlterModelTable,
    AlterModelTableComment,
    AlterOrderWithRespectTo,
    AlterUniqueTogether,
)
from whimbrel.migrations.sequence_operations import (
    AlterSequence,
    CreateSequence,
    DeleteSequence,
)
from whimbrel.migrations.special_operations import (
    RunPython,
    RunSQL,
    SeparateDatabaseAndState,
)

__all__ = [
    "AddConstraint",
    "AddField",
    "AddIndex",
    "AlterConstraint",
    "AlterExtension",
    "AlterField",
    "AlterModelBases",
    "AlterModelManagers",
    "AlterModelOptions",
    "AlterModelSchema",
    "AlterModelTable",
    "AlterModelTableComment",
    "AlterOrderWithRespectTo",
    "AlterSequence",
    "AlterUniqueTogether",
    "BloomExtension",
    "BtreeGinExtension",
    "BtreeGistExtension",
    "CITextExtension",
    "CreateExtension",
    "CreateModel",
    "CreateSequence",
    "CryptoExtension",
    "DeleteExtension",
    "DeleteModel",
    "DeleteSequence",
    "HStoreExtension",
    "Migration",
    "Operation",
    "RemoveConstraint",
    "RemoveField",
    "RemoveIndex",
    "RenameConstraint",
    "RenameField",
    "RenameIndex",
    "RenameModel",
    "RunPython",
    "RunSQL",
    "SeparateDatabaseAndState",
    "TrigramExtension",
    "UnaccentExtension",
]
