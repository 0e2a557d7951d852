"""Ingest, measured: CT slices of 512 x 512 sent over loopback to calcinode, and in the same run to storescp and
Orthanc. calcinode acknowledges an image when its bytes and a name are on stable storage; storescp syncs nothing.
calcinode has as many files prepared as by default, for all slices of a round, and in one row none at all.

1. storescu as it is installed: each image waits 40 ms for a delayed acknowledgement, unless the receiver knows better.
2. TCP_NODELAY at both ends, so that nobody waits: one sender, and four at once.
3. How long a C-STORE takes, from its first byte to its answer, idle and while a study is analysed on all processors.
4. The daemon's memory while 2,000 slices come in.
5. What this disk takes to put the bytes of a slice on stable storage, by itself.

Rounds are interleaved, medians count, and ratios are those of rates within one round: many rounds of one sender, since
what the disk gives differs by a half from one to the next. At the end each figure that was asked for stands beside its
bar. CALCINODE names the program. Environment: BENCH_SLICES (400), BENCH_ROUNDS (15).
"""

import collections
import concurrent.futures
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import receivers
import slices

SLICES = int(os.environ.get("BENCH_SLICES", "400"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
STALLED_ROUNDS = min(ROUNDS, 2)  # where each image takes 40 ms
FOUR_ROUNDS = min(ROUNDS, 5)  # of four senders
PAIRS = min(ROUNDS, 9)  # of one sender and four, one right after the other
TIMED, WARM_UP = 1000, 50
PHANTOMS = 4  # analysed while answers are timed
MEMORY_SLICES, MEMORY_SENDERS = 2000, 4
SYNCED = 200  # writes of which the disk's own time is taken


class SendFailed(Exception):
    pass


def send(receiver, files, senders, check=True):
    """Images a second, shared among so many storescu at once."""
    os.sync()  # what was written before is not this receiver's to wait for
    begin = time.monotonic()
    running = [subprocess.Popen(["storescu", "-aec", receivers.CALLED, "127.0.0.1", str(receiver.port),
                                 *files[part::senders]], env=receivers.environment(receiver.no_delay))
               for part in range(senders)]
    if any([sender.wait() != 0 for sender in running]):
        raise SendFailed(f"storescu failed to send to {receiver.name}: {receiver.log.read_text()}")
    rate = len(files) / (time.monotonic() - begin)
    if check and receiver.keeps and receiver.kept(slices.PIXEL_BYTES) != len(files):
        sys.exit(f"{receiver.name} kept {receiver.kept(slices.PIXEL_BYTES)} of {len(files)} slices")
    return rate


def measure(base, kinds, files, senders, no_delay, rounds=ROUNDS):
    """{kind: [images a second in each round]}"""
    rates = collections.defaultdict(list)
    for number in range(rounds):
        for kind in kinds[number % len(kinds):] + kinds[:number % len(kinds)]:
            rates[kind].append(rate_of(kind, base, files, senders, no_delay))
    return rates


def rate_of(kind, base, files, senders, no_delay):
    """Images a second. The others have another try: of two senders to Orthanc one may fail, since both make a folder."""
    for tries_left in (0,) if issubclass(kind, receivers.Calcinode) else (2, 1, 0):
        try:
            with kind(base, no_delay) as receiver:
                return send(receiver, files, senders)
        except SendFailed as failure:
            if tries_left == 0:
                sys.exit(str(failure))
            print(f"a sender to {kind.name} failed; this round once more", flush=True)


def ratio(rates, kind, to):
    return statistics.median(a / b for a, b in zip(rates[kind], rates[to]))


def four_to_one(base, kind, files):
    """How many times as many images four senders get rid of as one does. In pairs: the machine is not the same later."""
    ratios = []
    for number in range(PAIRS):
        rates = {senders: rate_of(kind, base, files, senders, True) for senders in ((1, 4) if number % 2 else (4, 1))}
        ratios.append(rates[4] / rates[1])
    return statistics.median(ratios)


def print_rates(title, rates, references, bytes_each):
    print(f"\n{title}\n{'receiver':<28}{'images/s':>10}{'MB/s':>8}" + "".join(f"{'x ' + r.name:>30}" for r in references))
    for kind, of_kind in rates.items():
        rate = statistics.median(of_kind)
        print(f"{kind.name:<28}{rate:>10.0f}{rate * bytes_each / 1e6:>8.0f}" +
              "".join(f"{ratio(rates, kind, reference):>30.2f}" for reference in references), flush=True)


def p99_ms(seconds):
    return statistics.quantiles(seconds, n=100)[98] * 1000


def percentiles(seconds):
    return (f"p50 {statistics.median(seconds) * 1000:7.2f} ms   p99 {p99_ms(seconds):7.2f} ms   "
            f"max {max(seconds) * 1000:7.2f} ms")


def print_bars(at_least, at_most):
    """[(what, figure, bar)]"""
    rows = [(what, figure, ">=", bar, figure >= bar) for what, figure, bar in at_least]
    rows += [(what, figure, "<=", bar, figure <= bar) for what, figure, bar in at_most]
    print(f"\n{'':<66}{'figure':>8}{'bar':>11}")
    for what, figure, sign, bar, good in rows:
        print(f"{what:<66}{figure:>8.2f}{sign:>4}{bar:>7g}   {'ok' if good else 'BELOW' if sign == '>=' else 'ABOVE'}")


class Analysing(receivers.Calcinode):
    quiet_s = 1

    def studies(self, state):
        """How many are in that state."""
        database = sqlite3.connect(f"file:{self.folder / 'data/calcinode.db'}?mode=ro", uri=True, timeout=10)
        try:
            return database.execute("SELECT count(*) FROM study WHERE state = ?", (state,)).fetchone()[0]
        finally:
            database.close()


def time_answers(receiver, file, goes_on=lambda: True):
    """Seconds of each C-STORE, for as long as goes_on()."""
    with slices.TimingSender(receiver.port, file) as sender:
        for number in range(WARM_UP):
            sender.store(number)
        seconds = []
        while len(seconds) < TIMED and goes_on():
            seconds.append(sender.store(WARM_UP + len(seconds)))
    return seconds


def answers_under_analysis(base, file):
    """Seconds of C-STOREs while phantoms are analysed: from the first one's begin to the last one's end at most."""
    studies = [base / "studies" / str(seed) for seed in range(1, PHANTOMS + 1)]
    for seed, study in enumerate(studies, 1):
        subprocess.run([receivers.CALCINODE, "phantom", str(study), "--seed", str(seed)], check=True,
                       stdout=subprocess.DEVNULL)
    with Analysing(base) as receiver:
        for study in studies:
            send(receiver, sorted(map(str, study.iterdir())), 1, check=False)
        deadline = time.monotonic() + 60
        while receiver.studies("analysing") == 0:
            if time.monotonic() > deadline:
                sys.exit("no analysis began")
            time.sleep(0.02)
        ended = threading.Event()

        def watch():
            while not ended.is_set():
                if receiver.studies("analysed") == PHANTOMS:
                    ended.set()
                ended.wait(0.1)
        watching = threading.Thread(target=watch)
        watching.start()
        try:
            return time_answers(receiver, file, lambda: not ended.is_set())
        finally:
            ended.set()
            watching.join()


def peak_memory(base, file):
    """MiB while slices come in by several associations."""
    with receivers.Calcinode(base) as receiver:
        def work(part):
            with slices.TimingSender(receiver.port, file) as sender:
                for number in range(part, MEMORY_SLICES, MEMORY_SENDERS):
                    sender.store(number)
        with concurrent.futures.ThreadPoolExecutor(MEMORY_SENDERS) as pool:
            list(pool.map(work, range(MEMORY_SENDERS)))
        return receiver.peak_memory()


def median_ms(work, rounds=SYNCED):
    """Milliseconds of work(0), work(1), ..."""
    times = []
    for number in range(rounds):
        begin = time.monotonic()
        work(number)
        times.append((time.monotonic() - begin) * 1000)
    return statistics.median(times)


def print_disk(base, size):
    """`size`: bytes of a slice."""
    data, folder = os.urandom(size), base / "disk"
    folder.mkdir()
    directory = os.open(folder, os.O_RDONLY)

    def new_file(number):
        file = os.open(folder / str(number), os.O_CREAT | os.O_WRONLY)
        os.write(file, data)
        os.fsync(file)
        os.fsync(directory)
        os.close(file)
    with_name = median_ms(new_file)

    def over(_):
        os.pwrite(again, data, 0)
        os.fdatasync(again)
    again = os.open(folder / "0", os.O_WRONLY)
    bare = median_ms(over)
    os.close(again)
    os.close(directory)
    print(f"\nthe disk alone, for the {size / 1000:.0f} kB of a slice: as a new file with its name {with_name:.2f} ms, over "
          f"blocks that are there {bare:.2f} ms", flush=True)


def main():
    if receivers.missing():
        sys.exit("needed: " + ", ".join(receivers.missing()))
    storescp, bit_preserving, ignore, orthanc, ours, _ = all_kinds = [
        receivers.Storescp, receivers.StorescpBitPreserving, receivers.StorescpIgnore, receivers.Orthanc,
        receivers.Calcinode, receivers.CalcinodeNewFiles]
    with tempfile.TemporaryDirectory(prefix="calcinode-bench-") as temporary:
        base = pathlib.Path(temporary)
        each = slices.make(base / "slices", SLICES) / SLICES
        files = sorted(map(str, (base / "slices").iterdir()))
        first = pathlib.Path(files[0])
        print(f"{SLICES} CT slices of {each / 1000:.0f} kB, medians of {ROUNDS} rounds of one sender, {FOUR_ROUNDS} of four, "
              f"{STALLED_ROUNDS} with stalls")
        untouched = measure(base, [storescp, orthanc, ours], files, 1, False, STALLED_ROUNDS)
        print_rates("storescu as installed", untouched, [storescp, orthanc], each)
        alone = measure(base, all_kinds, files, 1, True)
        print_rates("TCP_NODELAY at both ends, one sender", alone, [storescp, bit_preserving, ignore, orthanc], each)
        four = measure(base, all_kinds, files, 4, True, FOUR_ROUNDS)
        print_rates("TCP_NODELAY at both ends, four senders", four, [storescp, bit_preserving, ignore, orthanc], each)
        by_four = four_to_one(base, ours, files)
        print("\na C-STORE of calcinode serve, first byte to answer")
        with receivers.Calcinode(base) as receiver:
            print(f"idle                       {percentiles(time_answers(receiver, first))}", flush=True)
        busy = answers_under_analysis(base, first)
        print(f"while studies are analysed {percentiles(busy)} ({len(busy)} stored)", flush=True)
        memory = peak_memory(base, first)
        print_disk(base, int(each))
        print_bars(
            [("images/s from an untouched storescu, times storescp", ratio(untouched, ours, storescp), 20),
             ("images/s from an untouched storescu, times Orthanc", ratio(untouched, ours, orthanc), 20),
             ("images/s with no stall, times storescp --bit-preserving", ratio(alone, ours, bit_preserving), 1.0),
             ("images/s with no stall, times Orthanc", ratio(alone, ours, orthanc), 3),
             ("images/s with no stall, of the limit (storescp --ignore)", ratio(alone, ours, ignore), 0.6),
             (f"images/s of four senders, none refused, times one (median of {PAIRS} pairs)", by_four, 1.3)],
            [("99th percentile of a C-STORE while studies are analysed, ms", p99_ms(busy), 100),
             (f"memory of the daemon while {MEMORY_SLICES} slices come in, MiB", memory, 200)])


if __name__ == "__main__":
    main()
