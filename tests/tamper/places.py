"""What both tests of tampering share: their options, and the journals they edit."""
import argparse
import subprocess

COMMANDS = 150
# Of those that random_streams makes a projection for.
SEEDS = (100, 200)


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("daybook")
    parser.add_argument("random_streams", help="the program that makes the journals")
    parser.add_argument("--places", type=int, default=20, help="of each class")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="of the first place")
    return parser.parse_args()


def make_journal(options, directory, seed):
    """Makes a journal with its projection below `directory`; the bytes of its data file."""
    subprocess.run([options.random_streams, str(seed), "1", str(COMMANDS), directory, "keep"], check=True)
    return (directory / "data/journal/data.mdb").read_bytes()
