"""The import contracts of .importlinter hold, and a breach is seen."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")


def lint(config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--config", config, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_breach__fails_the_contracts(tmp_path):
    config = tmp_path / "contracts"
    shutil.copy(ROOT / ".importlinter", config)
    with config.open("a") as file:
        file.write(
            "\n[importlinter:contract:planted]\nname = planted\ntype = forbidden\n"
            "source_modules = events.wire\nforbidden_modules = events.catalogue\n"
        )
    answer = lint(config)
    assert answer.returncode == 1
    assert "planted BROKEN" in answer.stdout
