"""The rules of the house that no linter knows. `docs/architecture.md` says what they are for."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.test import Client

from config.local.places import ROOT
from tests import code

FILE_LINES = 300
FUNCTION_LINES = 30
VIEW_STATEMENTS = 8
FOLDER_NAMES = 20

TRACES = ("audit.record", "repository.publish", "access.open_record", "consortium.propose")
"""What a service leaves behind, so that an auditor can find it."""

WITHOUT_TRACE: dict[str, str] = {
    "seen": "says each minute that somebody is at the keyboard; no act of hers",
    "note_browser": "says where the session lives; the sign-in or the choice of post beside it is recorded",
    "open_page": "diagnostics.open_reading opens and records",
    "search": "emr.index.search records the search",
    "check_waiting": "each verification records its own outcome",
    "text_patient": "consortium.text records what it queues",
    "stir": "tells open pages to look again; nothing is kept",
    "attend": "a look that is remembered for minutes; opening a record is recorded where it is opened",
    "show": "tells open pages to look again; the step itself is recorded",
}
"""Services that leave no audit row, each with its reason."""

NOT_ATOMIC: dict[str, str] = {
    "load_people": "each batch is a transaction of its own",
    "opened": "what it wrote is committed when it returns, whatever the caller does then",
    "watch": "each rule is a transaction of its own",
    "check_waiting": "each verification is a transaction of its own",
    "send_texts": "an exchange with the gateway: taken, sent and answered apart",
    "carry_messages": "an exchange with hospitals outside: committed, sent and answered apart",
    "advance_due": "an exchange with the insurance centre: committed, sent and answered apart",
}
"""Services that are no transaction, each with its reason."""

EDGES = ("views", "api", "forms", "tasks", "handlers")
ROOMS = (
    "choices",
    "models",
    "policies",
    "fhir",
    "events",
    "selectors",
    "services",
    "forms",
    "tasks",
    "handlers",
    "views",
)
WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}

PUBLIC = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/signin/",
    "/signin/passkey/",
    "/oauth/token",
    "/fhir/metadata",
    "/api/schema/",
    "/api/docs/",
    f"/verify/{code.SAMPLES[0]}",
    "/fhir/.well-known/smart-configuration",
}
"""What a stranger may reach. Everything else asks who she is."""
CLOSED = {302, 401, 403, 405}

INLINE = re.compile(
    r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|\shx-on\b|javascript:"""
    r"""|<script\b(?![^>]*\bsrc=)(?![^>]*application/json)""",
    re.IGNORECASE,
)
SILENCED = re.compile(
    r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w,\s-]+\])?)\s*$"
)
"""A silenced rule with nothing behind it; a reason follows on the same line."""


def of(path: Path, function: code.AnyFunction) -> str:
    return f"{code.name(path)}:{function.lineno} {function.name}"


# -- sizes ------------------------------------------------------------------------------------------------------


def test_files_stay_readable():
    sources = [path for pattern in ("**/*.py", "**/*.html") for path in code.files(pattern)]
    sources += [*(ROOT / "tests").glob("**/*.py"), *(ROOT / "frontend" / "src").glob("**/*.ts")]
    sizes = {code.name(path): len(path.read_text().splitlines()) for path in sources}
    assert {name: size for name, size in sizes.items() if size > FILE_LINES} == {}


def test_functions_stay_readable():
    lengths = {
        of(path, each): code.length(each) for path in code.files("**/*.py") for each in code.functions(path)
    }
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}


def test_a_room_that_is_split_is_a_folder():
    """No forms beside the forms: a newcomer finds the room by its one name."""
    beside = re.compile(rf"_(?:{'|'.join(ROOMS)})\.py$")
    assert [code.name(path) for path in code.files("**/*.py") if beside.search(path.name)] == []


def test_a_folder_is_read_at_a_glance():
    """Over the budget there are nouns hidden in it: folders of the room, one level deep."""
    rooms = code.folders(*ROOMS)
    nouns = [each for room in rooms for each in code.nouns(room)]
    sizes = {code.name(folder): len(code.held(folder)) for folder in (*rooms, *nouns)}
    assert {name: size for name, size in sizes.items() if size > FOLDER_NAMES} == {}
    assert [code.name(folder) for folder in nouns if code.nouns(folder)] == []


def test_a_test_is_found_beside_its_room():
    """An app's tests lie in a folder for each noun of its services; above them stands what crosses nouns."""
    for app in code.APPS:
        tests, known = ROOT / "tests" / app, {noun.name for noun in code.nouns(ROOT / app / "services")}
        assert not known or {noun.name for noun in code.nouns(tests)} == known
        assert not known or len(list(tests.glob("test_*.py"))) <= FOLDER_NAMES


def test_a_room_grouped_by_noun_is_a_map_of_itself():
    """Its docstring names each folder, the folder's each module, and nothing that is gone."""
    grouped = [room for room in code.folders(*ROOMS) if code.nouns(room)]
    maps = {
        each: code.named(each) ^ code.held(each) for room in grouped for each in (room, *code.nouns(room))
    }
    assert {code.name(folder): wrong for folder, wrong in maps.items() if wrong} == {}


def test_the_nouns_of_a_room_have_arrows():
    """Every grouped room has its layers in `lint-imports`, whole: no folder imports another in a circle."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    held = {room for each in contracts if each.get("exhaustive") for room in each["containers"]}
    grouped = {".".join(room.relative_to(ROOT).parts) for room in code.folders(*ROOMS) if code.nouns(room)}
    assert held == grouped


def test_views_only_parse_call_and_render():
    counts = {
        of(path, each): code.statements(each) for path in code.rooms("views") for each in code.functions(path)
    }
    assert {name: count for name, count in counts.items() if count > VIEW_STATEMENTS} == {}


# -- services ---------------------------------------------------------------------------------------------------


def services() -> list[tuple[Path, code.AnyFunction]]:
    """Every verb an app offers: the functions of services.py, or what services/__init__.py hands out."""
    verbs = []
    for path in code.rooms("services"):
        room = code.room_of(path, "services")
        offered = code.offered(room / "__init__.py") if room else None
        for each in code.public_functions(path):
            if offered is None or each.name in offered:
                verbs.append((path, each))
    return [(path, each) for path, each in verbs if "config" not in path.parts]


def test_services_take_keywords_and_say_who_acts():
    wrong = [
        of(path, each)
        for path, each in services()
        if each.args.args or each.args.posonlyargs or [arg.arg for arg in each.args.kwonlyargs][:1] != ["by"]
    ]
    assert wrong == []


def test_services_are_atomic():
    wrong = [
        of(path, each)
        for path, each in services()
        if not {"transaction.atomic", "joined", "at_once"} & (code.decorators(each) | code.called(each))
    ]
    assert [verb for verb in wrong if verb.partition(" ")[2] not in NOT_ATOMIC] == []


def _trace(path: Path, function: code.AnyFunction, seen: set[str]) -> bool:
    """Whether a trace is left here or in a function of the same services room that is called from here."""
    calls = code.called(function)
    if any(call.endswith(TRACES) for call in calls):
        return True
    folder = code.room_of(path, "services")
    room = folder.rglob("*.py") if folder else [path]
    known = {each.name: (at, each) for at in room for each in code.functions(at)}
    nearby = {call.rpartition(".")[2] for call in calls} & known.keys() - seen
    return any(_trace(*known[name], seen | nearby) for name in nearby)


def test_services_leave_a_trace():
    wrong = [of(path, each) for path, each in services() if not _trace(path, each, {each.name})]
    assert [name for name in wrong if name.partition(" ")[2] not in WITHOUT_TRACE] == []


# -- edges ------------------------------------------------------------------------------------------------------


def _reaches_around_services(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}:
        return True
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES


def test_edges_never_touch_a_table():
    wrong = [
        f"{code.name(path)}:{node.lineno}"
        for path in code.rooms(*EDGES)
        for node in ast.walk(code.tree(path))
        if _reaches_around_services(node)
    ]
    assert wrong == []


def test_imports_stand_at_the_top_or_say_why_not():
    wrong = []
    for path in code.files("**/*.py"):
        lines = path.read_text().splitlines()
        for function in code.functions(path):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom) and "lazy: " not in lines[node.lineno - 1]:
                    wrong.append(f"{code.name(path)}:{node.lineno}")
    assert sorted(set(wrong)) == []


def test_a_silenced_rule_says_why():
    wrong = [
        f"{code.name(path)}:{number}"
        for path in code.files("**/*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if SILENCED.search(line)
    ]
    assert wrong == []


# -- addresses and templates ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_stranger_gets_nowhere():
    stranger = Client(raise_request_exception=False)
    answers = {
        f"{method} {address.route}": getattr(stranger, method.lower())(address.path).status_code
        for address in code.addresses()
        if address.path not in PUBLIC
        for method in ("GET", "POST")
    }
    assert {at: status for at, status in answers.items() if status not in CLOSED} == {}


def named_in_templates() -> list[tuple[str, str]]:
    tag = re.compile(r"""\{%\s*url\s+["']([\w:-]+)["']""")
    return [(code.name(path), name) for path in code.templates() for name in tag.findall(path.read_text())]


def named_in_python() -> list[tuple[str, str]]:
    calls = {"reverse", "reverse_lazy", "redirect", "resolve_url"}
    return [
        (f"{code.name(path)}:{node.lineno}", node.args[0].value)
        for path in code.files("**/*.py")
        for node in ast.walk(code.tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in calls and node.args
        if isinstance(node.args[0], ast.Constant) and ":" in str(node.args[0].value)
    ]


def test_every_named_address_exists():
    known = {address.name for address in code.addresses()}
    named = named_in_templates() + named_in_python()
    assert [(where, name) for where, name in named if name not in known] == []


def test_templates_hold_no_inline_script_or_style():
    wrong = [
        f"{code.name(path)}:{number}: {found[0].strip()}"
        for path in code.templates()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for found in INLINE.finditer(line)
    ]
    assert wrong == []
