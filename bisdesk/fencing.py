"""What an operator is told about the fence: by ticks, by the doctor, and by whoever asks whether all is well."""

from __future__ import annotations

from pathlib import Path

from bisdesk.bootstrap import Installation
from workflow.fence import Stand, Standing

NEXT = "bisdesk restore reconcile"
SAID = {
    Standing.FENCED: "This database was restored from a backup: messages have left since that it does not know. Nothing is sent "
    f"and nothing is registered until you have run {NEXT}.",
    Standing.MISSING: "There is no send journal in {folder}, though this database has sent before; a new one begins at the next "
    "message. On a new host that is right; otherwise mount or mend the folder first, for without it a restored backup sends again.",
}


def stand_of(app: Installation) -> Stand:
    """How the database stands to its journal; reads only. Raises: Unavailable."""
    with app.unit_of_work() as uow:
        return app.fence.stand(uow)


def problem_of(app: Installation, standing: Standing) -> str | None:
    """One sentence with the next step; None where all is well."""
    said = SAID.get(standing)
    return said.format(folder=app.settings.journal_dir) if said else None


def in_backup(app: Installation) -> bool:
    """Whether the journal lies in the folder of the database, where a copy of the folder takes both back at once."""
    url = app.settings.database_url
    if not url.startswith("sqlite:///"):
        return False
    database, folder = url.removeprefix("sqlite:///"), app.settings.journal_dir.resolve()
    return bool(database) and folder.is_relative_to(Path(database).resolve().parent)
