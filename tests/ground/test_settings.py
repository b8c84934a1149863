"""Settings: who wins, what is refused, how a file is changed, and where the user's folders are."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo import homes, settings
from mnemo.errors import Invalid, NotFound, Refused, StorageError
from mnemo.settings import KEYS, Settings

LIMIT = "log.default_limit"
IN_FILES = [key for key in KEYS.values() if key.in_files]
IN_ENVIRONMENT = [key for key in KEYS.values() if not key.in_files]
OTHER = {"whole": "33", "number": "2.5", "flag": "false", "text": "basket=shop"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a store's settings."""
    folder = tmp_path / "r" / ".mnemo"
    folder.mkdir(parents=True)
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_environment_wins_over_the_project_over_the_home_over_the_default(
    project: Path, home: Path
) -> None:
    environ = dict(os.environ)
    found = settings.load(str(project), environ)
    assert (found.get(LIMIT).value, found.get(LIMIT).source) == (50, "default")
    write(home / ".mnemo" / "config.toml", "log.default_limit = 10\n")
    assert (found.get(LIMIT).value, found.get(LIMIT).source) == (10, str(home / ".mnemo" / "config.toml"))
    write(project / "config.toml", "[log]\ndefault_limit = 20\n")
    assert (found.get(LIMIT).value, found.get(LIMIT).source) == (20, str(project / "config.toml"))
    environ["MNEMO_LOG_DEFAULT_LIMIT"] = "30"
    assert (found.get(LIMIT).value, found.get(LIMIT).source) == (30, "MNEMO_LOG_DEFAULT_LIMIT")


def test_a_store_that_is_not_believed_has_no_say(project: Path, home: Path) -> None:
    write(project / "config.toml", "log.default_limit = 20\n")
    assert settings.load("", os.environ).whole(LIMIT) == 50


@pytest.mark.parametrize("key", IN_FILES, ids=lambda key: key.name)
def test_each_key_can_be_set_in_a_file_and_in_the_environment(key: settings.Key, project: Path) -> None:
    path = str(project / "config.toml")
    other = key.choices[-1] if key.choices else OTHER[key.kind]
    settings.put(path, key.name, other)
    changed = Settings([path], {}).get(key.name)
    assert changed.value != key.default
    assert changed.source == path
    assert Settings([], {key.variable: other}).get(key.name).value == changed.value
    assert Settings([], {key.variable: ""}).get(key.name).value == key.default
    assert Settings([], {key.variable: "${UNFILLED}"}).get(key.name).value == key.default


@pytest.mark.parametrize("key", IN_ENVIRONMENT, ids=lambda key: key.name)
def test_what_only_the_environment_sets_is_refused_in_a_file(key: settings.Key, project: Path) -> None:
    assert Settings([], {key.variable: "/some/where"}).get(key.name).value == "/some/where"
    with pytest.raises(Refused, match=key.name):
        settings.put(str(project / "config.toml"), key.name, "/some/where")
    assert not (project / "config.toml").exists()


def test_every_setting_is_listed_with_what_it_does(project: Path) -> None:
    listed = settings.load(str(project), os.environ).list_all()
    assert [found.key.name for found in listed] == list(KEYS)
    assert all(found.key.about for found in listed)
    assert len({found.key.variable for found in listed}) == len(listed)


def test_an_unknown_name_is_told_with_its_neighbours() -> None:
    with pytest.raises(NotFound, match="defalt_limit") as caught:
        Settings([], {}).get("log.defalt_limit")
    assert LIMIT in caught.value.fix
    with pytest.raises(NotFound) as caught:
        Settings([], {}).get("auto_rollback")
    assert "health.auto_rollback" in caught.value.fix
    with pytest.raises(NotFound):
        settings.put("/nowhere/config.toml", "quite.another", "1")


def test_a_setting_is_found_by_its_variable_too() -> None:
    assert Settings([], {}).get("MNEMO_LOG_DEFAULT_LIMIT").key.name == LIMIT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (LIMIT, "many"), (LIMIT, "0"), (LIMIT, "-3"), (LIMIT, "1.5"), (LIMIT, "9" * 30), (LIMIT, True),
        ("health.auto_rollback", "maybe"), ("health.auto_rollback", 1),
        ("health.check_interval_hours", "nan"), ("health.check_interval_hours", "-1"),
        ("storage.backup_limit_mb", "inf"), ("storage.backup_limit_mb", False),
        ("hook.stop", "deny"), ("hook.stop", "Ask"), ("hook.stop", True),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_and_nothing_is_written(
    project: Path, name: str, value: settings.Value
) -> None:
    with pytest.raises(Invalid, match=name) as caught:
        settings.put(str(project / "config.toml"), name, value)
    assert "default is" in caught.value.fix
    assert list(project.iterdir()) == []


def test_a_wrong_value_names_its_variable_or_its_file(project: Path) -> None:
    with pytest.raises(Invalid, match="MNEMO_LOG_DEFAULT_LIMIT takes a whole number"):
        Settings([], {"MNEMO_LOG_DEFAULT_LIMIT": "many"}).get(LIMIT)
    write(project / "config.toml", 'log.default_limit = "many"\n')
    with pytest.raises(Invalid, match=r"log.default_limit in .*config.toml takes a whole number.*'many'"):
        settings.load(str(project), os.environ).get(LIMIT)


def test_a_setting_with_fixed_choices_names_them(project: Path) -> None:
    with pytest.raises(Invalid, match='MNEMO_HOOK_STOP takes "" or "off" or "ask", not \'deny\''):
        Settings([], {"MNEMO_HOOK_STOP": "deny"}).get("hook.stop")
    write(project / "config.toml", "hook.stop = true\n")
    with pytest.raises(Invalid, match=r"hook.stop in .*config.toml takes"):
        settings.load(str(project), {}).get("hook.stop")
    assert settings.put(str(project / "config.toml"), "hook.stop", "").value == ""


def test_a_file_that_is_no_toml_is_named_with_the_place(project: Path) -> None:
    write(project / "config.toml", "[log\ndefault_limit = 3\n")
    with pytest.raises(Invalid, match=r"config.toml is no TOML: .*line 1"):
        settings.load(str(project), os.environ).get(LIMIT)
    with pytest.raises(Invalid, match="is no TOML"):
        settings.put(str(project / "config.toml"), LIMIT, 3)
    assert (project / "config.toml").read_text() == "[log\ndefault_limit = 3\n"


def test_what_nobody_reads_is_listed_and_harms_nothing(project: Path) -> None:
    write(project / "config.toml", "[log]\ndefault_limt = 3\n[later]\nthing = 1\n")
    found = settings.load(str(project), os.environ)
    assert found.whole(LIMIT) == 50
    names = [name.split(" (")[0] for name in found.list_unknown()]
    assert names == ["log.default_limt", "later.thing"]


def test_a_changed_file_is_read_again(project: Path) -> None:
    found = settings.load(str(project), os.environ)
    settings.put(str(project / "config.toml"), LIMIT, 7)
    assert found.whole(LIMIT) == 7
    settings.put(str(project / "config.toml"), LIMIT, 8)
    assert found.whole(LIMIT) == 8


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[log]\ndefault_limit = 5\n"),
        ("# mine\n\n", "# mine\n\n\n[log]\ndefault_limit = 5\n"),
        ("[log]\ndefault_limit = 9 # few\n", "[log]\ndefault_limit = 5  # few\n"),
        ("[ log ]\n  default_limit=9\n[x]\ny = 1\n", "[ log ]\n  default_limit= 5\n[x]\ny = 1\n"),
        ("log.default_limit = 9\n[x]\ny = 1\n", "log.default_limit = 5\n[x]\ny = 1\n"),
        ("[log]\n# none yet\n\n[x]\ny = 1", "[log]\n# none yet\ndefault_limit = 5\n\n[x]\ny = 1\n"),
        ("[x]\ndefault_limit = 9\n", "[x]\ndefault_limit = 9\n\n[log]\ndefault_limit = 5\n"),
    ],
)
def test_writing_keeps_every_other_line(project: Path, before: str, after: str) -> None:
    path = project / "config.toml"
    if before:
        write(path, before)
    settings.put(str(path), LIMIT, "5")
    assert path.read_text() == after
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(project.iterdir()) == [path]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "capture = false\n"),
        ("# mine\n\n[log]\nx = 1\n", "# mine\ncapture = false\n\n[log]\nx = 1\n"),
        ("[log]\nx = 1\n", "capture = false\n\n[log]\nx = 1\n"),
        ("capture = true # yes\n[log]\n", "capture = false  # yes\n[log]\n"),
        ("log.x = 1\n[x]\ncapture = 3\n", "log.x = 1\ncapture = false\n[x]\ncapture = 3\n"),
    ],
)
def test_a_setting_without_a_section_is_written_before_the_first_table(
    project: Path, before: str, after: str
) -> None:
    path = project / "config.toml"
    if before:
        write(path, before)
    assert settings.put(str(path), "capture", "no").value is False
    assert path.read_text() == after
    assert settings.load(str(project), {}).flag("capture") is False


def test_a_table_in_the_place_of_a_setting_without_a_section_is_left_as_it_is(project: Path) -> None:
    path = project / "config.toml"
    write(path, "[capture]\nx = 1\n")
    with pytest.raises(Refused, match="sets capture in a form"):
        settings.put(str(path), "capture", "no")
    assert path.read_text() == "[capture]\nx = 1\n"


@pytest.mark.parametrize(
    "text", ["log = { default_limit = 9 }\n", "log = 3\n", '["log"]\ndefault_limit = 9\n']
)
def test_a_form_without_a_line_of_its_own_is_left_as_it_is(project: Path, text: str) -> None:
    path = project / "config.toml"
    write(path, text)
    with pytest.raises(Refused, match="log in a form") as caught:
        settings.put(str(path), LIMIT, 5)
    assert "log.default_limit = 5" in caught.value.fix
    assert path.read_text() == text


@given(
    st.lists(
        st.sampled_from(
            [
                "[log]",
                "default_limit = 4",
                "# [log]",
                "[x]",
                "log.x = 1",
                "text = '''",
                "'''",
                "a = [",
                "]",
                "",
                "k = 1",
            ]
        ),
        max_size=8,
    )
)
def test_writing_changes_this_setting_and_nothing_else_or_refuses(lines: list[str]) -> None:
    folder = Path(os.environ["TMPDIR"])
    path = folder / "config.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    before = path.read_bytes()
    try:
        settings.put(str(path), LIMIT, 5)
    except (Invalid, Refused):
        assert path.read_bytes() == before
    else:
        after = tomllib.loads(path.read_text())
        assert after["log"].pop("default_limit") == 5
        kept = tomllib.loads(before.decode())
        kept.setdefault("log", {}).pop("default_limit", None)
        assert after == kept


def test_a_linked_file_stays_a_link(project: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere.toml", "# kept elsewhere\n")
    (project / "config.toml").symlink_to(tmp_path / "elsewhere.toml")
    settings.put(str(project / "config.toml"), LIMIT, 5)
    assert (project / "config.toml").is_symlink()
    assert (tmp_path / "elsewhere.toml").read_text().endswith("[log]\ndefault_limit = 5\n")


def test_a_pipe_in_a_files_place_keeps_nobody_waiting(project: Path) -> None:
    os.mkfifo(project / "config.toml")
    assert settings.load(str(project), os.environ).whole(LIMIT) == 50


def test_a_file_that_cannot_be_written_is_said(project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        settings.put(str(tmp_path / "file" / "config.toml"), LIMIT, 5)


def test_the_users_folders_lie_in_the_home(home: Path) -> None:
    environ = {"HOME": str(home)}
    assert homes.home(environ) == str(home)
    assert homes.home_folder(environ) == f"{home}/.mnemo"
    assert homes.global_store(environ) == f"{home}/.mnemo/global/mnemo.db"
    assert homes.backups_root(environ) == f"{home}/.mnemo/backups"
    assert homes.registry_path(environ) == f"{home}/.mnemo/projects.json"


def test_folders_can_be_chosen(home: Path, tmp_path: Path) -> None:
    chosen = {"HOME": str(home), "MNEMO_GLOBAL": f"{tmp_path}/g", "MNEMO_BACKUPS": "~/copies"}
    assert homes.global_store(chosen) == f"{tmp_path}/g/mnemo.db"
    assert homes.backups_root(chosen) == f"{home}/copies"
    assert homes.global_store({**chosen, "MNEMO_GLOBAL": "mine/own.db"}) == f"{home}/mine/own.db"
    assert homes.global_store({**chosen, "MNEMO_GLOBAL": "${HOME}/g"}) == f"{home}/.mnemo/global/mnemo.db"


@pytest.mark.parametrize("home", ["/nonexistent/home", "relative", "/dev/null"], indirect=False)
def test_a_home_that_is_none_is_never_made(home: str) -> None:
    environ = {"HOME": home}
    assert homes.home(environ) == ""
    assert homes.global_store(environ) == homes.backups_root(environ) == homes.registry_path(environ) == ""
    assert homes.backups_root({**environ, "MNEMO_BACKUPS": "~/x"}) == ""
    assert settings.load("", environ).whole(LIMIT) == 50


def test_without_the_variable_the_system_tells_the_home() -> None:
    import pwd

    assert homes.home({}) in ("", pwd.getpwuid(os.getuid()).pw_dir)


def test_toml_is_loaded_only_where_a_file_is(project: Path) -> None:
    program = (
        "import sys; from mnemo import settings\n"
        "settings.load(sys.argv[1], {'HOME': '/nonexistent'}).list_all()\n"
        "print('tomllib' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(project)], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"


def test_a_table_of_names_is_read_from_the_users_own_file_alone(project: Path, home: Path) -> None:
    found = settings.load(str(project), os.environ)
    assert found.table("executors") == {}
    write(project / "config.toml", '[executors.evil]\nmax_risk = "high"\n')
    write(home / ".mnemo" / "config.toml", '[executors.codex]\nkinds = ["bugfix"]\n')
    assert found.table("executors") == {"codex": {"kinds": ["bugfix"]}}
    assert found.list_unknown() == [f"executors.evil.max_risk ({project / 'config.toml'})"]
    write(home / ".mnemo" / "config.toml", "executors = 3\n")
    with pytest.raises(Invalid, match=r"executors in .* is no table"):
        found.table("executors")


def test_without_a_home_there_is_no_table(project: Path) -> None:
    assert Settings([str(project / "config.toml")], {"HOME": "/nonexistent"}).table("executors") == {}
