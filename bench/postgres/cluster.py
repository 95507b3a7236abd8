"""A PostgreSQL of our own: made in a temporary directory, reached over a Unix socket only, thrown away."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import time

from machine import Meter, memory_bytes

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = "postgresql-15 and libpq-dev (deploy/install-packages --comparison)"


def find_binaries():
    """The directory with `postgres` and `initdb`, version 15 first; none when there is none."""
    places = [pathlib.Path("/usr/lib/postgresql/15/bin")]
    places += sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("postgres"):
        places.append(pathlib.Path(found).resolve().parent)
    for place in places:
        if (place / "postgres").exists() and (place / "initdb").exists():
            return place
    return None


def settings(memory):
    """Tuned for this: a quarter of the memory, no checkpoint but ours, nothing less durable."""
    mib = memory // 2**20
    return {
        "listen_addresses": "''", "max_connections": "100",
        "shared_buffers": f"{mib // 4}MB", "effective_cache_size": f"{mib * 3 // 4}MB",
        "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
        "wal_level": "minimal", "max_wal_senders": "0", "wal_buffers": "64MB",
        "max_wal_size": "16GB", "min_wal_size": "4GB", "checkpoint_timeout": "1h",
        "random_page_cost": "1.1", "jit": "off", "work_mem": "32MB", "maintenance_work_mem": "256MB",
        "autovacuum_naptime": "10s",
        # A table of 10 rows is read by its index as well: it has many versions of each.
        "enable_seqscan": "off", "enable_bitmapscan": "off",
    }


class Cluster:
    def __init__(self, directory):
        self.binaries = find_binaries()
        self.directory = pathlib.Path(directory)
        self.data = self.directory / "data"
        self.settings = settings(memory_bytes())
        self.process = None
        self.as_user = []
        self.conninfo = f"host={self.directory} user=daybook dbname=postgres options='-c client_min_messages=error'"

    def start(self):
        self.directory.mkdir(mode=0o755)
        if os.geteuid() == 0:  # which PostgreSQL refuses to be
            user = next(entry for name in ("postgres", "nobody") for entry in pwd.getpwall() if entry.pw_name == name)
            os.chown(self.directory, user.pw_uid, user.pw_gid)
            self.as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        subprocess.run([*self.as_user, self.binaries / "initdb", "-D", self.data, "-U", "daybook", "--auth=trust",
                        "--no-sync", "--no-locale", "-E", "UTF8"],
                       check=True, stdout=subprocess.DEVNULL, cwd="/")
        options = [f"-c{name}={value.strip(chr(39))}" for name, value in self.settings.items()]
        with open(self.directory / "log", "w") as log:
            self.process = subprocess.Popen(
                [*self.as_user, self.binaries / "postgres", "-D", self.data, "-k", self.directory, *options],
                stdout=log, stderr=log, start_new_session=True, cwd="/")
        for _ in range(600):
            if self.process.poll() is not None:
                break
            try:
                self.version = self.value("show server_version")
                return
            except subprocess.CalledProcessError:
                time.sleep(0.05)
        raise RuntimeError("PostgreSQL does not start: " + (self.directory / "log").read_text()[-400:])

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)  # at once, but in order
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        self.process = None

    def psql(self, *arguments):
        return subprocess.run([self.binaries / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo, *arguments],
                              check=True, capture_output=True, text=True).stdout

    def value(self, sql):
        return self.psql("-c", sql).strip()

    def reset(self, accounts, funds):
        """Empty tables and funded accounts."""
        self.psql("-f", str(HERE / "schema.sql"))
        self.psql("-c", f"insert into accounts values (0, {-accounts * funds})",
                  "-c", f"insert into accounts select i, {funds} from generate_series(1, {accounts}) i",
                  "-c", "vacuum analyze accounts")

    def checkpoint(self):
        self.psql("-c", "checkpoint")

    def audit(self, funds):
        return [line for line in self.psql("-v", f"funds={funds}", "-f", str(HERE / "audit.sql")).splitlines() if line]

    def wait_for_disconnects(self):
        """The counters are complete when the backends are gone."""
        for _ in range(200):
            if self.value("select count(*) from pg_stat_activity where backend_type = 'client backend'") == "1":
                return
            time.sleep(0.02)

    def counters(self):
        names = ["wal_bytes", "wal_syncs", "wal_full_pages", "commits", "rollbacks", "deadlocks", "table_bytes"]
        row = self.value(
            "select wal_bytes, wal_sync, wal_fpi, xact_commit, xact_rollback, deadlocks,"
            " (select coalesce(sum(pg_total_relation_size(oid)), 0) from pg_class"
            "  where relkind = 'r' and relnamespace = 'public'::regnamespace)"
            " from pg_stat_wal, pg_stat_database where datname = 'postgres'")
        return dict(zip(names, map(int, row.split("|"))))

    def meter(self):
        return Meter(self.process.pid)
