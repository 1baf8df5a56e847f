"""The command that runs ArcadeDB, and the groups its users are in."""

from __future__ import annotations

from pathlib import Path

from tobit_kernel.errors import SourceUnavailable

#: Enough for some hundred thousand nodes; the rest is read from disk.
HEAP_MB = 512
#: No statement may be asked to take longer than this; the source's own limit ends it before.
LONGEST_MS = 3_700_000
READER_GROUP = "reader"

_ANY = {"resultSetLimit": -1, "readTimeout": -1}
_SCHEMA = ["updateSecurity", "updateSchema", "updateDatabaseSettings"]
_WRITE = ["createRecord", "readRecord", "updateRecord", "deleteRecord"]
#: What ``server-groups.json`` holds. Limits stay at -1: others cut results off without a word.
GROUPS = {
    "version": 2,
    "databases": {
        "*": {
            "groups": {
                "admin": {**_ANY, "access": _SCHEMA, "types": {"*": {"access": _WRITE}}},
                READER_GROUP: {**_ANY, "access": [], "types": {"*": {"access": ["readRecord"]}}},
                "*": {**_ANY, "access": [], "types": {"*": {"access": []}}},
            }
        }
    },
}


def command(data: Path, password: Path, bolt: int, http: int) -> list[str]:
    """The argument list of the server; the root password stands in a file, never in here."""
    package = _package()
    server = {
        "server.rootPath": data,
        "server.databaseDirectory": data / "databases",
        "server.configDirectory": data / "config",
        "server.logsDirectory": data / "log",
        "server.backupDirectory": data / "backups",
        "server.rootPasswordPath": password,
        # "production" hides what is wrong with a statement.
        "server.mode": "development",
        "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        "server.httpIncomingHost": "127.0.0.1",
        "server.httpIncomingPort": http,
        "bolt.host": "127.0.0.1",
        "bolt.port": bolt,
        "studio.enabled": "false",
        "support.autoRegister": "false",
        "polyglotEngineEnabled": "false",
        "command.timeout": LONGEST_MS,
        # What was committed also survives the loss of power.
        "txWalFlush": 1,
    }
    options = [f"-Darcadedb.{name}={value}" for name, value in server.items()]
    java = [str(package / "jre" / "bin" / "java"), "-Xms64m", f"-Xmx{HEAP_MB}m", "-XX:+UseSerialGC"]
    jvm = ["-Djava.awt.headless=true", "-Dpolyglot.engine.WarnInterpreterOnly=false", "-XX:-UsePerfData"]
    return [*java, *jvm, "-cp", str(package / "jars" / "*"), *options, "com.arcadedb.server.ArcadeDBServer"]


def _package() -> Path:
    """The folder of the wheel ``arcadedb-embedded``; located, not imported: importing it looks for a JVM."""
    from importlib.util import find_spec

    spec = find_spec("arcadedb_embedded")
    folder = Path((spec and spec.origin) or "missing").parent
    if not (folder / "jre" / "bin" / "java").exists():
        raise SourceUnavailable(
            "The graph server is not installed.",
            "pip install 'tobit-kernel[server]', or set TOBIT_GRAPH_URL to a Neo4j of your own.",
        )
    return folder
