"""The house keeps its sizes: files, functions (style.md, Size)."""

import ast
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for part in ("libs", "services", "deploy", "examples") for path in (ROOT / part).rglob("src/**/*.py")
)

FILE_MEDIAN, FILE_MOST, FILE_NONE_ABOVE = 90, 250, 400
FUNCTION_MEDIAN, FUNCTION_MOST, FUNCTION_NONE_ABOVE = 8, 35, 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


def body_lines(function: Function) -> int:
    """Count the lines of a function without its signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


def functions(tree: ast.AST) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def breaches(sizes: dict[str, int], middle: int, most: int, none_above: int) -> list[str]:
    """Name what is too large: the median, the 95th percentile, the single one."""
    values = list(sizes.values())
    found = [
        f"{name}: {size} lines, none above {none_above}" for name, size in sizes.items() if size > none_above
    ]
    if median(values) > middle:
        found.append(f"median {median(values)} above {middle}")
    if quantiles(values, n=20)[-1] > most:
        large = sorted(sizes, key=lambda name: -sizes[name])[: max(1, len(sizes) // 20)]
        found.append(f"95 % line {quantiles(values, n=20)[-1]} above {most}; the largest: {large}")
    return found


def test_files__keep_their_sizes():
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCES}
    assert (
        breaches(
            {name: size for name, size in sizes.items() if size > 1}, FILE_MEDIAN, FILE_MOST, FILE_NONE_ABOVE
        )
        == []
    )


def test_functions__keep_their_sizes():
    sizes = {
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}": body_lines(function)
        for path in SOURCES
        for function in functions(ast.parse(path.read_text()))
    }
    assert breaches(sizes, FUNCTION_MEDIAN, FUNCTION_MOST, FUNCTION_NONE_ABOVE) == []


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"a": 1, "b": 500}, "none above 400"),
        (dict.fromkeys("abc", 100), "median 100 above 90"),
        ({str(n): 10 if n < 90 else 300 for n in range(100)}, "95 % line"),
    ],
)
def test_a_breach__is_named(sizes, said):
    assert any(said in line for line in breaches(sizes, FILE_MEDIAN, FILE_MOST, FILE_NONE_ABOVE))


def test_signature_and_docstring__do_not_count():
    source = 'def f(\n    a,\n    b,\n):\n    """Say.\n\n    More.\n    """\n    c = a\n    return c\n'
    assert body_lines(functions(ast.parse(source))[0]) == 2
