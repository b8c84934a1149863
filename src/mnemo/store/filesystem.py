"""The file system that a store lies on: whether its locks and shared memory are to be trusted; private files.

SQLite's write-ahead log needs all processes to share memory on one host (sqlite.org/wal.html), and no journal
is safe where locks are not (sqlite.org/lockingv3.html, "How To Corrupt").
"""

from __future__ import annotations

import os
import stat

from mnemo.errors import StorageError
from mnemo.light import NamedTuple, expression

MOUNTINFO = "/proc/self/mountinfo"
# Network and cluster file systems, and folders that a host shares with the system it runs.
UNSAFE = frozenset(
    "nfs nfs3 nfs4 cifs smb smb2 smb3 smbfs ncpfs afs auristorfs coda davfs ceph lustre gpfs beegfs ocfs2"
    " gfs gfs2 glusterfs orangefs pvfs2 9p virtiofs vboxsf vmhgfs prl_fs drvfs lxfs osxfs fakeowner"
    " autofs".split()
)
_ESCAPE = expression(r"\\([0-7]{3})")


Identity = tuple[int, int]


def identity(path: str) -> Identity | None:
    """Return what tells a file from another of its name: device and inode; None where it is none or empty."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found.st_size else None


def size_of(path: str) -> int:
    """Return how many bytes a store's file and its log have together; 0 where there is none."""
    total = 0
    for name in (path, path + "-wal"):
        try:
            total += os.stat(name).st_size
        except OSError:
            continue
    return total


class Mount(NamedTuple):
    """One line of mountinfo (proc_pid_mountinfo(5)).

    Args:
        number: its id.
        parent: id of the mount it lies upon.
        point: where, as seen by this process.
        kind: type of the file system, with a subtype after a dot.
    """

    number: int
    parent: int
    point: str
    kind: str


def kind(path: str, mountinfo: str | None = None) -> str:
    """Return the type of the file system a path lies on, such as ext4, nfs4 or fuse.sshfs.

    Args:
        path: need not exist.
        mountinfo: text as in /proc/self/mountinfo; left out, that file is read.

    Returns:
        the type; empty when it cannot be told, as on macOS.
    """
    if mountinfo is None:
        try:
            with open(MOUNTINFO, encoding="utf-8", errors="surrogateescape") as file:
                mountinfo = file.read()
        except OSError:
            return ""
        path = os.path.realpath(path)
    above = [mount for mount in parse_mounts(mountinfo) if _holds(mount.point, path)]
    return _visible(above)


def is_safe(kind: str) -> bool:
    """Tell whether a store may use a write-ahead log on a file system.

    Args:
        kind: its type; an unknown one counts as local, every FUSE as remote.
    """
    return kind not in UNSAFE and kind.partition(".")[0] not in ("fuse", "fuseblk")


def parse_mounts(mountinfo: str) -> list[Mount]:
    """Parse lines of mountinfo; a line that is none is left out.

    Args:
        mountinfo: the text; blanks, tabs, line ends and backslashes in a name are three octal digits.
    """
    mounts: list[Mount] = []
    for line in mountinfo.split("\n"):
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(" "), after.split(" ")
        if len(fields) >= 6 and kinds[0] and fields[0].isdigit() and fields[1].isdigit():
            mounts.append(Mount(int(fields[0]), int(fields[1]), _plain(fields[4]), kinds[0]))
    return mounts


def _visible(above: list[Mount]) -> str:
    """Walk down from the outermost mount as the kernel does: what is mounted later hides what lies below."""
    known = {mount.number for mount in above}
    reached = [mount for mount in above if mount.parent not in known or mount.parent == mount.number]
    kind, seen = "", set[int]()
    while reached:
        here = min(reached, key=lambda mount: len(mount.point))
        kind = here.kind
        seen.add(here.number)
        reached = [mount for mount in above if mount.parent == here.number and mount.number not in seen]
    return kind


def _holds(point: str, path: str) -> bool:
    return point == "/" or path == point or path.startswith(point + "/")


def _plain(name: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 8)), name)


def make_folder(folder: str) -> None:
    """Make a folder that only its owner can read and that git ignores.

    Raises:
        StorageError: it cannot be made.
    """
    if os.path.isdir(folder):
        return
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        os.chmod(folder, stat.S_IRWXU)
        if os.path.basename(folder) == ".mnemo":
            ignore = os.path.join(folder, ".gitignore")
            with open(ignore, "w", encoding="ascii", opener=private_opener) as file:
                file.write("*\n")
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be made: {error.strerror}.", "Check its permissions, then try again."
        ) from None


def private_opener(path: str, flags: int) -> int:
    """Open a file so that only its owner can read it, whatever the umask."""
    return os.open(path, flags | os.O_CLOEXEC, 0o600)
