// SPDX-License-Identifier: MIT
/// The prompt: lines read from a terminal, with history and editing, run one by one.
#ifndef PEBBLE_PROMPT_H
#define PEBBLE_PROMPT_H

namespace pebble {

bool is_terminal();
/// Runs until the end of input or exit(). `report` prints the pending exception and returns the
/// status for the end of the program. Returns the exit status.
int run_prompt(int (*report)());

}  // namespace pebble

#endif
