"""Backup and restore drill: what comes back from one file is the ledger that was backed up, or nothing comes back."""

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import psycopg
import pyrage
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection, connections

from cohort.models import Claim
from cohort.services import Upload, attach_evidence
from pbr_ledger.audit.models import AuditStream
from pbr_ledger.backups import BackupError, NotABackup, NotEmpty, make_backup, restore_backup
from pbr_ledger.backups.making import backup_database
from pbr_ledger.backups.manifest import MANIFEST, Manifest
from pbr_ledger.backups.postgres import NOT_KEPT
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.provision.postgres import ROLES
from tests.jobs.processes import PROJECT
from tests.pages.world import World, last_statement, store_made_report, world
from tests.uploads import files

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def here(settings: LazySettings, tmp_path: Path) -> World:
    """Two contracts, a report, and a claim with a file beside it."""
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    made = world("breakdown-reported-late")
    store_made_report(last_statement(made.contract))
    attach_evidence(
        contract=made.contract,
        kind="claim",
        fact=Claim.objects.get(contract=made.contract, reference="C01-T0"),
        files=[Upload("plan.pdf", files.PDF)],
        by=made.people["own provider provider_staff"],
        clock=DATABASE_CLOCK,
    )
    return made


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The name of an empty database on the server of the tests."""
    name = f"test_restored_{os.getpid()}"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield name
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def restored(backup: Path, name: str, evidence: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    """`manage.py restore` as an operator runs it on a new machine."""
    found = connections["owner"].settings_dict
    host = quote(found["HOST"], safe="/")
    urls = {key: f"postgresql://{role}@/{name}?host={host}" for key, role in ROLES.items()}
    command = [sys.executable, "manage.py", "restore", str(backup), *more]
    environ = os.environ | urls | {"EVIDENCE_DIR": str(evidence)}
    return subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True, check=False)


def rows_of(name: str) -> dict[str, object]:
    """Every table's rows as one hash each, but those that no backup keeps."""
    found = connections["owner"].settings_dict
    with psycopg.connect(host=found["HOST"], user="pbr_owner", dbname=name) as session:
        tables = session.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()
        return {
            table: session.execute(
                f"SELECT count(*), md5(string_agg(each::text, '|' ORDER BY each::text)) FROM {table} each"
            ).fetchone()
            for (table,) in tables
            if table not in NOT_KEPT
        }


def altered(backup: Path, *, manifest: Manifest | None = None, without: str = "") -> Path:
    """The backup with another manifest, or without a file."""
    made = backup.with_name("altered.tar")
    with tarfile.open(backup) as before, tarfile.open(made, "w") as after:
        for member in before:
            content = before.extractfile(member)
            assert content is not None
            data = content.read()
            if member.name == MANIFEST and manifest is not None:
                data = manifest.as_text().encode()
                member.size = len(data)
            if member.name != without:
                after.addfile(member, io.BytesIO(data))
    return made


def manifest_of(backup: Path) -> Manifest:
    with tarfile.open(backup) as tar:
        content = tar.extractfile(MANIFEST)
        assert content is not None
        return Manifest.read(content.read().decode())


def test_restored_ledger_is_the_one_that_was_backed_up(here: World, elsewhere: str, tmp_path: Path) -> None:
    """Enciphered, restored elsewhere, every row the same, the check clean; a second time is refused."""
    key = pyrage.x25519.Identity.generate()
    identity = tmp_path / "key.txt"
    identity.write_text(f"# for the safe\n{key}\n")
    backup = make_backup(into=tmp_path / "backups", recipients=[str(key.to_public())])
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [backup.name]
    assert backup.name.endswith(".tar.age")
    assert backup.stat().st_mode & 0o777 == 0o600
    for secret in (b"C01", b"manifest", b"PGDMP", b"%PDF"):
        assert secret not in backup.read_bytes()

    done = restored(backup, elsewhere, tmp_path / "new", "--identity", str(identity))
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 file of evidence, and every chain of the activity log ends as it did then." in done.stdout
    assert done.stdout.endswith("Nothing found.\n")
    assert rows_of(elsewhere) == rows_of(connection.settings_dict["NAME"])
    kept = [path for path in (tmp_path / "new").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [files.PDF]
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600]

    again = restored(backup, elsewhere, tmp_path / "third", "--identity", str(identity))
    assert again.returncode == 1
    assert f"The database {elsewhere} holds " in again.stderr
    assert rows_of(elsewhere) == rows_of(connection.settings_dict["NAME"])
    assert not (tmp_path / "third").exists()


def test_restore_that_fails_halfway_leaves_neither_rows_nor_files(here: World, elsewhere: str, tmp_path: Path) -> None:
    """Where evidence cannot be written no table is loaded, and where a table cannot be made no file stays."""
    backup = make_backup(into=tmp_path / "backups")
    (tmp_path / "file").touch()
    unwritable = restored(backup, elsewhere, tmp_path / "file" / "evidence")
    assert (unwritable.returncode, "Not a directory" in unwritable.stderr) == (1, True)
    assert rows_of(elsewhere) == {}

    found = connections["owner"].settings_dict
    with psycopg.connect(host=found["HOST"], user="pbr_owner", dbname=elsewhere, autocommit=True) as session:
        session.execute("CREATE VIEW jobs_job AS SELECT 1")
    in_the_way = restored(backup, elsewhere, tmp_path / "new")
    assert (in_the_way.returncode, "pg_restore failed" in in_the_way.stderr) == (1, True)
    assert rows_of(elsewhere) == {}
    assert list((tmp_path / "new").iterdir()) == []


def test_chain_ends_in_the_manifest_as_it_does_in_the_ledger(here: World, tmp_path: Path) -> None:
    """The head at the last closing is what both parties' report prints; the chain's own is the manifest's."""
    made = manifest_of(make_backup(into=tmp_path))
    heads = {name: (head.length, head.hash) for name, head in made.heads.items()}
    assert heads == {each.name: (each.length, each.head_hash) for each in AuditStream.objects.all()}
    assert len(made.evidence) == 1


def test_damaged_backup_is_refused_before_anything_is_written(here: World, tmp_path: Path) -> None:
    """A flipped byte, a missing file, a cut file, another file: each by what is wrong, the ledger untouched."""
    backup = make_backup(into=tmp_path)
    made = manifest_of(backup)
    before = rows_of(connection.settings_dict["NAME"])
    content = bytearray(backup.read_bytes())
    content[content.index(b"PGDMP") + 3000] ^= 1
    (tmp_path / "flipped.tar").write_bytes(content)
    (tmp_path / "cut.tar").write_bytes(bytes(content[:9000]))
    (tmp_path / "other.tar").write_bytes(b"not a backup")
    later = replace(made, migrations=(*made.migrations, "cohort.9999_later"))
    for name, said in (
        ("flipped.tar", r"database\.dump is missing or damaged"),
        ("cut.tar", "cannot be opened|is missing or damaged"),
        ("other.tar", "cannot be opened"),
    ):
        with pytest.raises(NotABackup, match=said):
            restore_backup(backup=tmp_path / name)
    evidence = next(iter(made.evidence))
    with pytest.raises(NotABackup, match=rf"evidence/{evidence} is missing or damaged"):
        restore_backup(backup=altered(backup, without=f"evidence/{evidence}"))
    with pytest.raises(NotABackup, match=r"knows more tables: cohort\.9999_later"):
        restore_backup(backup=altered(backup, manifest=later))
    with pytest.raises(NotEmpty, match=r"holds .* tables"):
        restore_backup(backup=backup)
    assert rows_of(connection.settings_dict["NAME"]) == before


def test_archive_with_other_names_is_refused_and_writes_nothing_outside(here: World, tmp_path: Path) -> None:
    backup = make_backup(into=tmp_path / "backups")
    for name in ("../outside", f"{tmp_path}/outside", "evidence/../../outside", "more"):
        (tmp_path / "more.tar").write_bytes(backup.read_bytes())
        with tarfile.open(tmp_path / "more.tar", "a") as tar:
            tar.addfile(tarfile.TarInfo(name))
        with pytest.raises(NotABackup, match="which no backup does"):
            restore_backup(backup=tmp_path / "more.tar")
    assert not (tmp_path / "outside").exists()


def test_enciphered_backup_opens_with_its_own_key_alone(here: World, tmp_path: Path) -> None:
    own, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    backup = make_backup(into=tmp_path, recipients=[str(own.to_public())])
    (tmp_path / "other").write_text(str(other))
    with pytest.raises(NotABackup, match="name the file with the key"):
        restore_backup(backup=backup)
    with pytest.raises(NotABackup, match="cannot be opened with other"):
        restore_backup(backup=backup, identity=tmp_path / "other")


def test_what_is_no_key_is_refused_and_nothing_is_left(here: World, settings: LazySettings, tmp_path: Path) -> None:
    settings.BACKUP_RECIPIENTS = ["age1nonsense"]
    with pytest.raises(CommandError, match="“age1nonsense” is no age public key"):
        call_command("backup", str(tmp_path / "backups"))
    assert not (tmp_path / "backups").exists()


def test_role_for_backups_reads_and_changes_nothing(here: World) -> None:
    where = backup_database()
    assert where["USER"] == "pbr_backup"
    with psycopg.connect(host=where["HOST"], user=where["USER"], dbname=where["NAME"]) as session:
        assert session.execute("SELECT count(*) FROM audit_auditevent").fetchone() != (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("DELETE FROM jobs_job")


def test_missing_rights_are_said_and_nothing_is_left(here: World, settings: LazySettings, tmp_path: Path) -> None:
    settings.DATABASE_BACKUP = dict(backup_database()) | {"USER": "nonesuch"}
    with pytest.raises(BackupError, match="cannot be read as nonesuch"):
        make_backup(into=tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []
