"""The three users of the database, made on the embedded server and in tests.

`deploy/database.sql` says the same for a server of one's own.
"""

import psycopg
from psycopg import sql

from config.local.addresses import DATABASE, SUPERUSER, USERS
from config.local.places import Places

EXTENSIONS = ("btree_gist", "btree_gin", "pg_trgm")

GRANTS = ("REVOKE ALL ON SCHEMA public FROM PUBLIC", "ALTER SCHEMA public OWNER TO {owner}")
"""What app and audit may do beyond that is a migration of kernel (`kernel.database.operations.ThreeUsers`)."""


def _superuser(places: Places, sockets: str, database: str) -> psycopg.Connection:
    password = places.secret("database-superuser")
    return psycopg.connect(host=sockets, user=SUPERUSER, password=password, dbname=database, autocommit=True)


def _names() -> dict[str, sql.Identifier]:
    return {role: sql.Identifier(user) for role, user in USERS.items()}


def _create_users(connection: psycopg.Connection, places: Places) -> None:
    """The users with the passwords of this data folder; a changed secret file changes the password."""
    for role, user in USERS.items():
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [user]).fetchone()
        verb = sql.SQL("ALTER" if known else "CREATE")
        password = sql.Literal(places.secret(f"database-{role}"))
        order = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER PASSWORD {}")
        connection.execute(order.format(verb, sql.Identifier(user), password))


def bootstrap(places: Places, sockets: str, database: str = DATABASE) -> None:
    """Users, database, extensions and default privileges; what exists stays."""
    with _superuser(places, sockets, "postgres") as connection:
        _create_users(connection, places)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            order = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(order.format(sql.Identifier(database), sql.Identifier(USERS["owner"])))
    with _superuser(places, sockets, database) as connection:
        for extension in EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        for grant in GRANTS:
            connection.execute(sql.SQL(grant).format(**_names()))
