"""Compares the streams of two files with the model: answers, records, and the balance at the end.
The first difference of a stream is reported and ends the stream; the next one starts afresh."""
from counts import Counts
from difference import ABSENT, Difference, difference, record_difference
from model import Model
from streams import Unreadable


class Comparison:
    def __init__(self, submissions, records, report):
        self.counts = Counts()
        self._submissions = submissions  # StreamFiles
        self._records = records
        self._report = report  # takes a line of text

    def run(self):
        while (name := self._next_stream()) is not None:
            self.counts.totals["streams"] += 1
            first = self._stream_difference()
            if first:
                self.counts.totals["differences"] += 1
                self._tell(name, *first)
            self._submissions.skip()
            self._records.skip()

    def _next_stream(self):
        name, name_of_records = self._submissions.next_stream(), self._records.next_stream()
        if name != name_of_records:
            raise Unreadable(f"{self._submissions.path} goes on with stream {name}, "
                             f"{self._records.path} with {name_of_records}")
        return name

    def _stream_difference(self):
        """Where the first difference of the stream is, and the difference."""
        model = Model()
        while (submission := self._submissions.next()) is not None:
            first = self._submission_difference(model, submission)
            if first:
                return first
        surplus = self._records.next()
        if surplus is not None:
            return self._place(self._records), Difference("record", ABSENT, surplus)
        for asset, sums in model.imbalances().items():
            return "end of the stream", Difference(f"asset {asset}", "debits equal to credits", sums)
        return None

    def _submission_difference(self, model, submission):
        try:
            answer, records = model.submit(submission)
            found = submission["answer"]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Unreadable(f"{self._place(self._submissions)}: {error!r}") from error
        self.counts.add_answer(answer)
        for expected in records:
            first = self._record_difference(expected)
            if first:
                return first
        first = difference(answer, found, "answer")
        return (self._place(self._submissions), first) if first else None

    def _record_difference(self, expected):
        self.counts.add_record(expected)
        found = self._records.next()
        if found is None:
            return f"{self._place(self._records)} is the last", Difference("record", expected, ABSENT)
        first = record_difference(expected, found)
        return (self._place(self._records), first) if first else None

    def _tell(self, stream, where, first):
        self._report(f"stream {stream or '(without a name)'}: {where}\n"
                     f"  behind   {self._place(self._submissions)}\n"
                     f"  differs  {first.where}\n"
                     f"  expected {first.expected}\n"
                     f"  got      {first.found}")

    @staticmethod
    def _place(file):
        return f"{file.path}:{file.line}"
