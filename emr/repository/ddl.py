"""The repository's tables in SQL: what Django's migrations cannot say (partitions, partial and array indexes)."""

from collections.abc import Iterator
from typing import Final

IS_FHIR_ID: Final = "length(id) BETWEEN 1 AND 64 AND id !~ '[^A-Za-z0-9.-]'"
"""What the expression of FHIR R4 §2.24.0.1 for an id says; with `{1,64}` in it PostgreSQL takes five times as long."""

RESOURCE: Final = f"""
CREATE SEQUENCE emr_resource_pid AS bigint;
CREATE TABLE emr_resource (
    pid bigint NOT NULL DEFAULT nextval('emr_resource_pid'),
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    updated timestamptz NOT NULL,
    deleted boolean NOT NULL DEFAULT false,
    patient_id uuid,
    custodian_org uuid,
    label smallint NOT NULL,
    categories text[] NOT NULL DEFAULT '{{}}',
    managed_by text NOT NULL DEFAULT '',
    code bigint,
    date timestamptz,
    date_hi timestamptz,
    tok bigint[] NOT NULL DEFAULT '{{}}',
    ref bigint[] NOT NULL DEFAULT '{{}}',
    content bytea NOT NULL,
    PRIMARY KEY (kind, pid),
    UNIQUE (kind, id),
    CONSTRAINT resource_counts_versions_from_one CHECK (version > 0),
    CONSTRAINT resource_label_of_five_levels CHECK (label BETWEEN 1 AND 5),
    CONSTRAINT resource_id_is_a_fhir_id CHECK ({IS_FHIR_ID}),
    CONSTRAINT resource_ends_after_it_begins CHECK (date <= date_hi)
) PARTITION BY LIST (kind);
ALTER SEQUENCE emr_resource_pid OWNED BY emr_resource.pid;
CREATE INDEX emr_resource_of_patient ON emr_resource (patient_id, date DESC NULLS LAST, pid DESC) WHERE NOT deleted;
CREATE INDEX emr_resource_of_patient_by_code ON emr_resource (patient_id, code, date DESC NULLS LAST, pid DESC)
    WHERE NOT deleted;
CREATE INDEX emr_resource_by_code ON emr_resource (code, date DESC NULLS LAST, pid DESC) WHERE NOT deleted;
CREATE INDEX emr_resource_by_update ON emr_resource (updated, pid);
CREATE INDEX emr_resource_by_token ON emr_resource USING gin (tok, ref)
    WITH (fastupdate = on, gin_pending_list_limit = 512);
CREATE TABLE emr_ident (
    key bytea NOT NULL,
    kind text COLLATE "C" NOT NULL,
    pid bigint NOT NULL,
    PRIMARY KEY (key, kind, pid)
);
CREATE INDEX emr_ident_of_resource ON emr_ident (pid)
"""

HISTORY: Final = """
CREATE TABLE emr_resource_history (
    kind text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    updated timestamptz NOT NULL,
    deleted boolean NOT NULL,
    patient_id uuid,
    custodian_org uuid,
    label smallint NOT NULL,
    categories text[] NOT NULL,
    managed_by text NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (kind, id, version, updated)
) PARTITION BY RANGE (updated)
"""


def partition_name(kind: str) -> str:
    """The partition of a busy kind; "" for the one all others share."""
    return f"emr_r_{kind.lower() or 'other'}"


def kind_partitions(busy: tuple[str, ...]) -> Iterator[str]:
    """One partition per busy kind, one for the rest."""
    for kind in busy:
        yield f"CREATE TABLE {partition_name(kind)} PARTITION OF emr_resource FOR VALUES IN ('{kind}')"
    yield f"CREATE TABLE {partition_name('')} PARTITION OF emr_resource DEFAULT"


def months(year: int, month: int, count: int) -> Iterator[tuple[str, str, str]]:
    """(partition, first day, first day of the next month) of `count` months."""
    for step in range(month - 1, month - 1 + count):
        first, after = divmod(step, 12), divmod(step + 1, 12)
        name = f"emr_history_{year + first[0]}_{first[1] + 1:02d}"
        yield name, f"{year + first[0]}-{first[1] + 1:02d}-01", f"{year + after[0]}-{after[1] + 1:02d}-01"


def month_partition(name: str, since: str, until: str) -> str:
    """The history of one month (UTC)."""
    return (
        f"CREATE TABLE {name} PARTITION OF emr_resource_history "
        f"FOR VALUES FROM ('{since} 00:00:00+00') TO ('{until} 00:00:00+00')"
    )
