// What happens when LMDB finds that the pages of a file do not hang together: it would abort;
// instead the process ends with one line and the exit code for damaged data. On whatever thread
// reads.
#pragma once

struct MDB_env;
struct MDB_txn;

namespace daybook::journal {

// Before `env` is opened. `line` outlives it and ends with a line feed.
void end_on_damaged_pages(MDB_env* env, const char* line);

// Has the keys of `database`, just opened in `txn`, compared here, in the order that LMDB gives
// them by itself. None of ours is empty: a page on which LMDB finds such a one, and would look at
// it for ever, ends the process likewise. MDB_INVALID or the like, as mdb_set_compare().
int compare_keys_here(MDB_txn* txn, unsigned database);
// The same for the database that holds the names of the others, to be called before they are
// opened.
int compare_names_here(MDB_txn* txn);

}  // namespace daybook::journal
