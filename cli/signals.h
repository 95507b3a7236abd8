// SIGINT and SIGTERM as something to wait for, and a last word when a mapped file cannot be read or
// no memory is left.
#pragma once

namespace daybook::cli {

// Blocks SIGINT and SIGTERM in this thread and those it starts, so that wait_for_stop() gets them.
void hold_stop_signals();
// Returns when one of them comes, from outside or by request_stop().
void wait_for_stop();
// From any thread.
void request_stop();

// Instead of the above, for work that looks now and then whether it should end: the first SIGINT or
// SIGTERM is noted and interrupts what blocks; a second one ends the process.
void notice_stop_signals();
bool is_stop_requested();
// 0, or, as a shell says it of a process that a signal ended, 128 and the signal's number: for what
// is of no use in part.
int exit_code_after_stop();

// A file that has reached its limit (ulimit -f) is an error of the write, not the end of the
// process.
void notice_file_limit();

// A page of a mapped file that cannot be read (a truncated file, a bad sector), and one that leads
// LMDB astray, ends the process with one line and the exit code for damaged data, instead of a core
// dump. Once, before other threads.
void explain_damaged_pages();

// An allocation that finds no memory ends the process at once, with one line and the exit code for
// trying again: what was answered is durable, and libraries that are half through their start never
// end otherwise (libzmq waits for a thread that nobody told to stop). Once, before other threads.
void end_without_memory();

}  // namespace daybook::cli
