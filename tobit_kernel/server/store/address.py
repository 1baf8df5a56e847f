"""How one role reaches the database, in the form that each library wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import URL

from tobit_kernel.errors import InputError


@dataclass(frozen=True)
class Address:
    """libpq's keywords (host, port, dbname, user, password, sslmode, …); never shown, it has a password."""

    keywords: Mapping[str, str] = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> Address:
        """From a URL or ``key=value`` text; a driver in the scheme is dropped."""
        scheme, separator, rest = url.partition("://")
        try:
            words = conninfo_to_dict(f"{scheme.partition('+')[0]}{separator}{rest}")
        except psycopg.ProgrammingError as error:
            raise InputError(
                "The database's address is not one that PostgreSQL understands.",
                "It looks like postgresql://user:password@host:5432/database.",
            ) from error
        return cls({key: str(value) for key, value in words.items() if value is not None})

    def as_role(self, role: str, password: str | None) -> Address:
        """The same database for another role."""
        words = {key: value for key, value in self.keywords.items() if key not in ("user", "password", "options")}
        return Address(words | {"user": role} | ({"password": password} if password else {}))

    def having(self, **keywords: str) -> Address:
        """The same address with some keywords changed."""
        return Address(dict(self.keywords) | keywords)

    @property
    def shown(self) -> str:
        """For messages: server and database, no password."""
        server = self.keywords.get("host", "this machine")
        port = f":{self.keywords['port']}" if "port" in self.keywords else ""
        return f"{server}{port}/{self.keywords.get('dbname', self.keywords.get('user', ''))}"

    @property
    def url(self) -> URL:
        """For SQLAlchemy with psycopg; all keywords are in the query, so nothing is parsed twice."""
        words = dict(self.keywords)
        user, password, database = words.pop("user", None), words.pop("password", None), words.pop("dbname", None)
        return URL.create("postgresql+psycopg", user, password, database=database, query=words)

    @property
    def uri(self) -> str:
        """For libpq and ADBC."""
        words = dict(self.keywords)
        user, password, database = words.pop("user", ""), words.pop("password", ""), words.pop("dbname", "")
        query = "&".join(f"{key}={quote(value, safe='')}" for key, value in words.items())
        secret = f":{quote(password, safe='')}" if password else ""
        return f"postgresql://{quote(user, safe='')}{secret}@/{quote(database, safe='')}?{query}"

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection[Any]:
        """A blocking connection; raises psycopg's ``OperationalError``."""
        return psycopg.connect(make_conninfo("connect_timeout=10", **self.keywords), autocommit=autocommit)
