import pytest

from swift_templates.app import PROJECT, render_app
from swift_templates.teams import with_teams
from tests.ios_app.conftest import entries

CURRENT = b"\t\t\t\tCURRENT_PROJECT_VERSION = 1;\n"


def rendered() -> bytes:
    return render_app(entries())[PROJECT]


def chosen(project: bytes, *teams: bytes) -> bytes:
    """The project file with a team in each of the target's configurations, as Xcode writes it, or these in turn."""
    first, second, third = project.split(CURRENT)
    debug, release = [b"\t\t\t\tDEVELOPMENT_TEAM = %s;\n" % team for team in teams or (b"ABCDE12345",) * 2]
    return first + CURRENT + debug + second + CURRENT + release + third


def test_a_team_is_kept_where_xcode_wrote_it() -> None:
    new = rendered().replace(b"CURRENT_PROJECT_VERSION = 1", b"CURRENT_PROJECT_VERSION = 2")
    old = chosen(rendered())
    assert with_teams(rendered(), old) == old
    assert with_teams(new, old) == old.replace(b"CURRENT_PROJECT_VERSION = 1", b"CURRENT_PROJECT_VERSION = 2")


def test_each_configuration_keeps_its_own() -> None:
    old = chosen(rendered(), b"AAAAA11111", b"BBBBB22222")
    assert with_teams(rendered(), old) == old


def test_one_configuration_alone_may_have_one() -> None:
    assert with_teams(rendered(), chosen(rendered(), b"AAAAA11111", b'""')).count(b"AAAAA11111") == 1


@pytest.mark.parametrize("team", [b'""', b"ABCDE1234", b"ABCDE123456", b"abcde12345", b"ABCDE 1234", b'"ABCDE12345"'])
def test_what_is_no_team_is_left_behind(team: bytes) -> None:
    assert with_teams(rendered(), chosen(rendered(), team, team)) == rendered()


def test_another_object_s_team_is_not_the_target_s() -> None:
    project = b"\t\t\t\tALWAYS_SEARCH_USER_PATHS = NO;\n"
    assert project in rendered()
    old = rendered().replace(project, project + b"\t\t\t\tDEVELOPMENT_TEAM = ABCDE12345;\n")
    assert with_teams(rendered(), old) == rendered()


@pytest.mark.parametrize("junk", [b"", b"{}", b"\xff\xfe" * 100, b"DEVELOPMENT_TEAM = ABCDE12345;"])
def test_any_bytes_may_lie_there(junk: bytes) -> None:
    assert with_teams(rendered(), junk) == rendered()
