"""Processes that a folder remembers, so that any later call can end exactly those and no others."""

import ctypes
import json
import os
import signal
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1


def start_time(pid):
    """When the kernel started the process, in clock ticks since boot; None where it has ended. Tells a process from a
    later one of the same id."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


class Processes:
    """What was started for `folder`: logs stand in folder/log/NAME.log, ids in folder/processes.json."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.record = self.folder / "processes.json"
        self.children = []

    def read(self):
        return json.loads(self.record.read_text()) if self.record.exists() else []

    def start(self, name, command, outlive=False):
        """Starts one in a session of its own. Unless it may `outlive` us, the kernel ends it when we end, however."""
        def before():
            if not outlive:
                ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

        (self.folder / "log").mkdir(exist_ok=True)
        with open(self.folder / "log" / f"{name}.log", "ab") as log:
            child = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                     start_new_session=True, preexec_fn=before, cwd=self.folder)
        self.children.append(child)
        entry = {"name": name, "pid": child.pid, "started": start_time(child.pid)}
        self.record.write_text(json.dumps(self.read() + [entry]))
        return child

    def alive(self):
        return [entry for entry in self.read() if start_time(entry["pid"]) == entry["started"] is not None]

    def stop(self, name=None, grace_s=5):
        """Ends all, or the one of that name, the latest first; kills what does not end in time. Without grace: at once,
        for what leaves nothing that anybody reads."""
        going = [entry for entry in reversed(self.alive()) if name in (None, entry["name"])]
        for number in (signal.SIGTERM, signal.SIGKILL) if grace_s else (signal.SIGKILL,):
            for entry in going:
                if start_time(entry["pid"]) == entry["started"]:
                    os.kill(entry["pid"], number)
            ends = time.monotonic() + (grace_s or 5)
            while time.monotonic() < ends and any(start_time(e["pid"]) == e["started"] for e in going):
                time.sleep(0.05)
        ended = {entry["pid"] for entry in going}
        for child in self.children:
            if child.pid in ended:
                child.wait(30)  # a child of ours stays a zombie until somebody asks, and its threads may end after it
        if self.record.exists():
            self.record.write_text(json.dumps([entry for entry in self.read() if entry not in going]))

    def tail(self, name, lines=15):
        log = self.folder / "log" / f"{name}.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
