# SPDX-License-Identifier: MIT
# For the scripts of this folder, which source it after setting `script` to their own name.
# shellcheck shell=bash disable=SC2154

say() { echo "tools/$script: $*" >&2; }

# Two commands at once must not build in the same folder: the lock is held until the descriptor 9 is
# closed or the script ends.
lock_build() { # lock_build FOLDER
    mkdir -p "$1"
    if ! command -v flock >/dev/null; then
        say "no flock here: do not start two builds in $1 at once"
        return
    fi
    exec 9>"$1/build.lock"
    flock 9
}

unlock_build() { exec 9>&-; }

# The newest clang tool that there is: clang_tool NAME prints NAME-19, say, or NAME, or nothing.
clang_tool() {
    local version
    for version in 19 20 21 22 18 17 16 15 14; do
        if command -v "$1-$version"; then
            return
        fi
    done
    command -v "$1" || true
}
