"""Which file system a store lies on, told from real mount tables."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.store.filesystem import is_safe, kind, parse_mounts

LAPTOP = r"""22 1 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw
23 1 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
24 1 0:6 / /dev rw,nosuid shared:2 - devtmpfs udev rw,size=8052284k,nr_inodes=2013071,mode=755
28 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw,errors=remount-ro
29 28 259:1 / /boot/efi rw,relatime shared:31 - vfat /dev/nvme0n1p1 rw,fmask=0077
30 28 0:26 / /tmp rw,nosuid,nodev shared:15 - tmpfs tmpfs rw
31 28 253:0 / /home rw,relatime shared:33 - btrfs /dev/mapper/home rw,ssd,subvol=/@home
40 31 0:52 / /home/ada/remote rw,nosuid,nodev,relatime shared:200 - fuse.sshfs ada@host: rw,user_id=1000
41 31 0:53 / /home/ada/My\040Share rw,relatime shared:201 - cifs //server/share rw,vers=3.1.1
42 31 0:54 / /home/ada/tab\011and\134slash rw,relatime shared:202 - nfs4 server:/export rw,vers=4.2
43 28 0:55 / /net rw,relatime shared:203 - autofs systemd-1 rw,fd=50
44 43 0:56 / /net/files rw,relatime shared:204 - nfs server:/files rw,vers=3
45 28 8:1 / /media/ada/stick rw,nosuid shared:205 - fuseblk /dev/sda1 rw,allow_other
"""
# The root's line is not the first, and its parent is not listed.
CONTAINER = r"""1337 1336 0:106 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/x
1338 1337 0:109 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
1400 1337 254:1 /docker/volumes/code/_data /code rw,relatime master:1 - ext4 /dev/vda1 rw,discard
1401 1337 0:44 / /host_mark/Users rw,relatime - fuse.grpcfuse grpcfuse rw,user_id=0,group_id=0
1402 1337 0:45 /ada/src /src rw,relatime - virtiofs virtiofs0 rw
1403 1337 254:1 /docker/containers/1/hosts /etc/hosts rw,relatime - ext4 /dev/vda1 rw,discard
"""
WSL = r"""55 63 8:32 / / rw,relatime - ext4 /dev/sdc rw,discard,errors=remount-ro,data=ordered
70 55 0:64 / /mnt/c rw,noatime - 9p C:\134 rw,dirsync,aname=drvfs;path=C:\;uid=1000;gid=1000,mmap
71 55 0:65 / /mnt/wsl rw,relatime shared:1 - tmpfs none rw
"""
VIRTUAL_MACHINE = r"""20 0 8:1 / / rw - xfs /dev/sda1 rw
21 20 0:50 / /vagrant rw,nodev,relatime - vboxsf vagrant rw,iocharset=utf8,uid=1000
22 20 0:51 / /afs rw,relatime - afs AFS rw
23 20 0:52 / /scratch rw - lustre 10.0.0.1@tcp:/scratch rw,flock
"""
# A folder is mounted, then something within it, then another file system over the folder: the last one shows.
HIDDEN = r"""1 0 8:1 / / rw - ext4 /dev/sda1 rw
2 1 8:2 / /data rw - xfs /dev/sdb1 rw
3 2 0:60 / /data/share rw - nfs4 server:/share rw
4 2 8:3 / /data rw - btrfs /dev/sdc1 rw
5 1 0:61 / /early/inner rw - nfs4 server:/inner rw
6 1 0:62 / /early rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("table", "path", "expected", "safe"),
    [
        (LAPTOP, "/", "ext4", True),
        (LAPTOP, "/srv/project/.mnemo/mnemo.db", "ext4", True),
        (LAPTOP, "/tmp/project/.mnemo/mnemo.db", "tmpfs", True),
        (LAPTOP, "/home/ada/project", "btrfs", True),
        (LAPTOP, "/homes/ada", "ext4", True),
        (LAPTOP, "/home/ada/remote", "fuse.sshfs", False),
        (LAPTOP, "/home/ada/remote/project/.mnemo", "fuse.sshfs", False),
        (LAPTOP, "/home/ada/remote-not", "btrfs", True),
        (LAPTOP, "/home/ada/My Share/project", "cifs", False),
        (LAPTOP, "/home/ada/tab\tand\\slash/project", "nfs4", False),
        (LAPTOP, "/net/files/project", "nfs", False),
        (LAPTOP, "/media/ada/stick/project", "fuseblk", False),
        (CONTAINER, "/srv/project", "overlay", True),
        (CONTAINER, "/code/project", "ext4", True),
        (CONTAINER, "/host_mark/Users/ada/project", "fuse.grpcfuse", False),
        (CONTAINER, "/src/project", "virtiofs", False),
        (CONTAINER, "/etc/hosts", "ext4", True),
        (CONTAINER, "/etc", "overlay", True),
        (WSL, "/home/ada/project", "ext4", True),
        (WSL, "/mnt/c/Users/ada/project", "9p", False),
        (VIRTUAL_MACHINE, "/vagrant", "vboxsf", False),
        (VIRTUAL_MACHINE, "/afs/example.com/user/ada", "afs", False),
        (VIRTUAL_MACHINE, "/scratch/ada", "lustre", False),
        (VIRTUAL_MACHINE, "/var/project", "xfs", True),
        (HIDDEN, "/data/share/project", "btrfs", True),
        (HIDDEN, "/early/inner/project", "tmpfs", True),
        ("", "/anywhere", "", True),
    ],
)
def test_the_file_system_of_a_path_is_told(table: str, path: str, expected: str, safe: bool) -> None:
    assert kind(path, table) == expected
    assert is_safe(kind(path, table)) is safe


@pytest.mark.parametrize("name", ["apfs", "hfs", "zfs", "ext2", "f2fs", "bcachefs", "ramfs", "exfat", ""])
def test_local_file_systems_are_safe(name: str) -> None:
    assert is_safe(name)


@pytest.mark.parametrize(
    "name", ["smb3", "smbfs", "fuse", "fuse.rclone", "fuse.s3fs", "drvfs", "ceph", "prl_fs"]
)
def test_remote_file_systems_are_not_safe(name: str) -> None:
    assert not is_safe(name)


def test_a_line_that_is_none_is_left_out() -> None:
    assert parse_mounts("nothing\n1 2 - ext4\n\n1 0 8:1 / / rw - xfs /dev/sda1 rw\n") == [(1, 0, "/", "xfs")]


@given(st.text(), st.text())
def test_any_text_can_be_read_as_a_mount_table(table: str, path: str) -> None:
    assert isinstance(kind(path, table), str)


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 2, st.sampled_from(["/", "/a", "/a/b"])), max_size=8))
def test_mounts_that_lie_upon_each_other_in_a_circle_end(rows: list[tuple[int, int, str]]) -> None:
    table = "".join(f"{number} {parent} 8:1 / {point} rw - ext4 x rw\n" for number, parent, point in rows)
    assert kind("/a/b/c", table) in ("ext4", "")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_the_file_system_here_is_told(tmp_path: Path) -> None:
    os.symlink("/proc", tmp_path / "link")
    assert kind(str(tmp_path)) != ""
    assert kind("/proc/self") == kind(str(tmp_path / "link")) == "proc"
    assert kind(str(tmp_path / "not" / "yet")) == kind(str(tmp_path))
