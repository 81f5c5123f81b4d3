/// Pebble: an interpreter for a subset of Python 3.11 on top of Cairn. docs/pebble.md says what it
/// takes; README.md here is the map of its files.
#ifndef PEBBLE_PEBBLE_H
#define PEBBLE_PEBBLE_H

/// Runs the command line `cairn [OPTIONS] [FILE.py | -c CODE] [ARGS]`; without a file or code, a
/// prompt (or standard input, when that is no terminal). Returns the exit status.
int pebble_main(int argc, char** argv);
/// Runs tour/tour.py, which shows what the heap does. Returns the exit status.
int pebble_tour();

#endif
