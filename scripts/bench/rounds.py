# SPDX-License-Identifier: Apache-2.0
"""Programs that are timed in turns: A B C, A B C, … so that a machine that slows down slows all
alike. Each stays alive and does a round when it is told to; meanwhile the others are stopped.
"""
import json
import os
import pathlib
import signal
import statistics
import subprocess


class BenchError(Exception):
    """What went wrong, in one line."""


class Contender:
    """One program, how it is started, and what its rounds took.

    `family` is what it is an instance of (catdog, Keras, PyTorch), `name` what tells it from the
    others, `unit` what is counted: images or gflop. `log` gets its stderr.
    """

    def __init__(self, family, name, command, unit="images", log=os.devnull):
        self.family, self.name, self.unit = family, name, unit
        self.command, self.log = [str(word) for word in command], pathlib.Path(log)
        self.about = {}      # versions, as it says itself
        self.rates = []      # units a second, one a round
        self.last = {}       # answer: images, seconds and what else it gave
        self.peak_mb = 0.0   # of its process; what that has started is not counted
        self.process = None

    def start(self):
        """Returns when it has warmed up."""
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, text=True,
                                            stdout=subprocess.PIPE, stderr=log,
                                            start_new_session=True)
        self.about = self._answer()
        self._signal(signal.SIGSTOP)

    def round(self):
        self._signal(signal.SIGCONT)
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended: the answer says so
        answers = self._answer()
        self._signal(signal.SIGSTOP)
        # What answers under several names is as good as the best of them.
        self.last = max(answers.values(), key=lambda one: one[self.unit] / one["seconds"])
        self.rates.append(self.last[self.unit] / self.last["seconds"])
        self.peak_mb = max(self.peak_mb, self._peak_mb())

    def stop(self):
        if self.process is not None:
            self._signal(signal.SIGKILL)
            self.process.communicate()

    def _answer(self):
        line = self.process.stdout.readline()
        try:
            return json.loads(line)
        except ValueError:
            self.process.kill()
            self.process.wait()
            said = [text for text in self._log_lines() if text.strip()]
            raise BenchError(f"{self.family}, {self.name}: " +
                             (said[-1].strip() if said else "ended without a word")) from None

    def _log_lines(self):
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()

    def _signal(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def _peak_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return next((int(line.split()[1]) / 1024 for line in status.splitlines()
                     if line.startswith("VmHWM:")), 0.0)


def alternate(contenders, rounds, say=lambda text: None):
    """Starts them one after another, then lets each do `rounds` rounds in turn. Returns those that
    finished; one that fails is left out, and `say` gets the reason."""
    running = []
    try:
        for contender in contenders:
            say(f"warming up {contender.family}, {contender.name}")
            try:
                contender.start()
                running.append(contender)
            except (BenchError, OSError) as error:
                say(f"left out: {error}")
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            for contender in list(running):
                try:
                    contender.round()
                except (BenchError, OSError) as error:
                    running.remove(contender)
                    say(f"left out: {error}")
        return running
    finally:
        for contender in contenders:
            contender.stop()


def median(contender):
    return statistics.median(contender.rates)


def best(contenders, family):
    """The family's member with the highest median; None if it has none here."""
    return max((c for c in contenders if c.family == family), key=median, default=None)


def ratio(first, second):
    """How many times as fast the first is: by medians, and by the fastest rounds."""
    return median(first) / median(second), max(first.rates) / max(second.rates)
