"""Child processes: logs, ends, ports."""

import signal
import sys
import threading

import pytest

from local import ports
from local.children import on_free_port, ready, run, spawn
from local.errors import PartError
from local.progress import Progress


async def test_spawn__prints_into_its_log_after_what_was_there(tmp_path):
    log = tmp_path / "log"
    log.write_text("before\n")
    child = await spawn("echo", "echo", "now", log=log)
    await child.process.wait()
    assert log.read_text() == "before\nnow\n"
    assert child.said() == "now\n"


async def test_spawn__a_program_that_is_not_there_says_so_in_its_log(tmp_path):
    child = await spawn("nothing", "no-such-program", log=tmp_path / "log")
    assert await child.process.wait() == 1
    assert "No such file" in child.last_words(1)


async def test_spawn__only_in_the_main_thread_whose_end_would_end_the_child(tmp_path):
    refusals = []

    def elsewhere():
        try:
            spawn("echo", "echo", log=tmp_path / "log").send(None)
        except RuntimeError as error:
            refusals.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(refusals) == 1


async def test_run__a_failure_comes_with_its_last_words(tmp_path):
    with pytest.raises(PartError, match=r"it failed \(exit status 3\): the reason"):
        await run("it", "sh", "-c", "echo the reason; exit 3", log=tmp_path / "log")


async def test_stop__kills_what_does_not_listen(tmp_path):
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    child = await spawn("deaf", sys.executable, "-c", deaf, log=tmp_path / "log")
    with Progress().step("deaf") as step:
        await ready(child, lambda: has_said(child, "deaf"), step, 5)
    await child.stop(within=0.05)
    assert child.process.returncode == -signal.SIGKILL


async def test_stop__wakes_what_is_frozen(tmp_path):
    child = await spawn("sleeper", "sleep", "60", log=tmp_path / "log")
    child.process.send_signal(signal.SIGSTOP)
    await child.stop()
    assert child.process.returncode == -signal.SIGTERM


async def has_said(child, words: str) -> bool:
    return words in child.said()


async def never() -> bool:
    return False


async def test_ready__what_ends_first_is_told_with_its_last_words(tmp_path):
    child = await spawn("it", "sh", "-c", "echo the reason; exit 3", log=tmp_path / "log")
    with Progress().step("it") as step, pytest.raises(PartError, match=r"(?s)exit status 3.*the reason"):
        await ready(child, never, step, 5)


async def test_ready__what_takes_too_long_is_killed(tmp_path):
    child = await spawn("it", "sleep", "60", log=tmp_path / "log")
    with Progress().step("it") as step, pytest.raises(PartError, match="did not answer in time"):
        await ready(child, never, step, 0.05)
    assert child.ended


async def test_on_free_port__a_port_lost_between_choice_and_bind_is_chosen_anew(tmp_path):
    tried: list[int] = []

    async def launch(port: int):
        tried.append(port)
        if len(tried) < 3:
            raise PartError("it ended: Address already in use")
        return await spawn("it", "true", log=tmp_path / "log")

    port, child = await on_free_port(launch, "Address already in use")
    await child.process.wait()
    assert len(tried) == 3
    assert port == tried[-1]


async def test_on_free_port__another_failure_is_not_tried_again():
    async def launch(_port: int):
        raise PartError("it ended: no space left")

    with pytest.raises(PartError, match="no space left"):
        await on_free_port(launch, "Address already in use")


def test_free_each__gives_no_port_twice():
    wanted = ports.free()
    given = ports.free_each([wanted, wanted, 0])
    assert given[0] == wanted
    assert len(set(given)) == 3
