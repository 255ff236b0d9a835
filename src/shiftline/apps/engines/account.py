"""The unprivileged user that PostgreSQL runs as when Shiftline itself runs as root.

PostgreSQL refuses to run as root. Its server needs no entry in the user database, so a fixed number is enough and nothing
is added to the machine; `initdb` alone looks its user up, and borrows an account that exists, in a folder that only it
and root can enter, before the result is given to the number.
"""

import os
import pwd
import stat
from pathlib import Path

from shiftline.apps.supervisor.child import Account, StartRefusedError

# Below 60000 (Debian's and systemd's own ranges start there) and far above what useradd gives out on one machine.
_FIRST_NUMBER = 58432
_NUMBERS = 16


def choose_account(owned: Path) -> Account | None:
    """Return the account for the database whose files are at `owned`, None when we are not root.

    A folder keeps the number it was made with; a new one takes the first number nobody on this machine has.
    """
    if os.geteuid() != 0:
        return None
    if owned.exists() and owned.stat().st_uid != 0:
        return Account(owned.stat().st_uid, owned.stat().st_gid)
    for number in range(_FIRST_NUMBER, _FIRST_NUMBER + _NUMBERS):
        if not _is_taken(number):
            return Account(number, number)
    message = (
        f"The user numbers {_FIRST_NUMBER} to {_FIRST_NUMBER + _NUMBERS - 1} all belong to people on this machine."
    )
    raise StartRefusedError(message)


def borrowed_account(account: Account) -> Account:
    """Return an existing unprivileged user with the group of `account`, for `initdb`; raises StartRefusedError."""
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0}
    if not known:
        message = (
            "PostgreSQL cannot be set up as root here: the machine's user database has no other user. "
            "Add one (useradd --system shiftline) or run Shiftline as another user."
        )
        raise StartRefusedError(message)
    name = next((name for name in ("daemon", "bin") if name in known), min(known))
    return Account(known[name], account.gid)


def require_known_user() -> None:
    """Raise StartRefusedError when we are a user that `initdb` cannot look up, and not root, who may borrow one."""
    if os.geteuid() != 0 and not _is_taken(os.geteuid()):
        raise StartRefusedError(
            f"This user, number {os.geteuid()}, has no entry in the machine's user database, and PostgreSQL's initdb "
            f"wants one. Run Shiftline as root or as a user with an entry."
        )


def require_open_parents(folder: Path, account: Account) -> None:
    """Raise StartRefusedError when `account` cannot enter the parents of `folder`, naming the one that is closed.

    Parents that do not exist yet are made by us, and need nothing.
    """
    for parent in reversed([parent for parent in folder.parents if parent.exists()]):
        if not _may_traverse(parent.stat(), account):
            raise StartRefusedError(
                f"The data folder {folder} cannot be used: PostgreSQL must not run as root and runs as user number "
                f"{account.uid}, which may not enter {parent} (mode {stat.S_IMODE(parent.stat().st_mode):04o}). "
                f"Choose another folder, for example --data /var/lib/shiftline."
            )


def require_traversable(folder: Path, account: Account) -> None:
    """Let `account` reach `folder`: raises StartRefusedError when a parent is closed to it.

    The data folder is ours: it is opened to the account's group alone. Its parents are not: they are never changed.
    """
    require_open_parents(folder, account)
    if not _may_traverse(folder.stat(), account):
        os.chown(folder, -1, account.gid)
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXGRP)


def is_traversable(folder: Path) -> bool:
    """Say whether a new data folder under the existing `folder` would be accepted."""
    account = choose_account(folder / "postgres")
    return account is None or all(_may_traverse(each.stat(), account) for each in (folder, *folder.parents))


def give(folder: Path, account: Account) -> None:
    """Make `account` the owner of `folder` and all in it."""
    for root, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            os.chown(Path(root, name), account.uid, account.gid, follow_symlinks=False)


def _may_traverse(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _is_taken(number: int) -> bool:
    try:
        pwd.getpwuid(number)
    except KeyError:
        return False
    return True
