"""The table of clauses: what each asks of the application, what answers it, which tests break the answer.

Clause texts are shortened in our own words. Sources: GB/T 22239-2019 level 3 (8.1.x), GB/T 39786-2021 level 3
(8.4), GB/T 39725-2020, 个人信息保护法 (PIPL). `code` names modules, `tests` node ids or files; a test holds both
against the tree.
"""

from typing import Final

from config.protection.clauses import audit_intrusion, cryptography_law, data, identity_access, management
from config.protection.clauses.clause import Clause

CLAUSES: Final[tuple[Clause, ...]] = (
    *identity_access.CLAUSES,
    *audit_intrusion.CLAUSES,
    *data.CLAUSES,
    *management.CLAUSES,
    *cryptography_law.CLAUSES,
)

__all__ = ["CLAUSES", "Clause"]
