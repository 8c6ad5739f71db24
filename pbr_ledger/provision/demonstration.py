"""Which database the demonstration may throw away: its own, on the embedded server, and no other."""

from collections.abc import Mapping

from pbr_ledger.provision.postgres import EmbeddedPostgres, var_folder

DATABASE = "pbr_demo"


def embedded_server(environ: Mapping[str, str]) -> EmbeddedPostgres:
    """The server on this checkout's (or PBR_VAR_DIR's) `postgres` folder, not started."""
    return EmbeddedPostgres(var_folder(environ) / "postgres")


def is_own_embedded_server(environ: Mapping[str, str]) -> bool:
    """Whether we run under `provision run --demo` on the embedded server, in the demonstration's own database.

    That database was made empty just before and nobody else's facts can be in it. False where DATABASE_URL came from
    outside, even with PBR_DEMO set: whoever loads a demonstration then has to find out whose database it is.
    """
    own = embedded_server(environ).urls(DATABASE)
    return environ.get("PBR_DEMO") == "1" and all(environ.get(name) == url for name, url in own.items())
