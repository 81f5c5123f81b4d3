# SPDX-License-Identifier: MIT
# For the scripts of this folder, which source it after setting `script` to their own name.
# shellcheck shell=bash disable=SC2154

say() { echo "tools/$script: $*" >&2; }

# Prints the comment at the head of the script.
print_help() {
    sed -n '2,/^[^#]/{/^# SPDX/d; s/^# \{0,1\}//p}' "$(dirname "${BASH_SOURCE[0]}")/$script"
}

# For a script without options: answers --help, and refuses other options and superfluous words.
takes_words() { # takes_words MOST WORD...
    local most=$1 word
    shift
    for word in "$@"; do
        case "$word" in
            --help | -h)
                print_help
                exit
                ;;
            -*)
                say "unknown option \"$word\"; see tools/$script --help"
                exit 2
                ;;
        esac
    done
    if [ $# -gt "$most" ]; then
        say "superfluous word \"${*: -1}\"; see tools/$script --help"
        exit 2
    fi
}

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
